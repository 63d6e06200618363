import numpy as np
import pytest
from scipy.special import comb, gammaln

from macroimmune.statistics import auc, conditional_logistic, logistic, stratified_auc
from macroimmune.statistics.conditional_logistic import _given_the_number

SAME = {"rtol": 1e-6, "atol": 1e-9}


@pytest.mark.parametrize("size", [4, 3])
@pytest.mark.parametrize("covariates", ["one", "two"])
def test_the_fit_equals_r(covariates, size, cohort, expected):
    number = np.arange(cohort["x1"].size)
    strata = number // 4 if size == 4 else number % 3
    x = cohort["x1"] if covariates == "one" else cohort["x"][:, :2]
    fit = conditional_logistic(cohort["response"], x, strata)
    case = f"{covariates} {'small' if size == 4 else 'large'}"
    names = ("coefficients", "standard_errors", "p_values", "log_likelihood", "null_log_likelihood")
    for name in names:
        found = np.atleast_1d(getattr(fit, name))
        np.testing.assert_allclose(found, expected("conditional_logistic", case, name), **SAME)
    covariance = expected("conditional_logistic", case, "covariance")
    np.testing.assert_allclose(fit.covariance.ravel(), covariance, **SAME)


def test_the_area_within_strata_equals_that_of_r(cohort, expected):
    strata = np.arange(cohort["x1"].size) % 3
    area = stratified_auc(cohort["x1"], cohort["response"], strata)
    for name in ("estimate", "standard_error"):
        value = expected("conditional_logistic", "area", name)[0]
        np.testing.assert_allclose(getattr(area, name), value, **SAME)


def test_one_stratum_gives_the_plain_area(cohort):
    whole = stratified_auc(cohort["x1"], cohort["response"], np.zeros(cohort["x1"].size, int))
    plain = auc(cohort["x1"], cohort["response"])
    assert (whole.estimate, whole.p_value) == (plain.estimate, plain.p_value)


def test_the_number_of_choices_of_a_large_stratum_does_not_overflow():
    log_sum, mean, variance = _given_the_number(np.ones((3000, 1)), 900, np.zeros(1))
    choices = gammaln(3001) - gammaln(901) - gammaln(2101)
    np.testing.assert_allclose(log_sum, choices, rtol=1e-9)
    np.testing.assert_allclose(mean, 900.0)
    np.testing.assert_allclose(variance, 0.0, atol=1e-6)
    log_sum = _given_the_number(np.zeros((40, 1)), 9, np.zeros(1))[0]
    np.testing.assert_allclose(log_sum, np.log(comb(40, 9)))


def test_a_difference_between_strata_is_no_association():
    rng = np.random.default_rng(3)
    site = np.repeat([0, 1], 150)
    marker = site * 3.0 + rng.normal(size=300)
    response = rng.random(300) < np.where(site == 1, 0.8, 0.2)
    assert logistic(response, marker).p_values[0] < 1e-6
    assert conditional_logistic(response, marker, site).p_values[0] > 0.05
    assert auc(marker, response).p_value < 1e-6
    assert stratified_auc(marker, response, site).p_value > 0.05


@pytest.mark.parametrize(
    ("outcome", "x", "strata", "words"),
    [
        ([1, 0, 1, 0], [1, 2, 3, 4], [0, 1, 2, 3], "nobody to compare"),
        ([1, 0, 1, 0], [1, 1, 3, 3], [0, 0, 1, 1], "does not vary within"),
        ([1, 0, 1, 0], [1, 0, 5, 4], [0, 0, 1, 1], "separation"),
    ],
)
def test_what_cannot_be_estimated_is_a_status_with_empty_numbers(outcome, x, strata, words):
    fit = conditional_logistic(np.array(outcome, bool), np.array(x, float), np.array(strata))
    assert words in fit.status
    assert np.isnan(fit.odds_ratios).all()
    area = stratified_auc(np.array(x, float), np.array(outcome, bool), np.array(strata))
    assert area.status
