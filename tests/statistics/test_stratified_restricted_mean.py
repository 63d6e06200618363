import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    restricted_mean_difference,
    stratified_restricted_mean_difference,
)


def test_the_difference_within_strata_equals_r(cohort, tied, expected):
    common = cohort["stratum"] != "rare"
    found = stratified_restricted_mean_difference(
        tied.select(common), cohort["x3"][common] == 1, cohort["stratum"][common], horizon_days=200
    )
    for name in ("difference", "standard_error"):
        answer = expected("restricted_mean", "within strata", name)[0]
        np.testing.assert_allclose(getattr(found, name), answer, rtol=1e-8)
    assert (found.n_strata, found.n_strata_left_out, found.n) == (3, 0, int(common.sum()))


def test_one_stratum_is_the_plain_difference(cohort, tied):
    second = cohort["x3"] == 1
    plain = restricted_mean_difference(
        tied.select(~second), tied.select(second), horizon_days=200.0
    )
    found = stratified_restricted_mean_difference(
        tied, second, np.zeros(tied.n, dtype=int), horizon_days=200.0
    )
    for name in ("difference", "standard_error", "ci_low", "ci_high", "p_value"):
        np.testing.assert_allclose(getattr(found, name), getattr(plain, name), rtol=1e-12)


def test_a_difference_between_strata_is_none_of_the_groups():
    """Strata differ threefold in hazard and in the share of the second group; groups do not."""
    rng, missed, naive = np.random.default_rng(4), 0, 0
    for _ in range(300):
        stratum = rng.integers(0, 2, 200)
        second = rng.random(200) < np.where(stratum == 1, 0.75, 0.25)
        death = rng.exponential(np.where(stratum == 1, 1.0, 3.0))
        end = rng.uniform(2.0, 5.0, 200)
        survival = Survival(time=np.minimum(death, end), event=death <= end)
        found = stratified_restricted_mean_difference(survival, second, stratum, horizon_days=2.0)
        missed += found.p_value < 0.05
        plain = restricted_mean_difference(
            survival.select(~second), survival.select(second), horizon_days=2.0
        )
        naive += plain.p_value < 0.05
    # 300 at 5 %: standard error 1.3 %, three of them.
    assert abs(missed / 300 - 0.05) < 0.038
    assert naive / 300 > 0.5


def test_strata_that_cannot_be_compared_are_left_out_and_counted():
    # a: both groups; b: nobody in the second; c: the first is censored before the horizon.
    strata = np.repeat(["a", "b", "c"], 4)
    second = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1], dtype=bool)
    time = np.array([1.0, 3, 2, 4, 1, 2, 3, 4, 1, 2, 3, 9])
    event = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1], dtype=bool)
    found = stratified_restricted_mean_difference(
        Survival(time=time, event=event), second, strata, horizon_days=4.0
    )
    assert found.difference == 1.0
    assert (found.n, found.n_strata, found.n_strata_left_out, found.n_excluded) == (4, 1, 2, 8)


def test_nothing_to_compare_is_a_status():
    survival = Survival(time=np.array([1.0, 2.0]), event=np.ones(2, bool))
    found = stratified_restricted_mean_difference(
        survival, np.array([True, True]), np.array([0, 1]), horizon_days=2.0
    )
    assert "no stratum holds both groups" in found.status
    assert np.isnan([found.difference, found.standard_error, found.p_value]).all()
    still = Survival(time=np.array([5.0, 6.0]), event=np.zeros(2, bool))
    found = stratified_restricted_mean_difference(
        still, np.array([True, False]), np.array([0, 0]), horizon_days=2.0
    )
    assert "no events up to the horizon" in found.status
    assert found.difference == 0.0
    assert np.isnan(found.p_value)


def test_a_group_that_is_no_yes_or_no_is_refused(tied, cohort):
    with pytest.raises(InputError, match="one true or false"):
        stratified_restricted_mean_difference(tied, cohort["x3"], cohort["stratum"], horizon_days=9)
