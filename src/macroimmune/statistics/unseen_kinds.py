"""What the kinds seen once and twice tell of those that were not seen: number, share, entropy."""

import math
from dataclasses import dataclass

import numpy as np

from macroimmune.errors import InputError
from macroimmune.statistics.frequency_counts import FrequencyCounts
from macroimmune.statistics.intervals import normal_quantile

__all__ = [
    "Chao1",
    "chao1",
    "entropy_of_rare",
    "later_kinds",
    "later_share",
    "unseen_kinds",
    "unseen_share",
]

# Nodes for an integral over z = exp(v) from e^-40 to e^6: the trapezoid rule converges like
# exp(-pi^2 / step) on an analytic function that falls off exponentially on both sides.
_STEP = 0.1
_Z = np.exp(np.arange(-40.0, 6.0 + _STEP / 2, _STEP))


@dataclass(frozen=True, slots=True)
class Chao1:
    """A lower bound of the kinds of a community, from those seen once and twice.

    Parameters
    ----------
    kinds, ci_low, ci_high : float
        The bound and the ends of its interval; NaN where `status` says why.
    seen, once, twice : int
        Kinds seen, and those counted once and twice.
    method, convention, status : str
    """

    kinds: float
    ci_low: float
    ci_high: float
    seen: int
    once: int
    twice: int
    method: str
    convention: str
    status: str


def unseen_kinds(once: float, twice: float, n: int) -> float:
    """Return the least number of kinds that were not seen (Chao 1984; f0 of the literature).

    Parameters
    ----------
    once, twice : float
        Kinds counted once and twice.
    n : int
        Individuals.

    Examples
    --------
    >>> round(unseen_kinds(12, 4, 168), 3), unseen_kinds(3, 0, 10)
    (17.893, 2.7)
    """
    if n == 0:
        return 0.0
    pairs = once * once / (2.0 * twice) if twice > 0 else once * max(once - 1.0, 0.0) / 2.0
    return (n - 1.0) / n * pairs


def later_kinds(once: float, twice: float, n: int, more: float) -> float:
    """Return the number of unseen kinds that so many individuals more are expected to show.

    Notes
    -----
    Convention: Chao et al. 2014, which takes the unseen kinds as equally frequent.

    Examples
    --------
    >>> round(later_kinds(12, 4, 168, 168), 3)
    8.731
    """
    unseen = unseen_kinds(once, twice, n)
    if unseen <= 0.0:
        return 0.0
    return float(unseen * (1.0 - (1.0 - once / (n * unseen + once)) ** more))


def later_share(once: float, twice: float, n: int) -> float:
    """Return the mean share of kinds that were counted once (A of Chao and Jost 2012).

    Notes
    -----
    Convention: the bias-corrected form where no kind was counted twice; 1 where none was counted
    once, so that nothing is left to be seen.

    Examples
    --------
    >>> round(later_share(12, 4, 168), 5), later_share(0, 3, 50)
    (0.00398, 1.0)
    """
    if n < 2:
        return 1.0
    if twice > 0:
        return 2.0 * twice / ((n - 1.0) * once + 2.0 * twice)
    if once > 1:
        return 2.0 / ((n - 1.0) * (once - 1.0) + 2.0)
    return 1.0


def unseen_share(once: float, twice: float, n: int, more: float = 0.0) -> float:
    """Return the share of the community in kinds not seen, after so many individuals more.

    Notes
    -----
    Convention: one minus the coverage of Chao and Jost 2012 (Ecology 93, 2533).

    Examples
    --------
    >>> round(1.0 - unseen_share(12, 4, 168), 4)
    0.9289
    """
    if n == 0:
        return 1.0
    rest = 1.0 - later_share(once, twice, n)
    return float(once / n * rest ** (more + 1.0))


def entropy_of_rare(once: float, twice: float, n: int) -> float:
    """Return what unseen kinds add to the estimate of entropy by Chao, Wang and Jost 2013.

    Notes
    -----
    Convention: their second term, f1 / n (1 - A)^(1 - n) (-log A - sum over r < n of
    (1 - A)^r / r), is f1 / n times the sum over j from 0 of (1 - A)^(j + 1) / (n + j); that sum is
    an integral, taken here, which neither cancels nor grows with n.

    Examples
    --------
    >>> round(entropy_of_rare(12, 4, 168), 6)
    0.055283
    """
    share = later_share(once, twice, n)
    if once <= 0 or share >= 1.0:
        return 0.0
    rest = 1.0 - share
    heights = np.exp(-_Z) * _Z / (share - rest * np.expm1(-_Z / n))
    return float(once / n * rest / n * _STEP * heights.sum())


def chao1(counts: FrequencyCounts, *, confidence: float = 0.95) -> Chao1:
    """Return Chao's lower bound of the number of kinds, with its interval.

    Parameters
    ----------
    counts : FrequencyCounts
        Of independent individuals: cells, templates, molecules; not reads.
    confidence : float

    Returns
    -------
    bound : Chao1
        With a status and NaN where the sample is empty or nothing was counted twice or more.

    Raises
    ------
    InputError
        If the confidence is not between 0 and 1.

    Notes
    -----
    Convention: Chao 1984 with the factor (n - 1) / n; interval of Chao 1987, in which the
    logarithm of the unseen kinds is normal. A community with many rare kinds has more kinds than
    the bound, and the interval is one of the bound. Checked against: hand
    calculation.

    Examples
    --------
    >>> bound = chao1(FrequencyCounts(np.array([1, 2, 9]), np.array([6, 3, 2])))
    >>> bound.seen, round(bound.kinds, 2)
    (11, 16.8)
    """
    if not 0.0 < confidence < 1.0:
        msg = f"a confidence lies between 0 and 1, found {confidence}"
        raise InputError(msg)
    n, seen = counts.n, counts.n_kinds
    once, twice = counts.of_size(1), counts.of_size(2)
    if n == 0 or once == n:
        status = "the sample is empty" if n == 0 else "no kind was seen twice"
        return _bound(float("nan"), float("nan"), float("nan"), counts, status)
    unseen = unseen_kinds(once, twice, n)
    if unseen == 0.0:
        return _bound(float(seen), float(seen), float(seen), counts, "")
    spread = math.sqrt(_variance(once, twice, n, seen + unseen))
    reach = math.exp(normal_quantile(confidence) * math.sqrt(math.log1p((spread / unseen) ** 2)))
    return _bound(seen + unseen, seen + unseen / reach, seen + unseen * reach, counts, "")


def _variance(once: float, twice: float, n: int, kinds: float) -> float:
    """Return the variance of the bound, of Chao 1987, with the factor (n - 1) / n."""
    g = (n - 1.0) / n
    if twice > 0:
        r = once / twice
        return twice * (g * r**2 / 2.0 + g**2 * r**3 + g**2 * r**4 / 4.0)
    return (
        g * once * (once - 1.0) / 2.0
        + g**2 * once * (2.0 * once - 1.0) ** 2 / 4.0
        - g**2 * once**4 / (4.0 * kinds)
    )


def _bound(kinds: float, low: float, high: float, counts: FrequencyCounts, status: str) -> Chao1:
    return Chao1(
        kinds=kinds,
        ci_low=low,
        ci_high=high,
        seen=counts.n_kinds,
        once=counts.of_size(1),
        twice=counts.of_size(2),
        method="Chao1, analytic variance",
        convention="a lower bound of the kinds in the community",
        status=status,
    )
