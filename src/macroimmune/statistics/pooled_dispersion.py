"""One over-dispersion from repeats of many samples, with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.kind_counts import (
    beta_binomial_shape,
    distinct_pairs,
    paired_kind_counts,
)

__all__ = ["PooledDispersion", "RepeatedCounts", "pooled_dispersion", "repeated_counts"]

Floats = NDArray[np.float64]
_SMALLEST, _LARGEST = 1e-8, 1e3
_ENOUGH_KINDS = 10
_ENOUGH_SAMPLES = 5
_STEP = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedCounts:
    """Counts of two repeats of one sample, in short: distinct pairs and how often each is there.

    Parameters
    ----------
    first, both, times : float array, shape (pairs,)
        First count, sum of two, number of kinds; kinds counted once in all tell nothing.
    share : float
        Of the first repeat in both.
    """

    first: Floats
    both: Floats
    times: Floats
    share: float


@dataclass(frozen=True, slots=True)
class PooledDispersion:
    """How much counts of repeats vary beyond chance; NaN where `status` says why.

    Parameters
    ----------
    dispersion, ci_low, ci_high : float
        phi in the variance mu + phi mu^2, with its 95 % interval.
    n_samples : int
        Pairs of repeats.
    n_kinds : int
        Kinds seen at least twice, over all pairs.
    status : str
    """

    dispersion: float
    ci_low: float
    ci_high: float
    n_samples: int
    n_kinds: int
    status: str


def repeated_counts(first: ArrayLike, second: ArrayLike) -> RepeatedCounts:
    """Return the counts of two repeats in short.

    Parameters
    ----------
    first, second : int array, shape (kinds,)
        In the same order.

    Raises
    ------
    InputError
        If shapes differ, or a count is negative or no whole number.

    Examples
    --------
    >>> repeated_counts([2, 1, 2, 0], [1, 0, 1, 5]).times.tolist()
    [1.0, 2.0]
    """
    one, two = paired_kind_counts(first, second)
    m = one + two
    told = m >= 2
    k, both, _, times = distinct_pairs(one[told], m[told])
    whole = float(m.sum())
    return RepeatedCounts(k, both, times.astype(float), float(one.sum()) / max(whole, 1.0))


def pooled_dispersion(
    repeats: Sequence[RepeatedCounts], *, confidence: float = 0.95
) -> PooledDispersion:
    """Return the over-dispersion that repeats of several samples tell together.

    Parameters
    ----------
    repeats : sequence of RepeatedCounts
        One per pair of repeats.
    confidence : float

    Returns
    -------
    found : PooledDispersion
        With a status where fewer than ten kinds were seen twice.

    Notes
    -----
    Convention: one dispersion for all kinds and samples, by the conditional maximum of likelihood.
    The interval is that of the likelihood (its curvature on the logarithm); with five samples or
    more it is widened where samples differ by more (Student's t of their scores). Checked against:
    `replicate_dispersion`, coverage in drawn repeats.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> mean = np.exp(rng.normal(3, 1, 500))
    >>> first, second = (rng.poisson(mean * rng.gamma(20, 1 / 20, 500)) for _ in range(2))
    >>> found = pooled_dispersion([repeated_counts(first, second)])
    >>> found.ci_low < 1 / 20 < found.ci_high
    True
    """
    usable = [one for one in repeats if 0.0 < one.share < 1.0]
    n_kinds = int(sum(one.times.sum() for one in usable))
    if n_kinds < _ENOUGH_KINDS:
        few = f"{n_kinds} kinds were seen twice or more, at least {_ENOUGH_KINDS} are needed"
        gap = float("nan")
        return PooledDispersion(gap, gap, gap, len(usable), n_kinds, few)

    def parts(at: float) -> Floats:
        return np.array([_log_likelihood(one, exp(at)) for one in usable])

    bounds = (log(_SMALLEST), log(_LARGEST))
    search = optimize.minimize_scalar(
        lambda at: -parts(at).sum(), bounds=bounds, method="bounded", options={"xatol": 1e-8}
    )
    at, least = float(search.x), parts(bounds[0])
    if least.sum() >= -float(search.fun) - 1e-9:
        high = _upper_end(lambda x: float(parts(x).sum()), float(least.sum()), confidence)
        return PooledDispersion(0.0, 0.0, high, len(usable), n_kinds, "")
    spread = _standard_error(parts(at - _STEP), parts(at), parts(at + _STEP))
    reach = normal_quantile(confidence) * spread[0]
    if len(usable) >= _ENOUGH_SAMPLES:
        t = float(special.stdtrit(len(usable) - 1, 0.5 + confidence / 2.0))
        reach = max(reach, t * spread[1])
    return PooledDispersion(exp(at), exp(at - reach), exp(at + reach), len(usable), n_kinds, "")


def _standard_error(below: Floats, here: Floats, above: Floats) -> tuple[float, float]:
    """Return the standard error of the logarithm by curvature, and by the scores of samples."""
    curvature = -float((above - 2.0 * here + below).sum()) / _STEP**2
    scores = (above - below) / (2.0 * _STEP)
    n = scores.size
    by_samples = np.sqrt((scores**2).sum() * n / max(n - 1, 1)) / curvature
    return 1.0 / np.sqrt(curvature), float(by_samples)


def _upper_end(likelihood: Callable[[float], float], top: float, confidence: float) -> float:
    """Return the dispersion at which the likelihood has fallen so far as the interval allows."""
    drop = normal_quantile(confidence) ** 2 / 2.0
    ends = log(_SMALLEST), log(_LARGEST)
    return exp(float(optimize.brentq(lambda x: likelihood(x) - top + drop, *ends)))


def _log_likelihood(one: RepeatedCounts, dispersion: float) -> float:
    a, b = beta_binomial_shape(dispersion, one.share)
    terms = special.betaln(one.first + a, one.both - one.first + b) - special.betaln(a, b)
    return float(one.times @ terms)
