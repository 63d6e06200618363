"""The earth mover's distance of two wells with the sign of the difference, and its interval."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.mean_difference import MeanDifference
from macroimmune.statistics.moved_mass import moved_mass
from macroimmune.statistics.random_splits import Splits
from macroimmune.statistics.ranked_samples import RankedSamples

__all__ = ["signed_distance"]

Numbers = NDArray[np.float64]
_Z = 1.959963984540054
_NULL = 0.95


def signed_distance(
    unstimulated: RankedSamples,
    stimulated: RankedSamples,
    difference: MeanDifference,
    splits: Splits,
) -> dict[str, Numbers]:
    """Return the signed distance of each pair, its interval and what counting alone gives.

    Parameters
    ----------
    unstimulated, stimulated : RankedSamples
    difference : MeanDifference
    splits : Splits

    Notes
    -----
    Convention: where the sign is certain the interval is that of the distance, less what counting
    alone gives; the size of the difference is its least. Where the sign is not certain the interval
    reaches to both sides: to the ends of the difference's and the excess beyond.
    """
    moved = moved_mass(stimulated, unstimulated)
    by_counting = splits.distances(stimulated, unstimulated)
    value, low, high = difference.value, difference.low, difference.high
    size = np.maximum(moved.distance, np.abs(value))
    reach = _Z * np.hypot(moved.error, np.sqrt(difference.added))
    nearest = np.minimum(np.abs(low), np.abs(high))
    least = np.minimum(np.maximum(nearest, size - by_counting.mean(axis=1) - reach), size)
    is_rise = value > 0.0
    certain = np.where(is_rise, [least, size + reach], [-(size + reach), -least])
    excess = moved.excess + _Z * moved.excess_error
    most = size + np.maximum(reach, high - value)
    either = np.stack([np.maximum(low - excess, -most), np.minimum(high + excess, most)])
    ends = np.where((low > 0.0) | (high < 0.0), certain, either)
    return {
        "signed_emd": np.copysign(size, value),
        "signed_emd_ci_low": ends[0],
        "signed_emd_ci_high": ends[1],
        "emd_null": np.quantile(by_counting, _NULL, axis=1).astype(float),
    }
