"""The probability that a value of one sample exceeds a value of another, with its interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics.skewed_mean import skewed_reach

__all__ = ["Superiority", "superiority"]

Ranked = NDArray[np.floating]
_HARDLY = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Superiority:
    """A probability of superiority.

    Parameters
    ----------
    estimate : float
        Ties count one half.
    standard_error : float
        DeLong, of counting alone.
    ci_low, ci_high : float
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float


def superiority(
    ranked: Ranked, n: int, others: Ranked, n_others: int, *, shift_variance: float, z: float
) -> Superiority:
    """Return the probability that a value of `ranked` is above one of `others`.

    Parameters
    ----------
    ranked, others : float array, shape (ranks,)
        In ascending order: all values, or quantiles at even shares.
    n, n_others : int
        Values for which they stand.
    shift_variance : float
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
    >>> one, other = np.array([2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0])
    >>> round(superiority(one, 3, other, 3, shift_variance=0.0, z=1.96).estimate, 4)
    0.7778
    """
    of_one, of_other = _placements(ranked, others), 1.0 - _placements(others, ranked)
    area = float(of_one.mean())
    variance = _variance(of_one) / n + _variance(of_other) / n_others
    slope = _slope(area, _variance(ranked), _variance(others))
    spread = variance + slope**2 * shift_variance
    error = float(np.sqrt(spread))
    low = high = area
    if 0.0 < area < 1.0:
        logit, reach = special.logit(area), z * error / (area * (1.0 - area))
        low, high = (float(special.expit(logit + side * reach)) for side in (-1.0, 1.0))
    if not _HARDLY < area < 1.0 - _HARDLY:
        ends = _newcombe(area, n, n_others, slope**2 * shift_variance, z)
    else:
        third = _third_moment(of_one) / n**2 + _third_moment(of_other) / n_others**2
        below, above = skewed_reach(z, third / error**3 if error > 0.0 else 0.0)
        ends = (max(0.0, area - below * error), min(1.0, area + above * error))
    low, high = min(low, ends[0]), max(high, ends[1])
    return Superiority(area, float(np.sqrt(variance)), low, high)


def _placements(values: Ranked, others: Ranked) -> NDArray[np.float64]:
    """Return, per value, the share of the others below it, ties half."""
    both = np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")
    return np.asarray(both / (2.0 * others.size))


def _variance(values: NDArray[np.floating]) -> float:
    return float(values.var(dtype=np.float64, ddof=1)) if values.size > 1 else 0.0


def _third_moment(values: NDArray[np.float64]) -> float:
    return float(((values - values.mean()) ** 3).mean())


def _slope(area: float, variance: float, variance_others: float) -> float:
    """Return by how much the probability rises per unit of a shift."""
    spread = np.sqrt(variance + variance_others)
    if spread <= 0.0 or not 0.0 < area < 1.0:
        return 0.0
    return float(np.exp(-(special.ndtri(area) ** 2) / 2) / np.sqrt(2 * np.pi) / spread)


def _newcombe(area: float, n: int, m: int, added: float, z: float) -> tuple[float, float]:
    """Return where the estimate lies `z` standard errors of the assumed probability away."""
    share = np.linspace(0.0, 1.0, 2001)
    half = (n + m) / 2 - 1
    variance = share * (1 - share) * (1 + half * ((1 - share) / (2 - share) + share / (1 + share)))
    inside = np.flatnonzero((area - share) ** 2 <= z**2 * (variance / (n * m) + added))
    return float(min(share[inside[0]], area)), float(max(share[inside[-1]], area))
