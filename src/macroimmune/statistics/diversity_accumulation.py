"""Diversity as a sample grows or is thinned: by size and by coverage, analytic, with intervals.

Three Hill numbers (kinds; exponential of entropy; inverse of Simpson's concentration) are worked
out per count, not per kind, and without drawing. Below the size of the sample they are what a
subsample is expected to have; beyond it what a larger one would have, as the kinds seen once and
twice tell. At a coverage, the size is that at which the sample has it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from macroimmune.errors import InputError
from macroimmune.statistics.accumulation_terms import Accumulation, accumulation
from macroimmune.statistics.frequency_counts import FrequencyCounts
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.kind_counts import check_dispersion

__all__ = [
    "AccumulatedDiversity",
    "SampleCoverage",
    "coverage_at",
    "coverage_interval",
    "diversity_at",
    "size_at_coverage",
]

Floats = NDArray[np.float64]

CONVENTION = (
    "Hill numbers of order 0, 1, 2 (Chao et al. 2014; order 1 beyond the sample continues its "
    "slope); coverage by Good-Turing (Chao and Jost 2012)"
)


@dataclass(frozen=True, slots=True, eq=False)
class AccumulatedDiversity:
    """Diversity of one sample at several sizes or coverages; NaN where there is none.

    Parameters
    ----------
    size, coverage : float array, shape (levels,)
    log_hill : float array, shape (levels, 3)
        Logarithms of the Hill numbers of order 0, 1, 2.
    log_errors : float array, shape (levels, 3)
        Their standard errors.
    log_covariance : float array, shape (levels,)
        Between orders 0 and 1, for the clonality.
    part : tuple of str
        rarefied, observed, extrapolated, or empty where there is no number.
    method, convention : str
    """

    size: Floats
    coverage: Floats
    log_hill: Floats
    log_errors: Floats
    log_covariance: Floats
    part: tuple[str, ...]
    method: str
    convention: str


@dataclass(frozen=True, slots=True)
class SampleCoverage:
    """The share of a community that belongs to the kinds seen; NaN where `status` says why.

    Parameters
    ----------
    coverage, ci_low, ci_high : float
    n : int
        Individuals.
    method, convention, status : str
    """

    coverage: float
    ci_low: float
    ci_high: float
    n: int
    method: str
    convention: str
    status: str


def coverage_interval(counts: FrequencyCounts, *, confidence: float = 0.95) -> SampleCoverage:
    """Return the coverage of a sample with its interval.

    Parameters
    ----------
    counts : FrequencyCounts
    confidence : float

    Returns
    -------
    coverage : SampleCoverage
        With a status and NaN where the sample is empty or nothing was counted twice or more.

    Notes
    -----
    Convention: Chao and Jost 2012, equation 4a; the logarithm of the unseen share is taken as
    normal. Checked against: the printed example of R iNEXT, known communities.

    Examples
    --------
    >>> found = coverage_interval(FrequencyCounts(np.array([1, 2, 12]), np.array([6, 3, 4])))
    >>> round(found.coverage, 3), found.ci_low < found.coverage < found.ci_high
    (0.902, True)
    """
    n = counts.n
    value = low = high = float("nan")
    status = "the sample is empty" if not n else ""
    if n and counts.of_size(1) == n:
        status = "no kind was seen twice"
    if not status:
        own = accumulation(counts)
        value = low = high = own.coverage(float(n))
        missing = 1.0 - value
        if missing > 0.0:
            reach = float(np.exp(normal_quantile(confidence) * own.coverage_error() / missing))
            low, high = max(1.0 - missing * reach, 0.0), 1.0 - missing / reach
    return SampleCoverage(value, low, high, n, "Good-Turing, delta method", CONVENTION, status)


def coverage_at(counts: FrequencyCounts, sizes: ArrayLike) -> Floats:
    """Return the coverage at each size.

    Parameters
    ----------
    counts : FrequencyCounts
    sizes : float array, shape (levels,)
        From 1; beyond the sample's own: extrapolated.

    Examples
    --------
    >>> spiders = FrequencyCounts(np.array([1, 2, 12]), np.array([6, 3, 4]))
    >>> coverage_at(spiders, [1, 60, 120]).round(3)
    array([0.151, 0.902, 0.964])
    """
    own = accumulation(counts)
    return np.array([own.coverage(float(size)) for size in np.atleast_1d(np.asarray(sizes))])


def size_at_coverage(counts: FrequencyCounts, coverage: float) -> float:
    """Return the size at which a sample has a coverage; NaN where no size from 1 has it.

    Raises
    ------
    InputError
        If the coverage is not between 0 and 1.

    Examples
    --------
    >>> spiders = FrequencyCounts(np.array([1, 2, 12]), np.array([6, 3, 4]))
    >>> round(size_at_coverage(spiders, 0.967), 1)
    125.0
    """
    if not 0.0 < coverage < 1.0:
        msg = f"coverage lies between 0 and 1, found {coverage:g}"
        raise InputError(msg)
    return _size(accumulation(counts), coverage)


def _size(own: Accumulation, coverage: float) -> float:
    n = own.counts.n
    if n < 2 or coverage < own.coverage(1.0):
        return float("nan")
    if coverage <= own.coverage(float(n)):
        found = optimize.brentq(lambda m: own.coverage(m) - coverage, 1.0, n, xtol=1e-9)
        return float(found)
    return own.size_beyond(coverage)


def diversity_at(
    counts: FrequencyCounts,
    *,
    sizes: ArrayLike | None = None,
    coverages: ArrayLike | None = None,
    dispersion: float = 0.0,
) -> AccumulatedDiversity:
    """Return the diversity of a sample at sizes, or at coverages.

    Parameters
    ----------
    counts : FrequencyCounts
        Of independent individuals: cells, templates, molecules; not reads.
    sizes : float array, shape (levels,), or None
        From 1.
    coverages : float array, shape (levels,), or None
        Between 0 and 1. One of both is given.
    dispersion : float
        Squared SD over mean of a kind's share between repeats, beyond counting; widens errors.

    Returns
    -------
    diversity : AccumulatedDiversity

    Raises
    ------
    InputError
        If not exactly one of both is given, the sample is empty, a size is below 1, a coverage is
        not between 0 and 1, or the dispersion is negative.

    Notes
    -----
    Convention: standard errors are of new samples from the community (unconditional), at the size
    or at the coverage; at a coverage they hold that the size at which the sample has it is itself
    estimated. They are those to which a bootstrap from the estimated community of Chao et al.
    2014 tends, to first order, worked out without drawing. Beyond the sample order 0 leans on the
    lower bound Chao1: an interval there is one of that bound. Of 3,000 to 10,000 individuals of
    power laws of 20,000 to 100,000 kinds, 95 % intervals at a coverage held the truth in 90 to 98 %
    for orders 1 and 2, and for order 0 up to the sample; at 1.6 times the sample order 0 stood 5 to
    7 % too low and was held in 65 to 83 %. Over-dispersion widens errors at every order: of order 0
    too, for the size that has a coverage follows the largest kinds. It raises the concentration by
    about its own part, which is not taken out: at 0.05 values stood at most 5 % too low on the
    logarithm, and the intervals held the truth in 89 to 98 % of thinned samples of power laws
    (`tests/statistics/test_diversity_accumulation.py`). Order 1 beyond the sample: see
    `entropy_growth`. Checked against: R `vegan::rarefy`, the printed example of R iNEXT,
    averages of subsamples, known communities.

    Examples
    --------
    >>> spiders = FrequencyCounts(np.array([1, 2, 12]), np.array([6, 3, 4]))
    >>> found = diversity_at(spiders, sizes=[30, 60, 120])
    >>> np.exp(found.log_hill).round(2)[:, 0], found.part
    (array([ 9.26, 13.  , 16.75]), ('rarefied', 'observed', 'extrapolated'))
    """
    if (sizes is None) == (coverages is None):
        msg = "give sizes or coverages, one of both"
        raise InputError(msg)
    if not counts.n:
        msg = "the sample is empty: it has no diversity; leave it out"
        raise InputError(msg)
    check_dispersion(dispersion)
    own = accumulation(counts)
    if sizes is not None:
        levels = np.atleast_1d(np.asarray(sizes, dtype=float))
        if not (levels >= 1.0).all():
            msg = f"a sample has at least one individual, found size {levels.min():g}"
            raise InputError(msg)
    else:
        asked = np.atleast_1d(np.asarray(coverages, dtype=float))
        levels = np.array([size_at_coverage(counts, float(one)) for one in asked])
    return _collected(own, levels, dispersion, is_at_coverage=sizes is None)


def _collected(
    own: Accumulation, sizes: Floats, dispersion: float, *, is_at_coverage: bool
) -> AccumulatedDiversity:
    count = sizes.size
    log_hill, errors = np.full((count, 3), np.nan), np.full((count, 3), np.nan)
    coverage, covariance = np.full(count, np.nan), np.full(count, np.nan)
    for i, size in enumerate(sizes):
        if np.isfinite(size):
            log_hill[i], spread, coverage[i] = own.at(
                float(size), is_at_coverage=is_at_coverage, dispersion=dispersion
            )
            errors[i] = np.sqrt(np.maximum(np.diag(spread), 0.0))
            covariance[i] = spread[0, 1]
    return AccumulatedDiversity(
        size=sizes,
        coverage=coverage,
        log_hill=log_hill,
        log_errors=errors,
        log_covariance=covariance,
        part=tuple(_part(float(size), own.counts.n) for size in sizes),
        method="rarefied and extrapolated by formula; errors by the delta method",
        convention=CONVENTION,
    )


def _part(size: float, n: int) -> str:
    if np.isnan(size):
        return ""
    if size == n:
        return "observed"
    return "rarefied" if size < n else "extrapolated"
