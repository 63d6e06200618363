import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    cox,
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
    with pytest.raises(InputError, match="shares"):
        screen_cut_points(survival, markers, permutations=10, rng=rng, lowest_share=0.95)
    late = Survival(time=survival.time + 1, event=survival.event, entry=np.zeros(20))
    with pytest.raises(InputError, match="entered late"):
        screen_cut_points(late, markers, permutations=10, rng=rng)
