"""The share of a sample beyond a high percentile of another, the percentile itself estimated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.statistics.ranked_samples import RankedSamples
from macroimmune.statistics.share_beyond_loops import shares_beyond

__all__ = ["ShareBeyond", "share_beyond"]

Numbers = NDArray[np.float64]
_DRAWS = 600


@dataclass(frozen=True, slots=True, eq=False)
class ShareBeyond:
    """By how much the share of each sample beyond a percentile of its partner exceeds theirs.

    Parameters
    ----------
    gain, ci_low, ci_high : float array, shape (samples,)
        From -1 to 1; 95 % interval.
    cut : float array, shape (samples,)
        The percentile.
    """

    gain: Numbers
    ci_low: Numbers
    ci_high: Numbers
    cut: Numbers


def share_beyond(
    samples: RankedSamples,
    others: RankedSamples,
    *,
    percentile: float,
    shift_error: ArrayLike,
    rng: np.random.Generator,
) -> ShareBeyond:
    """Return the share of each sample beyond a percentile of its partner, less their own share.

    Parameters
    ----------
    samples, others : RankedSamples
        As many of both.
    percentile : float
        As a share: 0.99.
    shift_error : float array, shape (samples,)
        Standard deviation of a shift between both samples that is no counting error.
    rng : numpy.random.Generator

    Notes
    -----
    Convention: their own share beyond is 1 - percentile, or less where the percentile is a value
    that many share. Interval by draws of both errors of counting: how many of the others lie below
    the true percentile is binomial, which says between which of them it lies (for the lower end of
    the interval the upper one is taken); beyond the largest the tail is taken for exponential, with
    the mean excess of the highest tenth. The share of the sample beyond a drawn percentile is a
    beta variable with half a value added to each side (Jeffreys), as a ratio of gamma variables by
    the cube of Wilson and Hilferty. The 600 draws lie evenly in each direction and serve all
    samples.
    Checked against: coverage in samples of known distributions, ``scipy.stats.beta``.
    """
    sizes, which = np.unique(others.n.astype(np.int64), return_inverse=True)
    below = np.sort(rng.binomial(sizes[:, None], percentile, (sizes.size, _DRAWS)), axis=1)
    even = (np.arange(_DRAWS) + 0.5) / _DRAWS
    drawn = rng.permuted(np.tile(even, (16, 1)), axis=1)
    found = np.empty((4, samples.n.size))
    shares_beyond(
        samples.values,
        samples.ends,
        samples.n,
        others.values,
        others.ends,
        others.n,
        percentile,
        np.broadcast_to(np.asarray(shift_error, float), samples.n.shape).copy(),
        below,
        which,
        drawn[:8],
        special.ndtri(drawn[8:]),
        found,
    )
    return ShareBeyond(*found)
