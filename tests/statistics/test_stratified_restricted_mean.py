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
    for name in ("difference", "standard_error", "degrees_of_freedom"):
        answer = expected("restricted_mean", "within strata", name)[0]
        np.testing.assert_allclose(getattr(found, name), answer, rtol=1e-8)
    assert (found.n_strata, found.n_strata_left_out, found.n) == (3, 0, int(common.sum()))


def test_one_stratum_is_the_plain_difference_with_an_error_for_small_groups(cohort, tied):
    second = cohort["x3"] == 1
    plain = restricted_mean_difference(
        tied.select(~second), tied.select(second), horizon_days=200.0
    )
    found = stratified_restricted_mean_difference(
        tied, second, np.zeros(tied.n, dtype=int), horizon_days=200.0
    )
    np.testing.assert_allclose(found.difference, plain.difference, rtol=1e-12)
    parts = [
        one.standard_error * np.sqrt(one.n / (one.n - 1)) for one in (plain.first, plain.second)
    ]
    np.testing.assert_allclose(found.standard_error, np.hypot(*parts), rtol=1e-12)
    assert min(plain.first.n, plain.second.n) - 1 < found.degrees_of_freedom < tied.n - 1


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


def stratum(*groups):
    """Return times and events, and who is in the second group, from two lists of (time, event)."""
    pairs = [
        (time, event, bool(place)) for place, group in enumerate(groups) for time, event in group
    ]
    return [np.array(column) for column in zip(*pairs, strict=True)]


def put_together(*strata):
    time, event, second = (np.concatenate(columns) for columns in zip(*strata, strict=True))
    labels = np.repeat(np.arange(len(strata)), [one[0].size for one in strata])
    return Survival(time=time.astype(float), event=event.astype(bool)), second, labels


def died(*days):
    return [(day, True) for day in days]


# Means up to day 10: 55 / 10 = 5.5, and (54 + 10) / 10 = 6.4.
WHOLE = (died(*range(1, 11)), died(*range(2, 12)))


@pytest.mark.parametrize(
    "without",
    [
        (died(1, 2, 3), []),  # One group alone.
        (died(3, 5, 7, 12), died(6)),  # Too few to have a variance that means something.
        (died(2, 12), [(12, False)] * 3),  # No event in one group: its error is not zero.
    ],
    ids=["one group", "few", "no events"],
)
def test_strata_that_cannot_be_compared_are_left_out_and_counted(without):
    found = stratified_restricted_mean_difference(
        *put_together(stratum(*WHOLE), stratum(*without)), horizon_days=10.0
    )
    np.testing.assert_allclose(found.difference, 0.9)
    out = sum(len(group) for group in without)
    assert (found.n, found.n_strata, found.n_strata_left_out) == (20, 1, 1)
    assert found.n_excluded == out
    assert found.status == ""


@pytest.mark.parametrize("last_died", [False, True])
def test_whether_the_last_participant_died_does_not_choose_the_strata(last_died):
    short = ([*died(1, 2, 3, 4), (8, last_died)], died(2, 3, 5, 11, 12))
    large = stratum(*(4 * group for group in WHOLE))
    found = stratified_restricted_mean_difference(
        *put_together(large, stratum(*short)), horizon_days=10.0
    )
    assert (found.n_strata, found.n_excluded) == (1, 10)
    np.testing.assert_allclose(found.difference, 0.9)


def test_with_more_than_a_fifth_left_out_there_is_no_number():
    data = put_together(stratum(*WHOLE), stratum(died(1, 2, 3, 12), died(12, 14)))
    found = stratified_restricted_mean_difference(*data, horizon_days=10.0)
    assert found.status.startswith("6 of 26 participants are in strata in which")
    assert np.isnan([found.difference, found.standard_error, found.p_value]).all()


def test_groups_below_ten_have_a_difference_without_a_test():
    data = put_together(stratum(died(1, 2, 3, 4, 12), WHOLE[1]))
    found = stratified_restricted_mean_difference(*data, horizon_days=10.0)
    # (1 + 2 + 3 + 4 + 10) / 5 = 4.
    np.testing.assert_allclose(found.difference, 6.4 - 4.0)
    assert found.status == "5 participants in a group are too few for an interval or a p"
    assert np.isnan([found.standard_error, found.ci_low, found.ci_high, found.p_value]).all()


def test_a_whole_group_that_is_not_followed_to_the_horizon_has_no_difference():
    short = [*died(1, 2, 3, 4, 5, 6, 7, 8), (9, False), (9, False)]
    found = stratified_restricted_mean_difference(
        *put_together(stratum(short, WHOLE[1])), horizon_days=10.0
    )
    assert found.status.startswith("first group: the horizon of 10 days lies past")
    assert np.isnan(found.difference)


def test_nothing_to_compare_is_a_status():
    survival = Survival(time=np.array([1.0, 2.0]), event=np.ones(2, bool))
    found = stratified_restricted_mean_difference(
        survival, np.array([True, False]), np.array([0, 1]), horizon_days=2.0
    )
    assert "no stratum holds both groups" in found.status
    assert np.isnan([found.difference, found.standard_error, found.p_value]).all()


def test_a_group_that_is_no_yes_or_no_is_refused(tied, cohort):
    with pytest.raises(InputError, match="one true or false"):
        stratified_restricted_mean_difference(tied, cohort["x3"], cohort["stratum"], horizon_days=9)
