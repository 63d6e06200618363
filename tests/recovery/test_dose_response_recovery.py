"""The EC50 of simulated plates lies in its interval at the stated rate; flat doses give none."""

import numpy as np
import pytest

from macroimmune.statistics import hill_curve, monotone_trend

LOG_DOSES = np.linspace(-11.5, -7.5, 7)
LOG_EC50 = -9.5


def plates(rng, n, *, sd, noise):
    """Return wells of n plates whose scales differ some fivefold and whose log10 EC50 has an SD."""
    values = []
    for _ in range(n):
        scale, hill = np.exp(rng.normal(0, 0.8)), np.exp(rng.normal(0, 0.1 * (sd > 0)))
        fraction = 1 / (1 + 10 ** (hill * (rng.normal(LOG_EC50, sd) - LOG_DOSES)))
        level = rng.normal(0.05, 0.05)
        values.append(scale * (level + fraction + noise * rng.normal(size=7)))
    return np.tile(10**LOG_DOSES, n), np.concatenate(values), np.repeat(np.arange(n), 7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "sd", "noise"), [(1, 0.0, 0.05), (4, 0.0, 0.1), (4, 0.2, 0.05), (6, 0.3, 0.05)]
)
def test_the_interval_holds_the_ec50_at_its_nominal_rate(n, sd, noise):
    rng = np.random.default_rng(11)
    fits = [hill_curve(*plates(rng, n, sd=sd, noise=noise)) for _ in range(250)]
    share = np.mean([fit.ci_low <= 10**LOG_EC50 <= fit.ci_high for fit in fits])
    # Two and a half standard errors of 250 draws below 95 %.
    assert share >= 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / 250)
    assert all(np.isfinite(fit.ci_high) for fit in fits) or n == 1


def test_flat_doses_show_no_trend():
    rng = np.random.default_rng(12)
    dose, batch = np.tile(10**LOG_DOSES, 4), np.repeat(np.arange(4), 7)
    scale = np.repeat(np.exp(rng.normal(0, 1, 4)), 7)
    p = [
        monotone_trend(
            dose, scale * rng.normal(size=28), batch, rng=rng, n_permutations=199
        ).p_value
        for _ in range(300)
    ]
    # Binomial: three standard errors of 300 about 5 %.
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
