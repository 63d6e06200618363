from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency, kstest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    cox,
    cut_path,
    lausen_schumacher_p,
    log_rank,
    log_rank_scores,
    screen_cut_points,
)


def drawn(rng, n, markers=1):
    death, end = rng.exponential(size=n), rng.exponential(2.0, n)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    return survival, rng.normal(size=(n, markers))


def test_statistic_cut_and_p_equal_r(cohort, fine, expected):
    markers = np.column_stack([cohort["x1"], cohort["x2"], np.round(cohort["x1"] * 2) / 2])
    screen = screen_cut_points(fine, markers, permutations=20_000, rng=np.random.default_rng(1))
    for position, case in enumerate(("x1", "x2", "coarse")):
        for name, field in (("statistic", "statistics"), ("cut", "cuts")):
            answer = np.squeeze(expected("cut_points", case, name))
            np.testing.assert_allclose(getattr(screen, field)[position], answer, rtol=1e-9)
        answer = np.squeeze(expected("cut_points", case, "p_lausen_schumacher"))
        np.testing.assert_allclose(screen.p_lausen_schumacher[position], answer, rtol=1e-6)
        # R drew 100,000 permutations, here are 20,000: four standard errors of the coarser.
        answer = float(np.squeeze(expected("cut_points", case, "p_permutation")))
        allowed = 4 * np.sqrt(max(answer, 1e-4) * (1 - answer) / 20_000)
        assert abs(screen.p_permutation[position] - answer) < allowed


def test_a_binary_outcome_equals_r(cohort, expected):
    screen = screen_cut_points(
        cohort["response"], cohort["x1"][:, None], permutations=20_000, rng=np.random.default_rng(1)
    )
    assert screen.statistics[0] == pytest.approx(
        float(np.squeeze(expected("cut_points", "binary", "statistic"))), rel=1e-9
    )
    assert screen.cuts[0] == np.squeeze(expected("cut_points", "binary", "cut"))
    answer = float(np.squeeze(expected("cut_points", "binary", "p_permutation")))
    allowed = 4 * np.sqrt(max(answer, 1e-4) * (1 - answer) / 20_000)
    assert abs(screen.p_permutation[0] - answer) < allowed


def test_a_search_within_strata_equals_r(cohort, tied, expected):
    screen = screen_cut_points(
        tied,
        cohort["x2"][:, None],
        permutations=20_000,
        rng=np.random.default_rng(1),
        strata=cohort["stratum"],
    )
    answer = {
        name: float(np.squeeze(expected("cut_points", "stratified", name)))
        for name in ("statistic", "cut", "p_permutation", "mean_square")
    }
    assert screen.statistics[0] == pytest.approx(answer["statistic"], rel=1e-9)
    assert screen.cuts[0] == answer["cut"]
    # Both drew 20,000 permutations: four standard errors of the difference.
    p = answer["p_permutation"]
    assert abs(screen.p_permutation[0] - p) < 4 * np.sqrt(2 * p * (1 - p) / 20_000)
    assert screen.null_mean_squares[0] == pytest.approx(answer["mean_square"], rel=0.03)
    assert np.isnan(screen.p_lausen_schumacher[0])


@given(st.integers(0, 300))
def test_sums_of_scores_within_strata_are_those_of_the_stratified_test(seed):
    rng = np.random.default_rng(seed)
    time = rng.integers(0, 8, 40).astype(float)
    survival, strata = Survival(time=time, event=rng.random(40) < 0.7), rng.integers(0, 4, 40)
    group = rng.random(40) < 0.5
    test = log_rank(survival, np.where(group, "a", "b"), strata=strata)
    found = log_rank_scores(survival, strata=strata)
    np.testing.assert_allclose(found[group].sum(), test.observed[0] - test.expected[0], atol=1e-9)


def test_within_strata_the_p_is_that_of_all_arrangements():
    # Two strata of 5: 120 x 120 arrangements of the scores within them, all of them counted.
    rng = np.random.default_rng(4)
    marker, strata = rng.permutation(10).astype(float), np.repeat([0, 1], 5)
    survival = Survival(time=rng.permutation(10) + 1.0, event=rng.random(10) < 0.8)
    scores = log_rank_scores(survival, strata=strata)
    order = np.argsort(marker)
    along = strata[order]
    below = np.array([np.cumsum(along == own) for own in (0, 1)])
    spread = np.array([np.sum(scores[strata == own] ** 2) for own in (0, 1)])
    deviation = np.sqrt((below * (5 - below) / 20 * spread[:, None]).sum(axis=0))[:9]
    every = np.array(list(permutations(range(5))))
    null = []
    for first in every:
        sums = np.zeros((120, 10))
        sums[:, along == 0] = scores[:5][first]
        sums[:, along == 1] = scores[5:][every]
        null.append(np.abs(sums.cumsum(axis=1)[:, :9] / deviation).max(axis=1))
    screen = screen_cut_points(
        survival, marker[:, None], permutations=20_000, rng=rng, strata=strata
    )
    exact = np.mean(np.concatenate(null) >= screen.statistics[0] - 1e-9)
    assert 0.05 < exact < 0.95
    assert abs(screen.p_permutation[0] - exact) < 4 * np.sqrt(exact * (1 - exact) / 20_000)


def test_a_chi_squared_is_the_squared_statistic_of_a_binary_outcome():
    rng = np.random.default_rng(3)
    outcome, marker = rng.random(50) < 0.4, rng.integers(0, 8, 50).astype(float)
    path = cut_path(outcome, marker)
    for cut, statistic, n_low in zip(path.cuts, path.statistics, path.n_low, strict=True):
        table = np.histogram2d(marker > cut, outcome, bins=2)[0]
        assert n_low == table[0].sum()
        chi_squared = chi2_contingency(table, correction=False).statistic
        assert statistic**2 == pytest.approx(chi_squared * 49 / 50, rel=1e-9)


def test_the_threshold_is_passed_by_one_search_in_twenty_where_nothing_is_there():
    rng = np.random.default_rng(9)
    survival, _ = drawn(rng, 60)
    markers = rng.normal(size=(60, 2000))
    screen = screen_cut_points(survival, markers, permutations=4000, rng=rng)
    assert 0.035 < np.mean(screen.statistics > screen.thresholds) < 0.065
    beyond = screen.statistics > screen.thresholds
    assert ((screen.p_permutation < 0.0503) == beyond).mean() > 0.995


def test_two_distinct_values_leave_one_cut_and_nothing_to_pay_for():
    rng = np.random.default_rng(3)
    survival, _ = drawn(rng, 60)
    marker = (rng.random(60) < 0.4).astype(float)
    screen = screen_cut_points(survival, marker[:, None], permutations=4000, rng=rng)
    test = log_rank(survival, marker.astype(int))
    assert screen.cuts[0] == 0
    assert screen.p_permutation[0] == pytest.approx(test.p_value, abs=0.04)


def test_the_formula_equals_r(expected):
    answer = np.squeeze(expected("cut_points", "formula", "p"))
    np.testing.assert_allclose(lausen_schumacher_p([0.5, 1.5, 2, 2.5, 3, 4]), answer, rtol=1e-12)


def test_four_scores_by_hand():
    # At risk 4, 3, 2, 1: hazards 1/4, 1/3, 1/2, 1; the second is censored and adds none.
    survival = Survival(time=np.arange(1.0, 5.0), event=np.array([True, False, True, True]))
    by_hand = [1 - 1 / 4, -1 / 4, 1 - 1 / 4 - 1 / 2, 1 - 1 / 4 - 1 / 2 - 1]
    np.testing.assert_allclose(log_rank_scores(survival), by_hand)


@given(st.integers(0, 1000), st.integers(1, 20))
def test_a_sum_of_scores_is_observed_less_expected_of_the_log_rank_test(seed, days):
    rng = np.random.default_rng(seed)
    time = rng.integers(0, days, 30).astype(float)
    survival = Survival(time=time, event=rng.random(30) < 0.7)
    group = rng.random(30) < 0.5
    test = log_rank(survival, np.where(group, "a", "b"))
    if test.groups.size == 2:
        found = log_rank_scores(survival)[group].sum()
        np.testing.assert_allclose(found, test.observed[0] - test.expected[0], atol=1e-9)


def test_any_increasing_scale_of_a_marker_gives_the_same_search():
    rng = np.random.default_rng(2)
    survival, markers = drawn(rng, 60)
    both = np.column_stack([markers[:, 0], np.exp(markers[:, 0])])
    screen = screen_cut_points(survival, both, permutations=200, rng=rng)
    assert screen.statistics[0] == screen.statistics[1]
    assert screen.p_permutation[0] == screen.p_permutation[1]
    np.testing.assert_allclose(np.exp(screen.cuts[0]), screen.cuts[1])


def test_a_true_cut_is_found_and_is_shrunk_little():
    rng = np.random.default_rng(6)
    marker = rng.uniform(size=600)
    death = rng.exponential(np.where(marker > 0.7, 0.3, 1.0))
    survival = Survival(time=death, event=np.ones(600, bool))
    screen = screen_cut_points(survival, marker[:, None], permutations=2000, rng=rng)
    assert abs(screen.cuts[0] - 0.7) < 0.03
    assert screen.p_permutation[0] == 1 / 2001
    assert screen.shrinkage[0] > 0.9


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_adjusted_p_values_are_uniform_where_nothing_is_there(missing):
    rng = np.random.default_rng(44)
    found = []
    for _ in range(60):
        survival, markers = drawn(rng, 50, 10)
        markers[rng.random(markers.shape) < missing] = np.nan
        screen = screen_cut_points(survival, markers, permutations=300, rng=rng)
        # One marker of each cohort: the others share its survival.
        found.append(screen.p_permutation[0])
    assert kstest(found, "uniform").pvalue > 0.01


def test_naive_optimal_cuts_find_effects_in_noise_and_the_adjusted_search_does_not():
    rng = np.random.default_rng(8)
    naive, adjusted, apparent, shrunken = [], [], [], []
    for _ in range(200):
        survival, markers = drawn(rng, 100)
        screen = screen_cut_points(survival, markers, permutations=500, rng=rng)
        naive.append(chi2.sf(screen.statistics[0] ** 2, 1))
        adjusted.append(screen.p_permutation[0])
        above = (markers[:, 0] > screen.cuts[0]).astype(float)
        fit = cox(survival, above)
        if fit.status:
            # A group without an event: the apparent effect is not even finite.
            continue
        effect = abs(float(fit.coefficients[0]))
        apparent.append(np.exp(effect))
        shrunken.append(np.exp(effect * screen.shrinkage[0]))
    # 200 cohorts at 5 % expect 10; four standard errors are 12.3. The sin: more than a quarter.
    assert np.mean(np.array(naive) < 0.05) > 0.25
    assert np.sum(np.array(adjusted) < 0.05) <= 22
    assert len(apparent) > 190
    assert np.median(apparent) > 1.5
    assert np.median(shrunken) < 1.05


@pytest.mark.parametrize(
    ("event", "marker", "sentence"),
    [
        (np.zeros(20, bool), np.arange(20.0), "no events"),
        (np.ones(20, bool), np.full(20, 3.0), "no cut"),
        (np.ones(20, bool), np.full(20, np.nan), "too few"),
        (np.ones(20, bool), np.where(np.arange(20) == 0, 1.0, 0.0), "no cut"),
        (np.ones(20, bool), np.where(np.arange(20) < 9, np.arange(20.0), np.nan), "too few"),
    ],
)
def test_what_cannot_be_searched_is_said(event, marker, sentence):
    survival = Survival(time=np.arange(20.0), event=event)
    screen = screen_cut_points(
        survival, marker[:, None], permutations=50, rng=np.random.default_rng(0)
    )
    assert sentence in screen.status[0]
    assert np.isnan([screen.cuts[0], screen.statistics[0], screen.p_permutation[0]]).all()
    assert np.isnan([screen.p_lausen_schumacher[0], screen.shrinkage[0]]).all()


def test_ties_everywhere_are_a_status():
    survival = Survival(time=np.ones(20), event=np.ones(20, bool))
    screen = screen_cut_points(
        survival, np.arange(20.0)[:, None], permutations=50, rng=np.random.default_rng(0)
    )
    assert "same score" in screen.status[0]


def test_bad_input_is_refused():
    rng = np.random.default_rng(0)
    survival, markers = drawn(rng, 20)
    with pytest.raises(InputError, match="one row"):
        screen_cut_points(survival, markers[:5], permutations=10, rng=rng)
    with pytest.raises(InputError, match="at least one permutation"):
        screen_cut_points(survival, markers, permutations=0, rng=rng)
    with pytest.raises(InputError, match="boolean array"):
        screen_cut_points(np.arange(20), markers, permutations=10, rng=rng)
    with pytest.raises(InputError, match="shares"):
        screen_cut_points(survival, markers, permutations=10, rng=rng, lowest_share=0.95)
    late = Survival(time=survival.time + 1, event=survival.event, entry=np.zeros(20))
    with pytest.raises(InputError, match="entered late"):
        screen_cut_points(late, markers, permutations=10, rng=rng)
