"""The share of a population with its interval: counting, and where the thresholds lie."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics import normal_quantile, proportion_interval

__all__ = ["share_intervals"]

_CONFIDENCE = 0.95


def share_intervals(
    counts: NDArray[np.int64],
    totals: NDArray[np.int64],
    moved_counts: NDArray[np.int64],
    moved_totals: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return shares, their intervals, and the intervals of counting alone.

    Parameters
    ----------
    counts, totals : int array, shape (populations,)
    moved_counts, moved_totals : int array, shape (2 x thresholds, populations)
        With one threshold moved by its standard error, down and up in turn.

    Returns
    -------
    shares : float array, shape (5, populations)
        Share, low and high end of its interval, low and high end of counting alone; NaN where the
        total is zero.

    Notes
    -----
    Convention: counting alone: Jeffreys' interval. The variance that a threshold adds, on the logit
    scale with half a cell added to both sides, is the mean of the squared changes when it is moved
    down and up; variances of thresholds add up. Each half of the interval is widened to the root of
    its square and that of 1.96 such standard deviations.
    """
    low, high = proportion_interval(counts, totals, confidence=_CONFIDENCE)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / totals
        centre = special.logit((counts + 0.5) / (totals + 1))
        moved = special.logit((moved_counts + 0.5) / (moved_totals + 1)) - centre
        reach = normal_quantile(_CONFIDENCE) * np.sqrt((moved**2).sum(axis=0) / 2)
        wide_low = special.expit(centre - np.hypot(centre - special.logit(low), reach))
        wide_high = special.expit(centre + np.hypot(special.logit(high) - centre, reach))
    # Rounding must not make the wider interval the narrower one.
    return np.stack([share, np.minimum(wide_low, low), np.maximum(wide_high, high), low, high])
