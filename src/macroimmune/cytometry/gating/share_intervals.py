"""The share of a population with its interval: counting, thresholds, and overlap at them."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics import normal_quantile, proportion_interval

__all__ = ["share_intervals"]

_CONFIDENCE = 0.95
# Normal quantiles of 0.95 and 0.975: one end alone, both ends.
_ONE_SIDED = normal_quantile(0.90) / normal_quantile(_CONFIDENCE)


def share_intervals(
    counts: NDArray[np.int64],
    totals: NDArray[np.int64],
    moved_counts: NDArray[np.int64],
    moved_totals: NDArray[np.int64],
    leaked: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return shares, their intervals, and the intervals of counting alone.

    Parameters
    ----------
    counts, totals : int array, shape (populations,)
    moved_counts, moved_totals : int array, shape (2 x thresholds, populations)
        With one threshold moved by its standard error, down and up in turn.
    leaked : float array, shape (populations,)
        Cells that a population lacks on account of overlap, less those it has of others.

    Returns
    -------
    shares : float array, shape (5, populations)
        Share, low and high end of its interval, low and high end of counting alone; NaN where the
        total is zero.

    Notes
    -----
    Convention: the share is that of the members, as the thresholds cut them; overlap does not move
    it. Counting alone: Jeffreys' interval. The variance that a threshold adds, on the logit scale
    with half a cell added to both sides, is the mean of the squared changes when it is moved down
    and up; variances of thresholds add up. Each half of the interval is widened to the root of its
    square and that of 1.96 such standard deviations. The share without overlap lies somewhere
    between that of the members and that with `leaked` cells more: towards the latter the interval
    reaches to it and 1.645 standard deviations farther, if that is more, as one end alone is then
    in question. Overlap in the parent is left out.
    """
    low, high = proportion_interval(counts, totals, confidence=_CONFIDENCE)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / totals
        centre = special.logit((counts + 0.5) / (totals + 1))
        moved = special.logit((moved_counts + 0.5) / (moved_totals + 1)) - centre
        reach = normal_quantile(_CONFIDENCE) * np.sqrt((moved**2).sum(axis=0) / 2)
        down = np.hypot(centre - special.logit(low), reach)
        up = np.hypot(special.logit(high) - centre, reach)
        corrected = np.clip(counts + leaked, 0, totals)
        bias = special.logit((corrected + 0.5) / (totals + 1)) - centre
        wide_low = special.expit(centre - np.maximum(down, _ONE_SIDED * down - bias))
        wide_high = special.expit(centre + np.maximum(up, _ONE_SIDED * up + bias))
    # Rounding must not make the wider interval the narrower one.
    return np.stack([share, np.minimum(wide_low, low), np.maximum(wide_high, high), low, high])
