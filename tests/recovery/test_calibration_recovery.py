"""Does calibration find what was put into the predictions, and nothing where nothing is wrong?"""

import numpy as np
import pytest
from scipy.special import expit

from macroimmune.outcomes import Survival
from macroimmune.statistics import binary_calibration, logistic, survival_calibration

pytestmark = pytest.mark.slow

COHORTS = 300


def is_near(share, level):
    """Within three standard errors of a share of 300."""
    return abs(share - level) < 3 * np.sqrt(level * (1 - level) / COHORTS)


def covered(found, name, truth):
    low, high = (
        np.array([getattr(one, name + end) for one in found]) for end in ("_ci_low", "_ci_high")
    )
    return ((low <= truth) & (truth <= high)).mean()


def cohort(rng, n, spread=1.0):
    """Return survival with the risk by day 1 that is true if `spread` is one."""
    predictor = rng.normal(-0.3, 0.6, n)
    death, end = rng.exponential(np.exp(-predictor)), rng.uniform(0.3, 3.0, n)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    return survival, 1 - np.exp(-np.exp(predictor * spread))


def test_true_risks_of_a_binary_outcome_have_slope_one_and_intercept_zero():
    rng, found = np.random.default_rng(20240201), []
    for _ in range(COHORTS):
        risk = expit(rng.normal(-0.5, 1.0, 250))
        found.append(binary_calibration(rng.random(250) < risk, risk, replicates=0, rng=rng))
    for name, truth in (("slope", 1.0), ("intercept", 0.0), ("ratio", 1.0)):
        # The slope's Wald interval and the ratio's, which treats the mean risk as known, are
        # slightly wide.
        assert 0.925 <= covered(found, name, truth) <= 0.985, name
    assert np.mean([one.ici for one in found]) < 0.04


def test_true_risks_of_survival_have_slope_one_and_ratio_one():
    rng, found = np.random.default_rng(20240202), []
    for _ in range(COHORTS):
        found.append(
            survival_calibration(*cohort(rng, 250), horizon_days=1.0, replicates=0, rng=rng)
        )
    assert is_near(covered(found, "slope", 1.0), 0.95)
    assert 0.925 <= covered(found, "ratio", 1.0) <= 0.985
    assert np.mean([one.ici for one in found]) < 0.04


def test_the_distance_shrinks_towards_zero_with_more_participants():
    rng = np.random.default_rng(20240203)
    survival, risk = cohort(rng, 20_000)
    found = survival_calibration(survival, risk, horizon_days=1.0, replicates=0, rng=rng)
    assert found.ici < 0.008
    assert abs(found.slope - 1) < 0.05


def test_risks_that_are_too_spread_have_the_slope_that_undoes_it():
    rng = np.random.default_rng(20240204)
    survival, risk = cohort(rng, 20_000, spread=1.5)
    found = survival_calibration(survival, risk, horizon_days=1.0, replicates=0, rng=rng)
    assert abs(found.slope - 1 / 1.5) < 0.03
    # The distance is known here: the true risk is that of spread one.
    truth = 1 - np.exp(-((-np.log1p(-risk)) ** (1 / 1.5)))
    assert abs(found.ici - np.abs(truth - risk).mean()) < 0.01


def test_an_overfitted_model_has_a_slope_below_one_in_new_participants():
    rng, slopes = np.random.default_rng(20240205), []
    for _ in range(60):
        x, new = rng.normal(size=(100, 15)), rng.normal(size=(400, 15))
        fit = logistic(rng.random(100) < expit(x[:, 0]), x)
        if not fit.status:
            risk = expit(fit.intercept + new @ fit.coefficients)
            outcome = rng.random(400) < expit(new[:, 0])
            slopes.append(binary_calibration(outcome, risk, replicates=0, rng=rng).slope)
    assert len(slopes) > 50
    assert np.mean(slopes) < 0.75
    assert np.mean(np.array(slopes) < 1) > 0.95


def test_the_bootstrap_holds_a_distance_that_is_there():
    rng, inside = np.random.default_rng(20240206), []
    for _ in range(20):
        odds = rng.normal(0.0, 1.0, 400)
        outcome = rng.random(400) < expit(odds + 0.8)
        found = binary_calibration(outcome, expit(odds), replicates=40, rng=rng)
        truth = np.abs(expit(odds + 0.8) - expit(odds)).mean()
        inside.append(found.ici_ci_low <= truth <= found.ici_ci_high)
    assert np.mean(inside) > 0.8
