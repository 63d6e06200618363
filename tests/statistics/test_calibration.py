import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import binary_calibration, kaplan_meier, survival_calibration

# The same maxima by two programs; R's glm stops within 1e-8 of its standard errors.
SAME = {"rtol": 1e-6, "atol": 1e-8}
POINTS = [0, 10, 25, 40, 50]
HORIZON = 270.0


def numbers(found):
    three = {
        name: [getattr(found, name + end) for end in ("", "_ci_low", "_ci_high")]
        for name in ("ratio", "slope", "intercept")
    }
    return three | {
        "observed": [found.observed],
        "expected": [found.expected],
        "distances": [found.ici, found.e50, found.e90],
        "curve": found.smoothed[POINTS],
        "curve_low": found.smoothed_ci_low[POINTS],
        "curve_high": found.smoothed_ci_high[POINTS],
    }


def no_limits():
    return {"replicates": 0, "rng": np.random.default_rng(1)}


def drawn(seed, n=60):
    rng = np.random.default_rng(seed)
    predictor = rng.normal(size=n)
    time = rng.exponential(np.exp(-predictor))
    end = rng.uniform(0.5, 3.0, n)
    survival = Survival(time=np.minimum(time, end), event=time <= end)
    return survival, 1 - np.exp(-0.5 * np.exp(predictor))


def test_a_binary_outcome_equals_r(cohort, expected):
    risk = expit(0.3 + 1.4 * cohort["x1"] - 0.9 * cohort["x3"])
    found = numbers(binary_calibration(cohort["response"], risk, **no_limits()))
    for name in ("intercept", "slope", "distances", "curve", "curve_low", "curve_high"):
        answer = expected("calibration", "binary", name)
        np.testing.assert_allclose(found[name], answer, err_msg=name, **SAME)
    by_rms = expected("calibration", "binary", "slope_val_prob")[0]
    np.testing.assert_allclose(found["slope"][0], by_rms, **SAME)


@pytest.mark.parametrize("case", ["survival", "survival no ties"])
def test_survival_at_a_horizon_equals_r(case, cohort, tied, fine, expected):
    survival = tied if case == "survival" else fine
    risk = 1 - np.exp(-HORIZON / 300 * np.exp(0.9 * cohort["x1"] + 0.3 * cohort["x3"]))
    found = survival_calibration(survival, risk, horizon_days=HORIZON, **no_limits())
    assert found.status == ""
    assert np.isnan(found.intercept)
    answers = numbers(found)
    del answers["intercept"]
    for name, values in answers.items():
        np.testing.assert_allclose(
            values, expected("calibration", case, name), err_msg=name, **SAME
        )


def test_two_levels_of_risk_by_hand():
    # Predicted 0.2 and 0.8, seen 4 and 6 of 10: the slope is logit(0.6) / logit(0.8).
    outcome = np.repeat([True, False, True, False], [4, 6, 6, 4])
    found = binary_calibration(outcome, np.repeat([0.2, 0.8], 10), **no_limits())
    np.testing.assert_allclose(found.slope, logit(0.6) / logit(0.8))
    np.testing.assert_allclose(found.intercept, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.ratio, 1.0)
    # Two values carry no curve, and none is invented.
    assert "too few different values" in found.status
    assert np.isnan(found.ici)


def test_the_intercept_by_hand():
    # All have the same risk of one half and 3 of 4 the event: logit(3/4) is missing.
    found = binary_calibration(np.array([1, 1, 1, 0]) == 1, np.full(4, 0.5), **no_limits())
    np.testing.assert_allclose(found.intercept, np.log(3))
    np.testing.assert_allclose(found.ratio, 1.5)
    assert "do not vary" in found.status
    assert np.isnan(found.slope)


def test_observed_by_expected_is_the_kaplan_meier_risk_by_the_mean_risk():
    survival, risk = drawn(3)
    found = survival_calibration(survival, risk, horizon_days=0.8, **no_limits())
    np.testing.assert_allclose(found.observed, 1 - kaplan_meier(survival).at([0.8])[0][0])
    np.testing.assert_allclose(found.ratio, found.observed / risk.mean())
    assert found.ratio_ci_low < found.ratio < found.ratio_ci_high


@given(st.integers(0, 60), st.floats(0.3, 3.0))
@settings(max_examples=20)
def test_spreading_the_log_odds_divides_the_slope_and_leaves_the_curve(seed, factor):
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=80)
    outcome = rng.random(80) < expit(odds)
    one = binary_calibration(outcome, expit(odds), **no_limits())
    other = binary_calibration(outcome, expit(odds * factor), **no_limits())
    np.testing.assert_allclose(other.slope * factor, one.slope, rtol=1e-5)
    # The curve sees the same groups: what it observes at the ends does not move.
    np.testing.assert_allclose(other.smoothed[[0, -1]], one.smoothed[[0, -1]], atol=1e-5)


def test_what_happens_after_the_horizon_has_no_say():
    survival, risk = drawn(5)
    later = survival.time > 0.8
    moved = Survival(
        time=np.where(later, survival.time * 7, survival.time),
        event=np.where(later, ~survival.event, survival.event),
    )
    one, other = (
        survival_calibration(s, risk, horizon_days=0.8, **no_limits()) for s in (survival, moved)
    )
    assert (one.slope, one.ici, one.ratio) == (other.slope, other.ici, other.ratio)


def test_limits_of_the_distances_depend_on_the_generator_alone():
    survival, risk = drawn(6, 150)
    outcome = np.random.default_rng(7).random(150) < risk
    for again in (
        lambda seed: binary_calibration(
            outcome, risk, replicates=40, rng=np.random.default_rng(seed)
        ),
        lambda seed: survival_calibration(
            survival, risk, horizon_days=0.8, replicates=40, rng=np.random.default_rng(seed)
        ),
    ):
        found = again(1)
        assert found.replicates >= 36
        assert found.ici_ci_low < found.ici < found.ici_ci_high
        assert found.e90_ci_low < found.e90_ci_high
        assert (found.ici_ci_low, found.e50_ci_high) == (again(1).ici_ci_low, again(1).e50_ci_high)
        assert found.ici_ci_low != again(2).ici_ci_low


@pytest.mark.parametrize(
    ("outcome", "risk", "words"),
    [
        ([True] * 6, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "both outcomes are needed"),
        ([], [], "both outcomes are needed"),
        ([True, False, True, False], [0.0, 0.2, 0.5, 0.4], "exactly 0"),
        ([True, False, True, False], [0.3] * 4, "do not vary"),
        ([False, False, False, True, True, True], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], "separation"),
    ],
)
def test_what_cannot_be_told_of_a_binary_outcome_is_a_status(outcome, risk, words):
    found = binary_calibration(np.array(outcome, bool), np.array(risk), **no_limits())
    assert words in found.status
    assert np.isnan(found.slope)
    assert np.isnan(found.ici)
    assert np.isnan(found.smoothed).all()


def test_what_cannot_be_told_of_survival_is_a_status():
    survival, risk = drawn(8)
    past = survival_calibration(survival, risk, horizon_days=90.0, **no_limits())
    assert "past the last follow-up" in past.status
    assert np.isnan([past.observed, past.ratio, past.slope, past.ici]).all()
    alive = Survival(time=survival.time, event=np.zeros(60, bool))
    nobody = survival_calibration(alive, risk, horizon_days=0.5, **no_limits())
    assert "no events" in nobody.status
    assert nobody.observed == 0.0
    assert np.isnan(nobody.ratio)
    constant = survival_calibration(survival, np.full(60, 0.4), horizon_days=0.8, **no_limits())
    assert "do not vary" in constant.status
    assert constant.ratio > 0
    certain = survival_calibration(survival, risk.round(0), horizon_days=0.8, **no_limits())
    assert "exactly 0" in certain.status
    assert np.isnan(certain.slope)


def test_a_risk_that_rounds_to_one_still_has_a_slope():
    survival, risk = drawn(11, 150)
    almost = np.where(risk > 0.95, 1 - 1e-15, risk)
    rounded = np.where(risk > 0.95, 1.0, risk)
    one, other = (
        survival_calibration(survival, values, horizon_days=0.8, **no_limits())
        for values in (almost, rounded)
    )
    assert other.status == ""
    np.testing.assert_allclose(other.slope, one.slope, rtol=0.05)
    np.testing.assert_allclose(other.ici, one.ici, rtol=0.05)
    outcome = np.random.default_rng(1).random(150) < risk
    found = binary_calibration(outcome, rounded, **no_limits())
    assert found.status == ""
    # One of them without the event: log odds of 37 were far too extreme.
    outcome[np.flatnonzero(risk > 0.95)[0]] = False
    found = binary_calibration(outcome, rounded, **no_limits())
    assert found.slope_ci_high < 0.6


def test_wrong_input_is_refused():
    survival, risk = drawn(9)
    with pytest.raises(InputError, match="outside 0 to 1, the first in row 0: 4"):
        binary_calibration(np.array([True, False]), [4.0, 0.2], **no_limits())
    with pytest.raises(InputError, match="outside 0 to 1"):
        survival_calibration(survival, risk - 1, horizon_days=0.8, **no_limits())
    with pytest.raises(InputError, match="horizon"):
        survival_calibration(survival, risk, horizon_days=0.0, **no_limits())
    with pytest.raises(InputError, match="flat boolean"):
        binary_calibration(np.array([1, 0]), [0.4, 0.2], **no_limits())
    with pytest.raises(InputError, match="0 or more"):
        survival_calibration(
            survival, risk, horizon_days=0.8, replicates=-1, rng=np.random.default_rng(1)
        )
    late = Survival(time=survival.time + 1, event=survival.event, entry=np.full(60, 0.5))
    with pytest.raises(InputError, match="entered late"):
        survival_calibration(late, risk, horizon_days=1.5, **no_limits())
