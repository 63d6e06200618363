"""Intervals of shares that were counted: so many of so many."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["proportion_interval"]


def proportion_interval(
    counts: ArrayLike, totals: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of shares that carries counting alone.

    Parameters
    ----------
    counts, totals : array, any shape
        So many of so many.
    confidence : float
        Level of the interval.

    Returns
    -------
    low, high : float array, of their common shape
        NaN where the total is zero.

    Raises
    ------
    InputError
        If a count is negative or above its total.

    Notes
    -----
    Convention: Wilson's score interval (J Am Stat Assoc 1927;22:209-212), two-sided, without
    correction of continuity; it stays within 0 to 1 and has width where nothing was counted.
    Checked against: ``scipy.stats.binomtest(...).proportion_ci(method="wilson")``.

    Examples
    --------
    >>> low, high = proportion_interval([0, 5], [10, 10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.2366], [0.2775, 0.7634])
    """
    found = np.asarray(counts, dtype=np.float64)
    of = np.asarray(totals, dtype=np.float64)
    if not ((found >= 0) & (found <= of)).all():
        msg = "counts below zero or above their totals; expected 0 <= count <= total"
        raise InputError(msg)
    z = normal_quantile(confidence)
    n = np.where(of > 0, of, np.nan)
    share = found / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Rounding would leave 1e-18 where nothing, or everything, was counted.
    low = np.where(found == 0, np.where(of > 0, 0.0, np.nan), centre - reach)
    high = np.where(found == of, np.where(of > 0, 1.0, np.nan), centre + reach)
    return low, high
