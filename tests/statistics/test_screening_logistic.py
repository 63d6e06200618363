import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import firth_logistic, logistic, screen_logistic

FIELDS = {
    "coefficients": "coefficients",
    "standard_errors": "standard_errors",
    "odds_ratios": "odds_ratios",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "wald_p_values": "p_values",
    "likelihood_ratio_statistics": "likelihood_ratio_statistic",
    "log_likelihoods": "log_likelihood",
    "null_log_likelihoods": "null_log_likelihood",
    "intercepts": "intercept",
    "intercept_standard_errors": "intercept_standard_error",
}
TESTS = ("coefficients", "standard_errors", "score_statistics", "likelihood_ratio_statistics")


def test_two_by_two_by_hand():
    # 3 of 4 against 1 of 4: odds ratio (3/1) / (1/3) = 9, variance of its log 1 + 1/3 + 1/3 + 1.
    # Score: (3 - 4 x 1/2)^2 / (8 x 1/2 x 1/2 x 1/4) = 2, Pearson's chi-squared.
    y = np.array([False, False, True, False, True, True, True, False])
    screen = screen_logistic(y, np.repeat([0.0, 1.0], 4)[:, None])
    np.testing.assert_allclose(screen.odds_ratios, 9.0)
    np.testing.assert_allclose(screen.standard_errors, np.sqrt(8 / 3))
    np.testing.assert_allclose(screen.score_statistics, 2.0)
    np.testing.assert_allclose(screen.intercepts, np.log(1 / 3))


def test_a_screen_equals_glm(cohort, expected):
    markers = cohort["x"].copy()
    markers[::7, 0] = np.nan
    screen = screen_logistic(cohort["response"], markers)
    for position in range(3):
        for name in (*TESTS, "intercepts", "intercept_standard_errors", "wald_p_values"):
            answer = expected("screening", f"x{position + 1} logistic", name)[0]
            np.testing.assert_allclose(getattr(screen, name)[position], answer, rtol=1e-6)
        n = expected("screening", f"x{position + 1} logistic", "n")
        assert (screen.n[position], screen.n_events[position]) == tuple(n)


@st.composite
def outcomes(draw):
    n = draw(st.integers(2, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    markers = rng.normal(size=(n, 4))
    y = rng.random(n) < draw(st.sampled_from([0.05, 0.5, 1.0]))
    markers[:, 1] = rng.integers(0, 2, n)
    # Separated or all but separated, often; and far from zero with a small spread.
    markers[:, 2] = np.round(markers[:, 2] + draw(st.sampled_from([0.0, 2.0, 5.0])) * y, 1)
    markers[:, 3] = 1e4 + 1e-2 * markers[:, 3]
    markers[rng.random((n, 4)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    return y, markers


@settings(max_examples=120)
@given(outcomes())
def test_a_screen_is_the_models_one_at_a_time(drawn):
    y, markers = drawn
    screen = screen_logistic(y, markers, penalised=False)
    for position, values in enumerate(markers.T):
        rows = ~np.isnan(values)
        assert screen.n[position] == rows.sum()
        if not rows.any():
            assert "no participant" in screen.status[position]
            continue
        fit = logistic(y[rows], values[rows])
        assert screen.status[position] == fit.status
        for name, single in FIELDS.items():
            if fit.status and "null" in name:
                # The screen knows it, and the single model says nothing without an estimate.
                continue
            one = np.squeeze(getattr(fit, single))
            found = getattr(screen, name)[position]
            np.testing.assert_allclose(found, one, rtol=1e-7, atol=1e-9, err_msg=name)


@settings(max_examples=20)
@given(outcomes())
def test_where_there_is_no_estimate_firth_stands_as_alone(drawn):
    y, markers = drawn
    screen = screen_logistic(y, markers[:, 1:3])
    for position, values in enumerate(markers[:, 1:3].T):
        rows = ~np.isnan(values)
        if not rows.any() or not logistic(y[rows], values[rows]).status:
            assert not screen.is_firth[position]
            continue
        one = firth_logistic(y[rows], values[rows])
        assert screen.is_firth[position] == np.isfinite(one.coefficient)
        np.testing.assert_array_equal(screen.odds_ratios[position], one.ratio)
        np.testing.assert_array_equal(screen.p_values[position], one.p_value)
        assert np.isnan(screen.standard_errors[position])


@settings(max_examples=50)
@given(outcomes(), st.integers(0, 1000))
def test_order_unit_and_the_name_of_the_outcome_change_what_they_must(drawn, seed):
    y, markers = drawn
    order = np.random.default_rng(seed).permutation(y.size)
    one = screen_logistic(y, markers[:, :2], penalised=False)
    other = screen_logistic(~y[order], -4.0 * markers[order, :2], penalised=False)
    # Turning both the outcome and the marker leaves the direction as it was.
    np.testing.assert_allclose(other.coefficients, one.coefficients / 4.0, rtol=1e-6, atol=1e-9)
    for name in ("score_statistics", "likelihood_ratio_statistics"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-6, atol=1e-9)
    assert other.n.tolist() == one.n.tolist()


def test_separated_markers_stand_with_firth_among_ordinary_ones():
    rng = np.random.default_rng(4)
    y = np.arange(40) < 20
    clear = np.where(y, 1.0, 0.0)
    nearly = np.where(y, 100.0, 0.0) + np.where(np.arange(40) == 19, -100.001, 0.0)
    screen = screen_logistic(y, np.column_stack([rng.normal(size=40), clear, nearly]))
    assert screen.is_firth.tolist() == [False, True, True]
    assert all("Firth" in status for status in screen.status[1:])
    # The second is finite by a hair: one case stands on the other side of all controls.
    assert "all but separates" in logistic(y, nearly).status
    one = firth_logistic(y, nearly)
    assert (screen.ci_low[2], screen.ci_high[2]) == (one.ci_low, one.ci_high)
    # (20.5 x 20.5) / (0.5 x 0.5), one half added to each cell.
    np.testing.assert_allclose(screen.odds_ratios[1], 41.0**2, rtol=1e-4)
    assert screen.ci_low[1] > 1.0
    assert screen.p_values[1] < 1e-6


def test_each_kind_of_marker_without_an_estimate_says_why():
    n = 12
    markers = np.column_stack([np.full(n, np.nan), np.full(n, 2.5), np.arange(n, dtype=float)])
    some = screen_logistic(np.arange(n) % 2 == 0, markers)
    assert "no participant has a value" in some.status[0]
    assert "does not vary" in some.status[1]
    assert not some.status[2]
    for one_class in (np.zeros(n, bool), np.ones(n, bool)):
        screen = screen_logistic(one_class, markers)
        assert all("same outcome" in status for status in screen.status[1:])
        assert np.isnan(screen.odds_ratios).all()
        assert np.isnan(screen.p_values).all()
        assert not screen.is_firth.any()


def test_nobody_and_no_marker_give_empty_screens():
    assert screen_logistic(np.zeros(0, bool), np.zeros((0, 1))).status == (
        "no participant has a value",
    )
    assert screen_logistic(np.zeros(3, bool), np.zeros((3, 0))).status == ()


def test_p_values_without_any_effect_are_uniform():
    rng = np.random.default_rng(19)
    p = screen_logistic(rng.random(200) < 0.4, rng.normal(size=(200, 4000)))
    # 4,000 independent looks at 5 %: standard error 0.34 %, and four of them.
    for values in (p.likelihood_ratio_p_values, p.score_p_values):
        assert abs(np.mean(values < 0.05) - 0.05) < 0.0138


@pytest.mark.parametrize(
    ("outcome", "markers", "words"),
    [
        (np.array([0, 1, 1]), np.ones((3, 1)), "boolean"),
        (np.array([True, False]), np.ones((3, 1)), "one row of biomarkers"),
        (np.array([True, False]), np.full((2, 1), np.inf), "logarithm of zero"),
    ],
)
def test_bad_input_is_refused(outcome, markers, words):
    with pytest.raises(InputError, match=words):
        screen_logistic(outcome, markers)
