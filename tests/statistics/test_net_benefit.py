import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import net_benefit, survival_net_benefit


def test_ten_patients_by_hand():
    # Risk at or above 0.2: six treated, of whom four have the event: 4/10 - 2/10 x 0.2/0.8.
    outcome = np.array([1, 1, 1, 1, 0, 0, 1, 0, 0, 0], bool)
    risk = np.array([0.9, 0.8, 0.5, 0.2, 0.3, 0.2, 0.1, 0.1, 0.05, 0.0])
    found = net_benefit(outcome, risk, [0.2])
    np.testing.assert_allclose(found.net_benefit, 4 / 10 - 2 / 10 * 0.25)
    np.testing.assert_allclose(found.treat_all, 5 / 10 - 5 / 10 * 0.25)
    assert found.n_treated.tolist() == [6]


def test_the_curves_equal_dcurves(cohort, tied, fine, expected):
    levels = expected("net_benefit", "all", "thresholds")
    predictor = 0.9 * cohort["x1"] + 0.3 * cohort["x3"]
    risk = (1.0 - np.exp(-180.0 / 400.0 * np.exp(predictor))).round(2)
    assert np.isin(levels, risk).sum() > 4  # Risks on the threshold itself are treated by both.
    for case, found in (
        ("binary", net_benefit(cohort["response"], risk, levels)),
        ("survival", survival_net_benefit(tied, risk, levels, horizon_days=180.0)),
        ("survival no ties", survival_net_benefit(fine, risk, levels, horizon_days=180.0)),
    ):
        # Sums of the same shares: rounding only.
        rule, everybody = (expected("net_benefit", case, name) for name in ("risk", "all"))
        np.testing.assert_allclose(found.net_benefit, rule, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.treat_all, everybody, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 300))
def test_without_censoring_the_curve_of_survival_is_that_of_the_outcome(seed):
    rng = np.random.default_rng(seed)
    time, risk = rng.integers(1, 20, 30).astype(float), rng.uniform(size=30).round(2)
    survival = Survival(time=time, event=np.ones(30, bool))
    levels = [0.1, 0.3, 0.7, 0.99]
    found = survival_net_benefit(survival, risk, levels, horizon_days=8.0)
    binary = net_benefit(time <= 8.0, risk, levels)
    np.testing.assert_allclose(found.net_benefit, binary.net_benefit, atol=1e-12)
    np.testing.assert_allclose(found.treat_all, binary.treat_all, atol=1e-12)


def test_censoring_does_not_change_what_a_rule_is_worth():
    rng = np.random.default_rng(3)
    n = 40_000
    marker = rng.normal(size=n)
    death, end = rng.exponential(np.exp(-marker)), rng.uniform(0.2, 4.0, n)
    risk = 1.0 - np.exp(-np.exp(marker))
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    found = survival_net_benefit(survival, risk, [0.3, 0.6], horizon_days=1.0)
    whole = net_benefit(death <= 1.0, risk, [0.3, 0.6])
    # Shares of 40,000 are known to 0.0025; the odds of 0.6 weigh errors by 1.5.
    np.testing.assert_allclose(found.net_benefit, whole.net_benefit, atol=0.015)
    assert (found.net_benefit > np.maximum(found.treat_all, 0.0)).all()


def test_nobody_treated_is_worth_nothing():
    found = net_benefit(np.array([True, False]), [0.1, 0.1], [0.5])
    assert found.net_benefit.tolist() == [0.0]


def test_follow_up_that_is_too_short_is_said():
    survival = Survival(time=np.array([1.0, 2.0, 9.0]), event=np.array([True, False, False]))
    past = survival_net_benefit(survival, [0.5, 0.5, 0.5], [0.2], horizon_days=20.0)
    assert "past the last follow-up" in past.status
    assert np.isnan(past.net_benefit).all()
    some = survival_net_benefit(survival, [0.9, 0.9, 0.1], [0.05, 0.5], horizon_days=5.0)
    assert "at 0.5 were not followed" in some.status
    assert np.isnan(some.net_benefit).tolist() == [False, True]


def test_scores_that_are_no_risks_and_bad_thresholds_are_refused():
    outcome = np.array([True, False])
    with pytest.raises(InputError, match="between 0 and 1"):
        net_benefit(outcome, [3.0, 0.1], [0.5])
    with pytest.raises(InputError, match="thresholds"):
        net_benefit(outcome, [0.3, 0.1], [0.0, 0.5])
    survival = Survival(time=np.array([1.0, 2.0]), event=outcome)
    with pytest.raises(InputError, match="horizon"):
        survival_net_benefit(survival, [0.3, 0.1], [0.5], horizon_days=0.0)
