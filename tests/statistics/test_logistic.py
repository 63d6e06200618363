import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import logistic

SAME = {"rtol": 1e-6, "atol": 1e-9}


@st.composite
def trials(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(30, 60))
    return rng.random(n) < 0.5, rng.normal(size=(n, 2))


def test_a_two_by_two_table_by_hand():
    # Exposed 3 : 1, unexposed 1 : 3; the odds ratio is 9, its log variance 1/3 + 1 + 1 + 1/3.
    outcome = np.array([False, False, False, True, True, True, True, False])
    fit = logistic(outcome, np.repeat([0, 1], 4))
    np.testing.assert_allclose(fit.odds_ratios, 9.0)
    np.testing.assert_allclose(fit.standard_errors, np.sqrt(8 / 3))
    np.testing.assert_allclose(fit.intercept, -np.log(3))


@pytest.mark.parametrize("case", ["one", "three", "far from zero"])
def test_the_fit_equals_r(case, cohort, expected):
    covariates = {
        "one": cohort["x1"],
        "three": cohort["x"],
        "far from zero": np.column_stack([cohort["x1"] * 1e-3 + 5, cohort["x2"] * 1e5]),
    }[case]
    fit = logistic(cohort["response"], covariates)
    coefficients = np.append(fit.intercept, fit.coefficients)
    errors = np.append(fit.intercept_standard_error, fit.standard_errors)
    np.testing.assert_allclose(coefficients, expected("logistic", case, "coefficients"), **SAME)
    np.testing.assert_allclose(errors, expected("logistic", case, "standard_errors"), **SAME)
    np.testing.assert_allclose(fit.p_values, expected("logistic", case, "p_values")[1:], **SAME)
    for name in ("log_likelihood", "likelihood_ratio_statistic"):
        np.testing.assert_allclose(getattr(fit, name), expected("logistic", case, name)[0], **SAME)
    size = coefficients.size
    covariance = expected("logistic", case, "covariance").reshape(size, size)[1:, 1:]
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    np.testing.assert_allclose(fit.covariance / scale, covariance / scale, **SAME)


@pytest.mark.parametrize(
    ("outcome", "x", "words"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "same outcome"),
        ([], [], "same outcome"),
        ([1, 0, 1, 0, 0], [7, 7, 7, 7, 7], "does not vary"),
        ([1, 0, 0, 0], [1, 2, 3, 4], "too few"),
        ([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], "separation"),
        ([0, 0, 1, 0, 1, 1], [1, 1, 1, 1, 2, 2], "separation"),
        ([0, 1, 0, 1, 0, 1], [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10], [6, 12]], "collinear"),
    ],
)
def test_what_cannot_be_estimated_is_a_status_with_empty_numbers(outcome, x, words):
    fit = logistic(np.array(outcome, bool), np.array(x, float))
    assert words in fit.status
    assert not fit.converged
    assert np.isnan(fit.odds_ratios).all()
    assert np.isnan(fit.likelihood_ratio_p_value)


def test_codes_as_outcome_are_refused():
    with pytest.raises(InputError, match="boolean"):
        logistic(np.array([0, 1, 2]), np.arange(3))


@settings(max_examples=40, deadline=None)
@given(trials())
def test_swapping_the_outcome_turns_the_ratios_over(data):
    outcome, x = data
    one, other = logistic(outcome, x), logistic(~outcome, x)
    np.testing.assert_allclose(other.coefficients, -one.coefficients, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(other.p_values, one.p_values, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(trials(), st.floats(0.001, 1000), st.floats(-100, 100))
def test_the_unit_of_a_covariate_moves_only_its_coefficient(data, factor, shift):
    outcome, x = data
    one, other = logistic(outcome, x), logistic(outcome, x * [factor, 1] + [shift, 0])
    np.testing.assert_allclose(other.coefficients[0] * factor, one.coefficients[0], rtol=1e-5)
    np.testing.assert_allclose(other.p_values, one.p_values, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(trials())
def test_patients_twice_over_halve_the_variance(data):
    outcome, x = data
    one, two = logistic(outcome, x), logistic(np.tile(outcome, 2), np.tile(x, (2, 1)))
    np.testing.assert_allclose(two.coefficients, one.coefficients, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(two.covariance, one.covariance / 2, rtol=1e-6, atol=1e-9)
