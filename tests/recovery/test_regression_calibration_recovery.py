"""Cohorts whose true effect is known: corrected intervals hold it, the naive ones miss it."""

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import corrected_ratio, cox, logistic, regression_calibration

COHORTS = 500


def drawn(rng, *, n, reliability, effect, beside):
    """Draw true and measured values, error variances of each person, and a covariate."""
    z = rng.normal(size=n)
    true = 0.5 * z + np.sqrt(0.75) * rng.normal(size=n) if beside else rng.normal(size=n)
    errors = (1.0 - reliability) / reliability * rng.uniform(0.3, 1.7, n)
    measured = true + rng.normal(size=n) * np.sqrt(errors)
    return measured, errors, z, effect * true + (0.4 * z if beside else 0.0)


def fit(rng, kind, linear, design):
    if kind == "logistic":
        return logistic(rng.random(linear.size) < 1.0 / (1.0 + np.exp(0.7 - linear)), design)
    time, end = rng.exponential(1.0 / np.exp(linear)), rng.uniform(0.3, 2.5, linear.size)
    return cox(Survival(time=np.minimum(time, end), event=time <= end), design)


def cohorts(kind, *, n, reliability, effect, beside=False):
    """Return held and rejected shares, the medians of corrected and naive effects, naive held."""
    held, rejected, naive_held, corrected, naive = [], [], [], [], []
    for number in range(COHORTS):
        measured, errors, z, linear = drawn(
            np.random.default_rng([n, number]),
            n=n,
            reliability=reliability,
            effect=effect,
            beside=beside,
        )
        found = regression_calibration(measured, errors, z if beside else None)
        designs = [found.expected, measured]
        if beside:
            designs = [np.column_stack([one, z]) for one in designs]
        # The same outcomes for both models.
        after, plain = (
            fit(np.random.default_rng([n, number, 1]), kind, linear, one) for one in designs
        )
        ratio = corrected_ratio(
            float(after.coefficients[0]), float(after.standard_errors[0]), found
        )
        if ratio.status:
            assert "reliability" in ratio.status
            continue
        held.append(ratio.ci_low <= effect <= ratio.ci_high)
        rejected.append(ratio.p_value < 0.05)
        corrected.append(ratio.log_ratio)
        naive.append(plain.coefficients[0])
        naive_held.append(np.log(plain.ci_low[0]) <= effect <= np.log(plain.ci_high[0]))
    # An estimate that cannot be made is rare, and says so.
    assert len(held) >= 0.99 * COHORTS
    return (
        float(np.mean(held)),
        float(np.mean(rejected)),
        float(np.median(corrected)),
        float(np.median(naive)),
        float(np.mean(naive_held)),
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cox", "logistic"])
@pytest.mark.parametrize(
    ("n", "reliability", "beside"), [(200, 0.7, False), (100, 0.5, False), (200, 0.7, True)]
)
def test_the_true_ratio_is_recovered_and_held(kind, n, reliability, beside):
    held, _, corrected, naive, naive_held = cohorts(
        kind, n=n, reliability=reliability, effect=0.5, beside=beside
    )
    assert 0.925 <= held <= 0.975
    # Hazards mixed over what stays unknown of the true value shrink a little: assumed small.
    assert corrected == pytest.approx(0.5, abs=0.05)
    assert naive < 0.5 * (reliability + 0.07)
    assert naive_held < held


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cox", "logistic"])
@pytest.mark.parametrize("n", [40, 200])
def test_without_an_effect_nothing_is_found(kind, n):
    held, rejected, corrected, _, _ = cohorts(kind, n=n, reliability=0.6, effect=0.0)
    assert 0.925 <= held <= 0.975
    # Wald tests of 40 people reject a little more or less often than they say.
    assert 0.025 <= rejected <= 0.075
    assert abs(corrected) < 0.05
