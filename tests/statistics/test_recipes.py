import numpy as np
import pytest
from scipy.special import expit

from macroimmune.errors import EstimationError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    baseline_hazard,
    cox,
    cox_recipe,
    cross_validate_survival,
    logistic,
    logistic_recipe,
    participant_folds,
    predicted_survival,
)


def drawn(seed=1, n=120):
    rng = np.random.default_rng(seed)
    x = rng.normal(3.0, 2.0, size=(n, 2))
    x[rng.random((n, 2)) < 0.1] = np.nan
    z = np.where(np.isnan(x[:, 0]), 0.0, x[:, 0] - 3.0)
    death, end = rng.exponential(np.exp(-0.4 * z)), rng.uniform(0.5, 3.0, n)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    return x, survival, rng.random(n) < expit(z), rng


def by_hand(train, new):
    median = np.nanmedian(train, axis=0)
    return np.where(np.isnan(train), median, train), np.where(np.isnan(new), median, new)


def test_the_logistic_recipe_is_its_steps_by_hand():
    x, _, outcome, _ = drawn()
    train, new = by_hand(x[:90], x[90:])
    fit = logistic(outcome[:90], train)
    # Scaling changes the coefficients and no prediction.
    expected = expit(fit.intercept + new @ fit.coefficients)
    np.testing.assert_allclose(logistic_recipe(x[:90], outcome[:90])(x[90:]), expected, rtol=1e-7)


def test_the_cox_recipe_is_its_steps_by_hand():
    x, survival, _, _ = drawn()
    first = np.arange(120) < 90
    train, new = by_hand(x[:90], x[90:])
    fit = cox(survival.select(first), train)
    baseline = baseline_hazard(survival.select(first), train, fit.coefficients)
    expected = predicted_survival(baseline, new, [1.0]).risk[:, 0]
    found = cox_recipe(1.0)(x[:90], survival.select(first))(x[90:])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_what_cannot_be_fitted_is_an_estimation_error():
    x, survival, outcome, _ = drawn()
    with pytest.raises(EstimationError, match="same outcome"):
        logistic_recipe(x, np.ones(120, bool))
    constant = np.column_stack([x[:, 0], np.ones(120)])
    with pytest.raises(EstimationError, match="does not vary"):
        logistic_recipe(constant, outcome)
    with pytest.raises(EstimationError, match="no training row has a value in column 1"):
        logistic_recipe(np.column_stack([x[:, 0], np.full(120, np.nan)]), outcome)
    with pytest.raises(EstimationError, match="no events"):
        cox_recipe(1.0)(x, Survival(time=survival.time, event=np.zeros(120, bool)))
    with pytest.raises(EstimationError, match="past the last follow-up"):
        cox_recipe(99.0)(x, survival)(x)


def test_a_horizon_past_the_training_follow_up_is_a_status_of_the_validation():
    x, survival, _, rng = drawn()
    folds = participant_folds(survival.event, n_folds=3, repeats=1, rng=rng)
    options = {"thresholds": [0.5], "replicates": 0, "rng": rng}
    good = cross_validate_survival(x, survival, cox_recipe(1.0), folds, horizon_days=1.0, **options)
    assert good.status == ""
    assert good.measures[0].estimate > 0.55
    late = cross_validate_survival(
        x, survival, cox_recipe(99.0), folds, horizon_days=99.0, **options
    )
    assert "could not be fitted in 3 of 3 folds: the horizon of 99 days" in late.status
    assert late.apparent is None
