import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, hazard_ratio_over_time

CASES = ("ties", "no ties", "strata", "flat", "late entry", "late entry strata", "one")


def of_case(case, transform, df, cohort, tied, fine, late):
    survival = late if "late entry" in case else fine if case == "no ties" else tied
    covariates = cohort["x2"] if case == "one" else cohort["x"].copy()
    if case == "flat":
        covariates[cohort["stratum"] == "melanoma", 2] = 1.0
    strata = cohort["stratum"] if "strata" in case or case == "flat" else None
    return hazard_ratio_over_time(
        survival,
        covariates,
        strata=strata,
        transform=transform,
        degrees_of_freedom=df,
        points=12,
    )


@pytest.mark.parametrize("case", CASES)
def test_scaled_schoenfeld_residuals_equal_r(case, cohort, tied, fine, late, expected):
    curve = of_case(case, "km", 4, cohort, tied, fine, late)
    by_row = curve.scaled_residuals[np.argsort(curve.event_rows)]
    answer = expected("hazard_ratio_over_time", case, "residuals")
    np.testing.assert_allclose(by_row, answer.reshape(by_row.shape), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("transform", "df"), [("km", 3), ("km", 4), ("rank", 4), ("identity", 4), ("log", 4)]
)
@pytest.mark.parametrize("case", CASES)
def test_the_smooth_and_its_error_equal_r(case, transform, df, cohort, tied, fine, late, expected):
    curve = of_case(case, transform, df, cohort, tied, fine, late)
    for name in ("log_hazard_ratio", "standard_error"):
        answer = expected("hazard_ratio_over_time", f"{case}/{transform}/{df}", name)
        drawn = getattr(curve, name).T.ravel()
        np.testing.assert_allclose(drawn, answer, rtol=1e-6, atol=1e-8)


def test_residuals_of_three_deaths_by_hand():
    # x = 1, 0, 0 die on days 1, 2, 3 and x = 1 is censored on day 3. At coefficient b the mean
    # of x at risk is 2h / (2h + 2), h / (h + 2), h / (h + 1), with h = exp(b).
    survival = Survival(time=np.array([1.0, 2, 3, 3]), event=np.array([True, True, True, False]))
    x = np.array([1.0, 0, 0, 1])
    b = cox(survival, x).coefficients[0]
    h = np.exp(b)
    mean = np.array([2 * h / (2 * h + 2), h / (h + 2), h / (h + 1)])
    per_event = np.mean(mean * (1 - mean))
    curve = hazard_ratio_over_time(survival, x)
    by_hand = (x[:3] - mean) / per_event + b
    np.testing.assert_allclose(curve.scaled_residuals[:, 0], by_hand, rtol=1e-9)
    assert "3 different event times are too few" in curve.status
    assert np.isnan(curve.hazard_ratio).all()


def test_a_hazard_ratio_that_reverses_is_drawn_so():
    rng = np.random.default_rng(3)
    exposed = np.arange(3000) < 1500
    # Three times the hazard until day 0.3, a third of it afterwards.
    early = rng.exponential(np.where(exposed, 1 / 3, 1.0))
    time = np.where(early < 0.3, early, 0.3 + rng.exponential(np.where(exposed, 3.0, 1.0)))
    curve = hazard_ratio_over_time(Survival(time=time, event=np.ones(3000, bool)), exposed)
    assert curve.ci_low[0, 0] > 1.5
    assert curve.ci_high[-8, 0] < 0.6
    assert (np.diff(curve.time) > 0).all()


@pytest.mark.parametrize("events", [np.zeros(30, bool), np.arange(30) < 2])
def test_too_few_events_are_a_status(events):
    survival = Survival(time=np.arange(1.0, 31), event=events)
    curve = hazard_ratio_over_time(survival, np.arange(30) % 7)
    assert curve.status
    assert curve.hazard_ratio.shape == (40, 1)
    assert np.isnan(curve.hazard_ratio).all()


def test_events_that_all_fall_on_one_day_are_a_status():
    survival = Survival(time=np.full(30, 9.0), event=np.arange(30) < 15)
    curve = hazard_ratio_over_time(survival, np.sin(np.arange(30.0)))
    assert "1 different event times" in curve.status


def test_a_time_of_zero_is_drawn_on_the_scale_of_the_curve_and_refused_on_the_logarithm():
    survival = Survival(time=np.arange(40.0), event=np.ones(40, bool))
    x = np.sin(np.arange(40.0))
    assert np.isfinite(hazard_ratio_over_time(survival, x).hazard_ratio).all()
    curve = hazard_ratio_over_time(survival, x, transform="log")
    assert "time zero" in curve.status
    assert np.isnan(curve.hazard_ratio).all()


@pytest.mark.parametrize("options", [{"degrees_of_freedom": 2}, {"points": 1}])
def test_options_out_of_range_are_refused(options, tied, cohort):
    with pytest.raises(InputError, match="3 or more degrees of freedom"):
        hazard_ratio_over_time(tied, cohort["x1"], **options)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 20), st.floats(-5, 5))
def test_the_unit_of_a_covariate_only_rescales_its_curve(seed, factor, shift):
    rng = np.random.default_rng(seed)
    survival = Survival(time=rng.exponential(size=50), event=rng.random(50) < 0.8)
    x = rng.normal(size=50)
    one = hazard_ratio_over_time(survival, x)
    other = hazard_ratio_over_time(survival, x * factor + shift)
    np.testing.assert_allclose(other.log_hazard_ratio * factor, one.log_hazard_ratio, atol=1e-5)
    np.testing.assert_allclose(other.time, one.time)
