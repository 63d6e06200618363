"""The share of a sample beyond a high percentile of another, the percentile itself estimated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.ranked_values import quantiles_of_ranked

__all__ = ["ShareBeyond", "share_beyond"]

Numbers = NDArray[np.float64]
Ranked = NDArray[np.floating]
_DRAWS = 600
# Whole ranks of the draws: 2.5 % of them lie beyond.
_BEYOND = 15
_LEAST_IN_TAIL = 5
_TAIL = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class ShareBeyond:
    """By how much the share beyond a percentile of the others exceeds theirs.

    Parameters
    ----------
    gain, ci_low, ci_high : float
        From -1 to 1; 95 % interval.
    cut : float
        The percentile.
    """

    gain: float
    ci_low: float
    ci_high: float
    cut: float


def share_beyond(
    ranked: Ranked,
    n: int,
    others: Ranked,
    n_others: int,
    *,
    percentile: float,
    shift_error: float,
    rng: np.random.Generator,
) -> ShareBeyond:
    """Return the share of `ranked` beyond a percentile of `others`, less their own share.

    Parameters
    ----------
    ranked, others : float array, shape (ranks,)
        In ascending order: all values, or quantiles at even shares.
    n, n_others : int
        Values for which they stand.
    percentile : float
        As a share: 0.99.
    shift_error : float
        Standard deviation of a shift between both samples that is no counting error.
    rng : numpy.random.Generator

    Notes
    -----
    Convention: their own share beyond is 1 - percentile, or less where the percentile is a value
    that many share. Interval by draws of both errors of counting: how many of the others lie below
    the true percentile is binomial, which says between which of them it lies (for the lower end of
    the interval the upper one is taken); beyond the largest the tail is taken for exponential, with
    the mean excess of the highest tenth. The share of the sample beyond a drawn percentile is a
    beta variable with half a value added to each side (Jeffreys).
    Checked against: coverage in samples of known distributions.
    """
    cut = float(quantiles_of_ranked(others, percentile))
    nominal = _own_share(others, cut, percentile)
    gain = 1.0 - float(np.searchsorted(ranked, cut, "right")) / ranked.size - nominal
    lower, upper = _drawn_cuts(others, n_others, percentile, rng)
    if shift_error > 0.0:
        moved = shift_error * rng.standard_normal(_DRAWS)
        lower, upper = (np.maximum(cuts + moved, float(others[0])) for cuts in (lower, upper))
    low = np.sort(_drawn_shares(ranked, n, upper, rng))[_BEYOND] - nominal
    high = np.sort(_drawn_shares(ranked, n, lower, rng))[-1 - _BEYOND] - nominal
    return ShareBeyond(gain, float(min(low, gain)), float(max(high, gain)), cut)


def _drawn_shares(ranked: Ranked, n: int, cuts: Numbers, rng: np.random.Generator) -> Numbers:
    """Return shares beyond the cuts that fit the sample."""
    share = 1.0 - np.searchsorted(ranked, cuts, "right") / ranked.size
    return rng.beta(share * n + 0.5, (1.0 - share) * n + 0.5)


def _own_share(others: Ranked, cut: float, percentile: float) -> float:
    """Return the share of the others beyond the cut: by name, or as counted at a common value."""
    first, last = np.searchsorted(others, [cut, cut], "left"), np.searchsorted(others, cut, "right")
    is_common = last - first[0] > 1
    return 1.0 - float(last) / others.size if is_common else 1.0 - percentile


def _drawn_cuts(
    others: Ranked, n: int, percentile: float, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Return percentiles that fit the others: anywhere between neighbours, and the upper one."""
    below = rng.binomial(n, percentile, _DRAWS)
    anywhere = _at_rank(others, (below + rng.random(_DRAWS)) / (n + 1))
    upper = _at_rank(others, (below + 1) / (n + 1))
    is_beyond = below == n
    if is_beyond.any():
        count = min(max(_LEAST_IN_TAIL, int(_TAIL * n)), others.size)
        excess = float((others[1 - count :] - others[-count]).sum(dtype=np.float64))
        scale = excess / rng.gamma(count - 1, size=int(is_beyond.sum()))
        # The share beyond the largest is more than that beyond the percentile, exponentially so.
        more = rng.exponential(1 / n, scale.size)
        upper[is_beyond] = float(others[-1]) + scale * np.log1p(more / (1.0 - percentile))
        anywhere[is_beyond] = upper[is_beyond]
    return anywhere, upper


def _at_rank(others: Ranked, share: Numbers) -> Numbers:
    """Return the values at ranks, as shares of one more than their number."""
    return quantiles_of_ranked(others, (share * (others.size + 1) - 0.5) / others.size)
