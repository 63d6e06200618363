"""The search in resamples beside the same search written out, and what it says of a cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    bootstrap_cut_points,
    firth_cox,
    firth_logistic,
    screen_cut_points,
)
from macroimmune.statistics.cut_point_bootstrap import _layout, _weights
from macroimmune.statistics.cut_point_loops import search_resamples


def drawn(rng, n, *, hazard_above=1.0, cut=0.5):
    x = rng.uniform(size=n)
    death, end = rng.exponential(1.0 / np.where(x > cut, hazard_above, 1.0)), rng.exponential(2, n)
    return Survival(time=np.minimum(death, end), event=death <= end), x[:, None]


def searched(outcome, markers, rng, *, strata=None, resamples=200):
    screen = screen_cut_points(outcome, markers, permutations=200, rng=rng, strata=strata)
    found = bootstrap_cut_points(
        outcome, markers, screen, resamples=resamples, rng=rng, strata=strata
    )
    return screen, found


def replicated(survival, values, weights, stratum):
    """The search of a resample, its participants written out as often as they were drawn."""
    rows = np.repeat(np.arange(survival.n), weights)
    again = Survival(time=survival.time[rows], event=survival.event[rows])
    return screen_cut_points(
        again,
        values[rows, None],
        permutations=1,
        rng=np.random.default_rng(0),
        strata=None if stratum is None else stratum[rows],
    )


@given(st.integers(0, 500), st.booleans(), st.booleans())
def test_a_resample_is_searched_as_its_participants_written_out(seed, stratified, missing):
    rng = np.random.default_rng(seed)
    survival, x = drawn(rng, 40)
    survival = Survival(time=np.ceil(survival.time * 8), event=survival.event)
    values = np.round(x[:, 0] * 15)
    values[:5] = np.where(missing, np.nan, values[:5])
    stratum = rng.integers(0, 3 if stratified else 1, 40)
    order = np.lexsort((survival.time, stratum))
    weights = _weights(stratum[order], 3, rng)
    found, column = np.empty((3, 4)), values[order]
    search_resamples(
        weights, *_layout(survival, stratum, order), column,
        np.argsort(column, kind="stable"), 0.1, 0.9, False, found,
    )  # fmt: skip
    for row in range(3):
        drawn_often = np.zeros(40, int)
        drawn_often[order] = weights[row]
        plain = replicated(survival, values, drawn_often, stratum if stratified else None)
        if plain.status[0]:
            assert np.isnan(found[row, 0]) or plain.n[0] < 10
            continue
        np.testing.assert_allclose(found[row, 2], plain.statistics[0], rtol=1e-9)
        # Equal statistics may stand at two cuts; rounding then decides.
        if found[row, 0] == plain.cuts[0]:
            assert found[row, 1] == plain.n_low[0] / plain.n[0]


@pytest.mark.parametrize("stratified", [False, True])
def test_the_log_hazard_ratio_is_that_of_firths_cox_model(cohort, tied, stratified):
    rng, strata = np.random.default_rng(3), cohort["stratum"] if stratified else None
    marker = np.round(cohort["x1"], 1)
    screen, found = searched(tied, marker[:, None], rng, strata=strata, resamples=100)
    fit = firth_cox(tied, (marker > screen.cuts[0]).astype(float), strata=strata)
    np.testing.assert_allclose(found.log_ratios[0], fit.coefficient, rtol=1e-5)


def test_the_log_odds_ratio_is_that_of_firths_logistic_model(cohort):
    rng, outcome = np.random.default_rng(3), cohort["response"]
    screen, found = searched(outcome, cohort["x1"][:, None], rng, resamples=100)
    fit = firth_logistic(outcome, (cohort["x1"] > screen.cuts[0]).astype(float))
    np.testing.assert_allclose(found.log_ratios[0], fit.coefficient, rtol=1e-5)


def test_the_stratified_log_odds_ratio_by_hand():
    # Two strata of 10; up to 4 of each are low. Stratum a: 3 of 5 high and 1 of 5 low have it.
    values = np.tile(np.arange(10.0), 2)
    outcome = np.zeros(20, bool)
    outcome[[5, 6, 7, 0, 15, 16, 17, 18, 11]] = True
    strata = np.repeat(["a", "b"], 10)
    order = np.lexsort((np.ones(20), strata == "b"))
    found = np.empty((1, 4))
    survival = Survival(time=np.ones(20), event=outcome)
    search_resamples(
        np.ones((1, 20), np.int64), *_layout(survival, (strata == "b").astype(np.int64), order),
        values[order], np.argsort(values[order], kind="stable"), 0.45, 0.55, True, found,
    )  # fmt: skip
    # A quarter of a participant more in each of eight cells:
    # (3.25 x 4.25 / 10 + 4.25 x 4.25 / 10) / (2.25 x 1.25 / 10 + 1.25 x 1.25 / 10)
    assert found[0, 0] == 4.0
    by_hand = np.log((3.25 * 4.25 + 4.25 * 4.25) / (2.25 * 1.25 + 1.25 * 1.25))
    assert found[0, 3] == pytest.approx(by_hand, rel=1e-12)


def test_a_true_cut_is_stable_and_one_in_noise_is_not():
    rng = np.random.default_rng(5)
    survival, x = drawn(rng, 300, hazard_above=4.0)
    both = np.column_stack([x[:, 0], rng.uniform(size=300)])
    _, found = searched(survival, both, rng)
    assert found.share_near[0] > 0.95
    assert found.share_at_border[0] == 0
    assert found.share_near[1] < 0.6
    width = found.cut_ci_high - found.cut_ci_low
    assert width[0] < 0.2 < 0.5 < width[1]
    assert np.isin([found.cut_ci_low[0], found.cut_ci_high[0]], both[:, 0]).all()
    assert found.shrunken_ci_low[0] > 0
    # Half the resamples are shrunken to nothing: an interval may end there.
    assert found.shrunken_ci_low[1] <= 0 <= found.shrunken_ci_high[1]


def test_one_marker_alone_and_among_many_give_the_same_numbers():
    survival, x = drawn(np.random.default_rng(6), 80)
    many = np.column_stack([x[:, 0], x[:, 0] ** 2, np.full(80, np.nan), x[:, 0]])
    alone = searched(survival, x, np.random.default_rng(1))[1]
    among = searched(survival, many, np.random.default_rng(1))[1]
    for name in ("cut_ci_low", "cut_ci_high", "share_near", "shrunken_ci_low", "shrunken_ci_high"):
        assert getattr(among, name)[0] == getattr(alone, name)[0] == getattr(among, name)[3]
    # Any increasing scale: the same search, the ends on the other scale.
    assert among.cut_ci_low[1] == among.cut_ci_low[0] ** 2
    assert among.shrunken_ci_low[1] == among.shrunken_ci_low[0]
    assert "too few" in among.status[2]
    assert np.isnan([among.cut_ci_low[2], among.share_near[2], among.log_ratios[2]]).all()


def test_the_same_seed_gives_the_same_resamples():
    survival, x = drawn(np.random.default_rng(6), 60)
    one, two = (searched(survival, x, np.random.default_rng(9))[1] for _ in range(2))
    np.testing.assert_array_equal(one.cuts, two.cuts)


def test_a_cut_that_few_resamples_allow_is_a_status():
    # One participant of eleven lies below: a resample without it has no cut.
    survival = Survival(time=np.arange(1.0, 12.0), event=np.ones(11, bool))
    marker = np.r_[0.0, np.ones(10)][:, None]
    screen, found = searched(survival, marker, np.random.default_rng(1))
    assert screen.cuts[0] == 0
    assert 0 < found.n_failed[0] < 200
    event = np.arange(11) == 3
    _, found = searched(Survival(time=survival.time, event=event), marker, np.random.default_rng(1))
    assert "no cut was possible in" in found.status[0]
    assert np.isnan([found.cut_ci_low[0], found.shrunken_ci_low[0]]).all()


def test_a_group_without_events_has_a_finite_interval():
    marker = np.arange(40.0)
    survival = Survival(time=np.arange(1.0, 41.0), event=marker < 20)
    screen, found = searched(survival, marker[:, None], np.random.default_rng(2))
    assert screen.cuts[0] <= 20
    ends = [found.log_ratios[0], found.shrunken_ci_low[0], found.shrunken_ci_high[0]]
    assert np.isfinite(ends).all()
    assert ends[0] < -1.5


def test_bad_input_is_refused():
    rng = np.random.default_rng(0)
    survival, x = drawn(rng, 30)
    screen = screen_cut_points(survival, x, permutations=10, rng=rng)
    with pytest.raises(InputError, match="at least 100 resamples"):
        bootstrap_cut_points(survival, x, screen, resamples=20, rng=rng)
    with pytest.raises(InputError, match="screen of the same"):
        bootstrap_cut_points(survival, np.hstack([x, x]), screen, resamples=100, rng=rng)
    late = Survival(time=survival.time + 1, event=survival.event, entry=np.zeros(30))
    with pytest.raises(InputError, match="entered late"):
        bootstrap_cut_points(late, x, screen, resamples=100, rng=rng)
