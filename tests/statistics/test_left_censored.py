import numpy as np
import pytest

from macroimmune.statistics import left_censored_regression

SAME = {"rtol": 1e-6, "atol": 1e-9}


@pytest.fixture(scope="module")
def measured(expected):
    """Concentrations with three limits, a quarter of them undetected."""
    value, below = (expected("left_censored", "data", name) for name in ("value", "below"))
    return value, below == 1


def in_case(case, cohort, measured):
    value, below = measured
    seen = ~below
    groups = np.column_stack([cohort["group"] == "B", cohort["group"] == "C"])
    return {
        "lognormal": (value, below, None, "lognormal"),
        "normal": (value, below, None, "normal"),
        "log as normal": (np.log(value), below, None, "normal"),
        "groups": (value, below, groups, "lognormal"),
        "covariates": (value, below, np.column_stack([cohort["x2"], cohort["x3"]]), "normal"),
        "none undetected": (value[seen], below[seen], None, "lognormal"),
    }[case]


@pytest.mark.parametrize(
    "case", ["lognormal", "normal", "log as normal", "groups", "covariates", "none undetected"]
)
def test_the_model_equals_r(case, cohort, measured, expected):
    value, below, covariates, distribution = in_case(case, cohort, measured)
    fit = left_censored_regression(value, below, covariates, distribution=distribution)
    assert fit.status == ""
    assert (fit.n, fit.n_below) == (value.size, below.sum())
    for name in ("coefficients", "sd", "log_likelihood", "p_values"):
        theirs = expected("left_censored", case, name)
        np.testing.assert_allclose(np.atleast_1d(getattr(fit, name)), theirs, **SAME)
    size = fit.coefficients.size + 1
    theirs = expected("left_censored", case, "covariance").reshape(size, size)
    scale = np.sqrt(np.outer(np.diag(theirs), np.diag(theirs)))
    np.testing.assert_allclose(fit.covariance / scale, theirs / scale, **SAME)


def test_a_group_without_a_detected_value_has_no_estimate():
    values = np.array([1.0, 1, 1, 2, 3, 4, 5, 6])
    below = np.arange(8) < 3
    fit = left_censored_regression(values, below, below.astype(float))
    assert "no detected value" in fit.status
    assert np.isnan(fit.coefficients).all()


def test_collinear_and_constant_covariates_are_named():
    values, below = np.arange(1.0, 9.0), np.zeros(8, bool)
    twice = np.column_stack([np.arange(8), 2 * np.arange(8)]) ** 1.0
    assert "collinear" in left_censored_regression(values, below, twice).status
    constant = left_censored_regression(values, below, np.ones(8))
    assert "does not vary (column 0)" in constant.status
