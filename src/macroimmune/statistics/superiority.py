"""The probability that a value of one sample exceeds a value of another, with its interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.ranked_samples import RankedSamples
from macroimmune.statistics.skewed_mean import skewed_reach

__all__ = ["Superiority", "superiority"]

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
_HARDLY = 0.1
_STEPS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Superiority:
    """A probability of superiority of each pair of samples.

    Parameters
    ----------
    estimate : float array, shape (samples,)
        Ties count one half.
    standard_error : float array, shape (samples,)
        DeLong, of counting alone.
    ci_low, ci_high : float array, shape (samples,)
    """

    estimate: Numbers
    standard_error: Numbers
    ci_low: Numbers
    ci_high: Numbers


def superiority(
    samples: RankedSamples, others: RankedSamples, *, shift_variance: ArrayLike, z: float
) -> Superiority:
    """Return the probability that a value of each sample is above one of its partner.

    Parameters
    ----------
    samples, others : RankedSamples
        As many of both.
    shift_variance : float array, shape (samples,)
        Of a shift between both samples that is no counting error.
    z : float
        Standard errors to each side.

    Returns
    -------
    found : Superiority

    Notes
    -----
    Convention: variance of counting by DeLong; a shift is carried to the probability as between
    two normal distributions of the same spread. Interval on the logit scale, each end the farther
    of this and Hall's for a skewed error. Where the samples hardly overlap (below 0.1, above 0.9)
    the variance of DeLong goes to zero too early: there Newcombe's interval (2006, method 5), with
    the variance of Hanley and McNeil, takes the place of Hall's.
    Checked against: ``scipy.stats.mannwhitneyu``, the bootstrap.

    Examples
    --------
    >>> from macroimmune.statistics.ranked_samples import ranked_samples
    >>> pair = (ranked_samples([np.array(x)], [3]) for x in ([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]))
    >>> superiority(*pair, shift_variance=0.0, z=1.96).estimate.round(4).tolist()
    [0.7778]
    """
    n, m = samples.n, others.n
    # Area; variances of both placements; their third moments; variances of both values.
    found = np.empty((7, n.size))
    _place(samples.values, samples.ends, others.values, others.ends, found)
    area, of_one, of_other, third_one, third_other, spread_one, spread_other = found
    variance = of_one / n + of_other / m
    shifted = _slope(area, spread_one + spread_other) ** 2 * np.asarray(shift_variance, float)
    error = np.sqrt(variance + shifted)
    low, high = _logit_interval(area, z * error)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.where(error > 0.0, (third_one / n**2 + third_other / m**2) / error**3, 0.0)
    below, above = skewed_reach(z, skewness)
    ends = np.stack([np.maximum(0.0, area - below * error), np.minimum(1.0, area + above * error)])
    for k in np.flatnonzero(~((area > _HARDLY) & (area < 1.0 - _HARDLY))):
        ends[:, k] = _newcombe(area[k], n[k], m[k], shifted[k], z)
    return Superiority(area, np.sqrt(variance), np.minimum(low, ends[0]), np.maximum(high, ends[1]))


def _logit_interval(area: Numbers, reach: Numbers) -> tuple[Numbers, Numbers]:
    """Return the ends on the logit scale; the estimate itself where it is 0 or 1."""
    is_inner = (area > 0.0) & (area < 1.0)
    inner = np.where(is_inner, area, 0.5)
    logit, reach = special.logit(inner), reach / (inner * (1.0 - inner))
    low, high = (np.where(is_inner, special.expit(logit + side * reach), area) for side in (-1, 1))
    return low, high


def _slope(area: Numbers, variance: Numbers) -> Numbers:
    """Return by how much the probability rises per unit of a shift."""
    is_told = (variance > 0.0) & (area > 0.0) & (area < 1.0)
    place = special.ndtri(np.where(is_told, area, 0.5))
    spread = np.sqrt(np.where(is_told, variance, 1.0))
    return np.where(is_told, np.exp(-(place**2) / 2) / np.sqrt(2 * np.pi) / spread, 0.0)


@compiled
def _place(
    values: Numbers, ends: Places, others: Numbers, ends_others: Places, found: Numbers
) -> None:
    for k in range(ends.size - 1):
        one = values[ends[k] : ends[k + 1]]
        two = others[ends_others[k] : ends_others[k + 1]]
        placed, placed_two = np.empty(one.size), np.empty(two.size)
        _placements(one, two, placed)
        _placements(two, one, placed_two)
        found[0, k], found[1, k], found[3, k] = _moments(placed)
        _, found[2, k], third = _moments(placed_two)
        # The others' placement counts from the other side.
        found[4, k] = -third
        _, found[5, k], _ = _moments(one)
        _, found[6, k], _ = _moments(two)


@compiled
def _placements(values: Numbers, others: Numbers, placed: Numbers) -> None:
    """Fill in, per value, the share of the others below it, ties half."""
    below = up_to = 0
    for i in range(values.size):
        while below < others.size and others[below] < values[i]:
            below += 1
        up_to = max(up_to, below)
        while up_to < others.size and others[up_to] <= values[i]:
            up_to += 1
        placed[i] = (below + up_to) / (2.0 * others.size)


@compiled
def _moments(values: Numbers) -> tuple[float, float, float]:
    """Return mean, variance (n - 1) and third central moment (n)."""
    mean = values.mean()
    second = third = 0.0
    for value in values:
        apart = value - mean
        second += apart * apart
        third += apart * apart * apart
    return mean, second / (values.size - 1) if values.size > 1 else 0.0, third / values.size


@compiled
def _newcombe(area: float, n: float, m: float, added: float, z: float) -> tuple[float, float]:
    """Return where the estimate lies `z` standard errors of the assumed probability away."""
    low = high = area
    for k in range(_STEPS + 1):
        if _fits(k / _STEPS, area, n, m, added, z):
            low = min(low, k / _STEPS)
            break
    for k in range(_STEPS, -1, -1):
        if _fits(k / _STEPS, area, n, m, added, z):
            high = max(high, k / _STEPS)
            break
    return low, high


@compiled
def _fits(share: float, area: float, n: float, m: float, added: float, z: float) -> bool:
    half = (n + m) / 2 - 1
    more = 1 + half * ((1 - share) / (2 - share) + share / (1 + share))
    return (area - share) ** 2 <= z * z * (share * (1 - share) * more / (n * m) + added)
