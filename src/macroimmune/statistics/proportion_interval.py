"""Intervals of shares that were counted: so many of so many."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence

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
    Convention: Jeffreys' interval (Brown, Cai and DasGupta, Stat Sci 2001;16:101-133): quantiles of
    the beta distribution with half a count added to each side; it ends at 0 where nothing was
    counted and at 1 where everything was. Checked against: quantiles of ``scipy.stats.beta``.

    Examples
    --------
    >>> low, high = proportion_interval([0, 5], [10, 10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.2235], [0.2172, 0.7765])
    """
    check_confidence(confidence)
    found = np.asarray(counts, dtype=np.float64)
    of = np.asarray(totals, dtype=np.float64)
    if not ((found >= 0) & (found <= of)).all():
        msg = "counts below zero or above their totals; expected 0 <= count <= total"
        raise InputError(msg)
    tail = (1 - confidence) / 2
    inside, outside = found + 0.5, of - found + 0.5
    low = np.where(found == 0, 0.0, special.betaincinv(inside, outside, tail))
    high = np.where(found == of, 1.0, special.betaincinv(inside, outside, 1 - tail))
    return np.where(of > 0, low, np.nan), np.where(of > 0, high, np.nan)
