"""Sizes of clones that follow a power law."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.plan import RepertoiresPlan

__all__ = ["exponent_of", "power_law_sizes"]

_SMALLEST_EXPONENT, _LARGEST_EXPONENT = 1.5, 4.5
# No clone is larger than so many times the one that is expected to be the largest.
_OVER_LARGEST = 3.0


def power_law_sizes(n: int, exponent: float, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return sizes whose density falls as size to the power of minus `exponent`.

    Parameters
    ----------
    n : int
    exponent : float
        Above 1.
    rng : numpy Generator

    Returns
    -------
    sizes : float array, shape (n,)
        From 1 up, in no order.

    Notes
    -----
    Convention: a Pareto law that ends at three times the size that the largest of `n` clones is
    expected to pass once: size falls with rank as rank to the power of -1 / (exponent - 1).

    Examples
    --------
    >>> bool(power_law_sizes(10_000, 2.0, rng=np.random.default_rng(1)).min() >= 1.0)
    True
    """
    slope = exponent - 1.0
    beyond = min((_OVER_LARGEST**-slope) / max(n, 1), 0.5)
    # Inverse of the distribution function, the part beyond the end left out.
    return np.asarray((1.0 - rng.random(n) * (1.0 - beyond)) ** (-1.0 / slope))


def exponent_of(
    plan: RepertoiresPlan,
    *,
    age_years: float,
    is_patient: bool,
    is_cmv_positive: bool,
    rng: np.random.Generator,
) -> float:
    """Return the exponent of one person: lower, so more clonal, with age, CMV and cancer."""
    expected = (
        plan.exponent
        + plan.exponent_cancer * is_patient
        + plan.exponent_cmv * is_cmv_positive
        + plan.exponent_decade * (age_years - 50.0) / 10.0
    )
    drawn = expected + plan.exponent_spread * rng.standard_normal()
    return float(np.clip(drawn, _SMALLEST_EXPONENT, _LARGEST_EXPONENT))
