import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import baseline_hazard, cox, kaplan_meier, predicted_survival

# The same formula at the same maximum: what is left is where the two searches stopped.
SAME = {"rtol": 1e-7, "atol": 1e-9}
NEW_STRATA = np.array(["kidney", "lung", "melanoma", "lung"])
SMALL_X = np.array([3, 1, 0, 2, 2, 1, 2, 0, 0, 1, 3, 1], float)


def small():
    event = np.array([1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0]) == 1
    return Survival(time=np.tile([1.0, 2.0, 3.0], 4), event=event)


def fitted(survival, x, strata=None):
    fit = cox(survival, x, strata=strata)
    return baseline_hazard(survival, x, fit.coefficients, covariance=fit.covariance, strata=strata)


def drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 15, n).astype(float)
    return Survival(time=time, event=rng.random(n) < 0.7), rng.normal(size=(n, 2))


@pytest.mark.parametrize("case", ["ties", "no ties", "strata", "late entry", "late entry strata"])
def test_the_curve_and_its_limits_equal_r(case, cohort, tied, fine, late, expected):
    survival = late if "late" in case else fine if case == "no ties" else tied
    strata = cohort["stratum"] if "strata" in case else None
    new = np.column_stack([
        expected("predicted_survival", "new", name) for name in ("x1", "x2", "x3")
    ])
    found = predicted_survival(
        fitted(survival, cohort["x"], strata),
        new,
        expected("predicted_survival", "new", "horizons"),
        strata=None if strata is None else NEW_STRATA,
    )
    assert found.status == ""
    for name, values in (
        ("surv", found.survival),
        ("lower", found.ci_low),
        ("upper", found.ci_high),
    ):
        answer = expected("predicted_survival", case, name)
        np.testing.assert_allclose(values.ravel(), answer, err_msg=name, **SAME)


def test_the_hazard_is_efrons_and_not_breslows_after_an_efron_fit(cohort, tied, expected):
    found = predicted_survival(fitted(small(), SMALL_X), [2.0], [2.0]).survival[0, 0]
    np.testing.assert_allclose(found, expected("predicted_survival", "small", "right")[0], **SAME)
    fault = expected("predicted_survival", "small", "breslow_after_efron")[0]
    assert abs(found - fault) > 0.02
    # Nor is it the curve of a fit that is Breslow's throughout.
    new = np.column_stack([
        expected("predicted_survival", "new", name) for name in ("x1", "x2", "x3")
    ])
    ours = predicted_survival(fitted(tied, cohort["x"]), new, [180.0]).survival[:, 0]
    breslow = expected("predicted_survival", "breslow", "surv").reshape(4, 4)[:, 2]
    assert np.abs(ours - breslow).max() > 0.01


def test_the_baseline_hazard_equals_r(expected):
    found = fitted(small(), SMALL_X)
    at_mean = found.cumulative_hazard * np.exp(-found.largest_predictor)
    np.testing.assert_allclose(
        at_mean, expected("predicted_survival", "small", "baseline_hazard"), **SAME
    )
    np.testing.assert_array_equal(
        found.time, expected("predicted_survival", "small", "baseline_time")
    )


def test_two_tied_deaths_among_four_by_hand():
    # No effect: the first of the tied deaths adds 1/4, the second 1 / (4 - 1/2 * 2) = 1/3.
    survival = Survival(time=np.array([1.0, 1, 2, 3]), event=np.array([1, 1, 0, 1]) == 1)
    baseline = baseline_hazard(survival, np.arange(4.0), [0.0])
    found = predicted_survival(baseline, [5.0], [1.0, 2.5, 3.0])
    np.testing.assert_allclose(
        found.survival[0], np.exp(-np.array([7 / 12, 7 / 12, 7 / 12 + 1])), rtol=1e-12
    )
    np.testing.assert_allclose(found.risk, 1 - found.survival)
    # Without a covariance there is no interval, and none is invented.
    assert np.isnan(found.ci_low).all()
    assert found.status == ""


def test_before_the_first_event_nobody_has_a_risk():
    survival = Survival(time=np.array([5.0, 6, 7, 8]), event=np.ones(4, bool))
    found = predicted_survival(fitted(survival, [1.0, 3.0, 2.0, 1.5]), [1.0], [2.0])
    assert found.risk[0, 0] == found.risk_ci_low[0, 0] == found.risk_ci_high[0, 0] == 0.0


@given(st.integers(0, 400))
def test_risk_rises_with_time_and_with_the_linear_predictor(seed):
    survival, x = drawn(seed)
    baseline = fitted(survival, x)
    if baseline.status:
        return
    found = predicted_survival(baseline, x, [2.0, 4.0, 6.0])
    assert (np.diff(found.risk, axis=1) >= 0).all()
    order = np.argsort(found.linear_predictor)
    assert (np.diff(found.risk[order], axis=0) >= -1e-12).all()
    assert (found.ci_low <= found.survival + 1e-12).all()
    assert (found.survival <= found.ci_high + 1e-12).all()


@given(st.integers(0, 200), st.floats(0.01, 100), st.floats(-50, 50))
def test_units_of_a_covariate_do_not_change_a_prediction(seed, factor, shift):
    survival, x = drawn(seed)
    one = predicted_survival(fitted(survival, x), x[:3], [5.0])
    moved = x * [factor, 1] + [shift, 0]
    other = predicted_survival(fitted(survival, moved), moved[:3], [5.0])
    for name in ("survival", "ci_low", "ci_high"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-6, atol=1e-9)


def test_a_covariate_without_effect_predicts_the_curve_of_all():
    rng = np.random.default_rng(5)
    time = rng.exponential(size=3000)
    survival = Survival(time=time, event=np.ones(3000, bool))
    baseline = baseline_hazard(survival, rng.normal(size=3000), [0.0])
    found = predicted_survival(baseline, [0.0], [0.5, 1.0]).survival[0]
    # Nelson-Aalen against Kaplan-Meier: they differ by the order of 1 / n.
    np.testing.assert_allclose(found, kaplan_meier(survival).at([0.5, 1.0])[0], atol=1e-3)


def test_no_number_past_the_last_follow_up_of_the_stratum():
    rng = np.random.default_rng(6)
    strata = np.repeat(["long", "short"], 30)
    time = np.where(strata == "long", rng.uniform(1, 100, 60), rng.uniform(1, 40, 60))
    survival = Survival(time=time, event=np.ones(60, bool))
    x = rng.normal(size=60)
    baseline = fitted(survival, x, strata)
    found = predicted_survival(baseline, [0.0, 0.0], [30.0, 60.0], strata=["long", "short"])
    assert np.isnan(found.survival).tolist() == [[False, False], [False, True]]
    assert np.isnan(found.ci_high).tolist() == [[False, False], [False, True]]
    assert "horizon of 60 days lies past the last follow-up of stratum short" in found.status
    whole = predicted_survival(fitted(survival, x), [0.0], [1000.0])
    assert np.isnan(whole.risk).all()
    assert "past the last follow-up of" in whole.status


def test_a_stratum_without_events_has_no_risk_of_zero_but_none():
    rng = np.random.default_rng(7)
    strata = np.repeat(["a", "b"], 20)
    survival = Survival(time=rng.uniform(1, 50, 40), event=strata == "a")
    found = predicted_survival(
        fitted(survival, rng.normal(size=40), strata), [0.0, 0.0], [10.0], strata=["a", "b"]
    )
    assert np.isnan(found.risk[:, 0]).tolist() == [False, True]
    assert found.status == "no events were seen in stratum b"


def test_without_events_or_without_a_fit_there_is_a_status_and_no_number():
    time = np.arange(1.0, 7)
    nobody = Survival(time=time, event=np.zeros(6, bool))
    found = predicted_survival(baseline_hazard(nobody, time, [0.3]), [1.0], [2.0])
    assert "no events" in found.status
    assert np.isnan(found.survival).all()
    survival = Survival(time=time, event=np.ones(6, bool))
    constant = predicted_survival(fitted(survival, np.ones(6)), [1.0], [2.0])
    assert "no estimate" in constant.status
    assert np.isnan(constant.risk).all()
    empty = Survival(time=np.empty(0), event=np.empty(0, bool))
    assert baseline_hazard(empty, np.empty((0, 1)), [0.1]).status


def test_what_does_not_fit_the_model_is_refused():
    survival, x = drawn(1)
    strata = np.tile(["a", "b"], 20)
    plain, stratified = fitted(survival, x), fitted(survival, x, strata)
    with pytest.raises(InputError, match="2 covariates, found 1"):
        predicted_survival(plain, x[:, 0], [5.0])
    with pytest.raises(InputError, match="horizon"):
        predicted_survival(plain, x, [0.0])
    with pytest.raises(InputError, match="missing"):
        predicted_survival(plain, np.full((2, 2), np.nan), [5.0])
    with pytest.raises(InputError, match="no strata"):
        predicted_survival(plain, x, [5.0], strata=strata)
    with pytest.raises(InputError, match="give those of the new"):
        predicted_survival(stratified, x, [5.0])
    with pytest.raises(InputError, match="not in the fit have no baseline hazard: c"):
        predicted_survival(stratified, x[:2], [5.0], strata=["a", "c"])
    with pytest.raises(InputError, match="one coefficient per covariate"):
        baseline_hazard(survival, x, [0.1])
