"""Hand values, R (metafor, coxph, glm), laws, and two other routes to the same correction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    corrected_ratio,
    cox,
    logistic,
    regression_calibration,
)
from macroimmune.statistics.intervals import normal_quantile

METHOD = "regression_calibration"


@pytest.fixture
def people(expected):
    """The people of the R script: marker, error variances, covariate, survival, response."""

    def of(quantity):
        return expected(METHOD, "data", quantity)

    survival = Survival(time=of("time"), event=of("event") == 1.0)
    response = of("response") == 1.0
    return of("measured"), of("error_variances"), of("beside"), survival, response


@pytest.mark.parametrize("case", ["plain", "beside"])
def test_expected_values_and_effects_equal_r(case, expected, people):
    measured, errors, z, survival, response = people
    beside = None if case == "plain" else z
    found = regression_calibration(measured, errors, beside)
    assert found.variance == pytest.approx(expected(METHOD, case, "variance")[0], rel=1e-8)
    assert found.reliability == pytest.approx(expected(METHOD, case, "reliability")[0], rel=1e-8)
    assert found.expected == pytest.approx(expected(METHOD, case, "expected"), rel=1e-6, abs=1e-8)
    design = found.expected if beside is None else np.column_stack([found.expected, z])
    hazard, odds = cox(survival, design), logistic(response, design)
    wanted = expected(METHOD, case, "log_hazard_ratio")[0]
    assert hazard.coefficients[0] == pytest.approx(wanted, rel=1e-6)
    wanted = expected(METHOD, case, "log_odds_ratio")[0]
    assert odds.coefficients[0] == pytest.approx(wanted, rel=1e-6)
    wanted = expected(METHOD, case, "model_error")[0]
    assert hazard.standard_errors[0] == pytest.approx(wanted, rel=1e-6)
    # The larger of the normal and the empirical error; metafor has the normal one.
    assert found.variance_error >= expected(METHOD, case, "variance_error_normal")[0] * (1 - 1e-6)


def test_with_one_error_variance_the_correction_divides_by_the_reliability():
    # Sum of squares 2 x 6 x 1 = 12 over 11: 1.0909 between measurements, 0.25 of it is error.
    measured = np.array([-1.0, 1.0] * 6)
    found = regression_calibration(measured, np.full(12, 0.25))
    reliability = (12 / 11 - 0.25) / (12 / 11)
    assert found.reliability == pytest.approx(reliability)
    assert found.expected == pytest.approx(measured * reliability)
    survival = Survival(time=np.arange(1.0, 13.0), event=np.ones(12, dtype=bool))
    naive, fit = cox(survival, measured), cox(survival, found.expected)
    assert fit.coefficients[0] == pytest.approx(naive.coefficients[0] / reliability)
    assert fit.p_values[0] == pytest.approx(naive.p_values[0])


def test_where_errors_are_zero_nothing_is_corrected():
    measured = np.random.default_rng(3).normal(size=30)
    found = regression_calibration(measured, np.zeros(30))
    assert found.reliability == pytest.approx(1.0)
    assert found.expected == pytest.approx(measured)
    assert found.variance == pytest.approx(measured.var(ddof=1))
    corrected = corrected_ratio(0.4, 0.2, found)
    half = normal_quantile(0.95) * 0.2
    assert (corrected.ci_low, corrected.ci_high) == pytest.approx((0.4 - half, 0.4 + half))


def test_a_person_measured_badly_is_drawn_further_to_the_middle():
    rng = np.random.default_rng(5)
    measured, errors = rng.normal(size=40), np.full(40, 0.1)
    measured[:2], errors[1] = 3.0, 2.0
    found = regression_calibration(measured, errors)
    assert measured.mean() < found.expected[1] < found.expected[0] < 3.0


def test_people_who_differ_by_less_than_their_errors_are_a_status():
    measured = np.random.default_rng(1).normal(size=40)
    found = regression_calibration(measured, np.full(40, 4.0))
    assert found.reliability == 0.0
    assert "do not differ by more than their errors" in found.status
    assert np.isnan(found.expected).all()
    assert corrected_ratio(0.4, 0.2, found).status == found.status


def test_a_reliability_too_uncertain_to_divide_by_has_no_interval():
    rng = np.random.default_rng(11)
    for _ in range(200):
        measured = rng.normal(0.0, np.sqrt(1.1), 20)
        found = regression_calibration(measured, np.ones(20))
        if not found.status and normal_quantile(0.95) * found.log_scale_error >= 1.0:
            break
    corrected = corrected_ratio(0.4, 0.2, found)
    assert "too uncertain" in corrected.status
    assert np.isnan(corrected.ci_low)
    assert corrected.log_ratio == 0.4


def test_few_people_are_a_status():
    assert regression_calibration(np.arange(10.0), np.full(10, 0.1)).status.startswith("10 people")
    assert regression_calibration(np.zeros(0), np.zeros(0)).status.startswith("0 people")


@pytest.mark.parametrize(
    ("measured", "errors", "words"),
    [
        ([1.0, 2.0], [0.1], "one error variance per value"),
        ([1.0, np.nan], [0.1, 0.1], "missing"),
        ([1.0, 2.0], [0.1, -0.1], "below zero"),
    ],
)
def test_what_cannot_be_is_refused(measured, errors, words):
    with pytest.raises(InputError, match=words):
        regression_calibration(np.array(measured), np.array(errors))


@given(
    log_ratio=st.floats(-2, 2),
    error=st.floats(0.05, 1.0),
    share=st.floats(0.0, 0.6),
)
def test_the_interval_excludes_one_exactly_where_p_is_below_five_percent(log_ratio, error, share):
    found = regression_calibration(np.random.default_rng(2).normal(size=60), np.full(60, share))
    corrected = corrected_ratio(log_ratio, error, found)
    if corrected.status or abs(corrected.p_value - 0.05) < 1e-9:
        return
    assert (corrected.p_value < 0.05) == (corrected.ci_low > 0.0 or corrected.ci_high < 0.0)
    assert corrected.ci_low <= log_ratio <= corrected.ci_high


@given(factor=st.floats(0.1, 10.0), shift=st.floats(-5.0, 5.0), seed=st.integers(0, 50))
def test_the_unit_of_the_marker_changes_nothing_but_the_unit(factor, shift, seed):
    rng = np.random.default_rng(seed)
    measured, errors, z = rng.normal(size=30), rng.uniform(0.05, 0.4, 30), rng.normal(size=30)
    one = regression_calibration(measured, errors, z)
    other = regression_calibration(measured * factor + shift, errors * factor**2, z * 3.0 - 1.0)
    if one.status:
        assert other.status == one.status
        return
    assert other.reliability == pytest.approx(one.reliability, rel=1e-6)
    assert other.expected == pytest.approx(one.expected * factor + shift, rel=1e-6, abs=1e-6)
    assert other.log_scale_error == pytest.approx(one.log_scale_error, rel=1e-5)


def _many(beta: float, n: int = 4000, seed: int = 8):
    """Draw a large cohort: marker, error variances, a replicate of the marker, survival."""
    rng = np.random.default_rng(seed)
    true, errors = rng.normal(size=n), rng.uniform(0.1, 0.7, n)
    measured = true + rng.normal(size=n) * np.sqrt(errors)
    again = true + rng.normal(size=n) * np.sqrt(errors)
    time = rng.exponential(1.0 / np.exp(beta * true))
    end = rng.uniform(0.3, 2.0, n)
    survival = Survival(time=np.minimum(time, end), event=time <= end)
    return measured, errors, again, survival, rng


def test_simulation_extrapolation_gives_the_same_correction():
    # SIMEX (Cook and Stefanski 1994): errors are added 0.5, 1, 1.5, 2 times, and the curve of the
    # effect is followed back to no error; with its quadratic curve it undercorrects a little.
    measured, errors, _, survival, rng = _many(0.4)
    found = regression_calibration(measured, errors)
    calibrated = cox(survival, found.expected).coefficients[0]
    added = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    effects = []
    for times in added:
        drawn = [
            cox(survival, measured + rng.normal(size=measured.size) * np.sqrt(times * errors))
            for _ in range(10 if times else 1)
        ]
        effects.append(np.mean([fit.coefficients[0] for fit in drawn]))
    extrapolated = np.polyval(np.polyfit(added, effects, 2), -1.0)
    assert effects[0] < 0.75 * calibrated
    assert extrapolated == pytest.approx(calibrated, rel=0.08)


def test_the_reliability_is_the_correlation_of_replicates():
    measured, errors, again, survival, _ = _many(0.4)
    found = regression_calibration(measured, errors)
    between = np.corrcoef(measured, again)[0, 1]
    assert found.reliability == pytest.approx(between, abs=0.02)
    # Corrected by replicates alone: the naive effect over the correlation.
    by_replicates = cox(survival, measured).coefficients[0] / between
    assert cox(survival, found.expected).coefficients[0] == pytest.approx(by_replicates, rel=0.05)
