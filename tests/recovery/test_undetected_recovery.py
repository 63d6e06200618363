"""Markers with undetected values: at the limit and at half the limit biased, imputed right.

The marker is a concentration on the log2 scale with SD 0.6 (as many proteins of plasma have) and
two limits, below which about 30 % of values lie. It is the only cause of the outcome, so the
effect that generated the data is the one that a univariable model estimates.
"""

from functools import cache

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    cox,
    cumulative_hazard,
    logistic,
    multiple_imputation,
    pool_imputations,
)

COHORTS = 200
IMPUTATIONS = 10
PATIENTS = 200
SD = 0.6
PER_DOUBLING = 0.9
COVERAGE = (0.925, 0.975)
WAYS = ("all detected", "at the limit", "half the limit", "imputed")


def survival_of(rng, marker, effect):
    death = 500.0 * rng.exponential(np.exp(-effect * marker))
    end = rng.uniform(100.0, 1500.0, marker.size)
    return Survival(time=np.minimum(death, end), event=death <= end)


def response_of(rng, marker, effect):
    return rng.random(marker.size) < 1.0 / (1.0 + np.exp(-effect * marker))


def estimate(outcome, marker):
    fit = cox(outcome, marker) if isinstance(outcome, Survival) else logistic(outcome, marker)
    return fit.coefficients[0], fit.covariance[0, 0]


def known_of(outcome):
    if isinstance(outcome, Survival):
        return np.column_stack([outcome.event, cumulative_hazard(outcome)])
    return outcome.astype(float)


def imputed(outcome, at_limit, below, rng):
    made = multiple_imputation(
        at_limit[:, None],
        ("left-censored",),
        known_of(outcome),
        is_below=below[:, None],
        rng=rng,
        n_imputations=IMPUTATIONS,
    )
    pairs = [estimate(outcome, one[:, 0]) for one in made.completed]
    pooled = pool_imputations(*np.array(pairs).T, complete_degrees_of_freedom=PATIENTS - 2)
    return pooled.estimate, pooled.ci_low, pooled.ci_high, pooled.p_value


@cache
def cohorts(kind, effect):
    """Estimates, shape (ways, cohorts), whether intervals hold the truth, and p when imputed."""
    rng = np.random.default_rng(20260401)
    draw = survival_of if kind == "survival" else response_of
    estimates, covered = np.empty((2, len(WAYS), COHORTS))
    p_values, shares = np.empty((2, COHORTS))
    for cohort in range(COHORTS):
        marker = SD * rng.normal(size=PATIENTS)
        outcome = draw(rng, marker, effect)
        limit = SD * rng.choice([-0.8, -0.3], PATIENTS)
        below = marker < limit
        at_limit = np.where(below, limit, marker)
        shares[cohort] = below.mean()
        for way, values in enumerate((marker, at_limit, np.where(below, limit - 1.0, marker))):
            estimates[way, cohort], variance = estimate(outcome, values)
            covered[way, cohort] = abs(estimates[way, cohort] - effect) < 1.96 * variance**0.5
        found, low, high, p_values[cohort] = imputed(outcome, at_limit, below, rng)
        estimates[3, cohort], covered[3, cohort] = found, low < effect < high
    assert 0.25 < shares.mean() < 0.35
    return dict(zip(WAYS, estimates, strict=True)), dict(zip(WAYS, covered, strict=True)), p_values


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["survival", "response"])
def test_intervals_of_imputed_markers_cover_the_truth(kind):
    _, covered, _ = cohorts(kind, PER_DOUBLING)
    assert COVERAGE[0] <= covered["imputed"].mean() <= COVERAGE[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["survival", "response"])
def test_the_imputed_estimate_is_that_of_the_full_data_and_the_others_are_biased(kind):
    estimates, _, _ = cohorts(kind, PER_DOUBLING)
    full = estimates["all detected"]
    for way, sign in (("at the limit", 1), ("half the limit", -1)):
        difference = sign * (estimates[way] - full)
        assert difference.mean() > 10 * difference.std() / np.sqrt(COHORTS)
        # Biased by a tenth of the effect at least.
        assert difference.mean() > 0.1 * PER_DOUBLING
    difference = estimates["imputed"] - full
    assert abs(difference.mean()) < 0.03 * PER_DOUBLING


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["survival", "response"])
def test_intervals_of_filled_markers_miss_the_truth_more_often(kind):
    _, covered, _ = cohorts(kind, PER_DOUBLING)
    for way in ("at the limit", "half the limit"):
        assert covered[way].mean() < COVERAGE[0]


@pytest.mark.slow
def test_imputation_from_the_outcome_makes_no_effect_where_there_is_none():
    _, covered, p_values = cohorts("survival", 0.0)
    assert COVERAGE[0] <= covered["imputed"].mean() <= COVERAGE[1]
    # 5 % of 200 are 10; 20 are more than three standard errors above.
    assert (p_values < 0.05).sum() < 20
