"""Kinds that samples share if all drew from one pool: what their depths alone give.

Samples are put together and dealt out anew at random, each as large as it is. A kind counted m
times in all is then absent from samples that hold n of the N individuals with the hypergeometric
probability C(N - n, m) / C(N, m). Everything else follows by inclusion and exclusion. The null says
that compartments do not differ; where fewer kinds are shared than it gives, they do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.kind_counts import kind_counts, paired_kind_counts
from macroimmune.statistics.proportion_interval import proportion_interval

__all__ = ["SharedKinds", "novel_kinds_elsewhere", "shared_kinds"]

Floats = NDArray[np.float64]

CONVENTION = (
    "expected: samples put together and dealt out at random, each as large as it is "
    "(hypergeometric given the pooled counts); below it, the samples differ"
)
EMPTY = "a sample is empty"
NOTHING_NEW = "no kind of this pool could be new"
NONE = "no kind to look for"


@dataclass(frozen=True, slots=True)
class SharedKinds:
    """Kinds looked for and found elsewhere, beside what one pool gives; NaN where `status` says.

    Parameters
    ----------
    n : int
        Kinds that are looked for.
    n_found : int
        Of them, those found.
    share, ci_low, ci_high : float
        Found of looked for; the interval carries counting kinds alone.
    expected_n : float
        Kinds that would be looked for, from one pool.
    expected, expected_low, expected_high : float
        Share from one pool, and where 95 % (the confidence) of repeats of it would lie.
    convention, status : str
    """

    n: int
    n_found: int
    share: float
    ci_low: float
    ci_high: float
    expected_n: float
    expected: float
    expected_low: float
    expected_high: float
    convention: str
    status: str


def shared_kinds(sample: ArrayLike, other: ArrayLike, *, confidence: float = 0.95) -> SharedKinds:
    """Return how many of a sample's kinds another holds, beside what their depths alone give.

    Parameters
    ----------
    sample, other : int array, shape (kinds,)
        Counts of independent individuals (cells, templates, molecules; not reads), in the same
        order.
    confidence : float

    Returns
    -------
    shared : SharedKinds
        With a status and NaN where a sample is empty.

    Raises
    ------
    InputError
        If shapes differ, or a count is negative or no whole number.

    Notes
    -----
    Convention: the expectation is the ratio of expected numbers; its spread is by the delta
    method, with kinds dealt out independently given the size of the samples. Repeats that vary
    more than chance are not in it. Checked against: dealing out at random.

    Examples
    --------
    >>> found = shared_kinds([3, 1, 1, 0], [2, 1, 0, 4])
    >>> found.n, found.n_found, round(found.expected, 4)
    (3, 2, 0.8069)
    """
    here, there = paired_kind_counts(sample, other)
    z = normal_quantile(confidence)
    n, n_found = int((here > 0).sum()), int(((here > 0) & (there > 0)).sum())
    size, total = here.sum(), here.sum() + there.sum()
    if not size or size == total:
        return _shared(n, n_found, confidence, np.full(4, np.nan), EMPTY)
    times, alike = _alike(here + there)
    expected_n = float(alike @ (1.0 - _absent(times, size, total)))
    both = expected_n - float(alike @ _absent(times, total - size, total))
    expected = both / expected_n
    spread = _spread(times, alike, size / total, expected) / expected_n
    ends = np.clip([expected - z * spread, expected + z * spread], 0.0, 1.0)
    return _shared(n, n_found, confidence, np.array([expected_n, expected, *ends]), "")


def novel_kinds_elsewhere(
    before: ArrayLike,
    after: ArrayLike,
    elsewhere: ArrayLike,
    *,
    aside: ArrayLike | None = None,
    confidence: float = 0.95,
) -> SharedKinds:
    """Return how many kinds that are new in a later sample are elsewhere, beside what depth gives.

    Parameters
    ----------
    before, after, elsewhere : int array, shape (kinds,)
        Counts of independent individuals. New: in `after`, not in `before`.
    aside : int array, shape (kinds,), or None
        Counts of further samples of the pool in which nothing is looked for.
    confidence : float

    Returns
    -------
    shared : SharedKinds
        `n` counts the new kinds.

    Raises
    ------
    InputError
        If shapes differ, or a count is negative or no whole number.

    Notes
    -----
    Convention: as `shared_kinds`, for new kinds; all samples are dealt out from one pool, so the
    expectation is that of samples among which nothing is new. Checked against: dealing out at
    random.

    Examples
    --------
    >>> found = novel_kinds_elsewhere([2, 0, 0, 1], [1, 1, 1, 0], [2, 1, 0, 3])
    >>> found.n, found.n_found
    (2, 1)
    """
    first, second, third = (kind_counts(one) for one in (before, after, elsewhere))
    rest = np.zeros_like(first) if aside is None else kind_counts(aside)
    if not first.shape == second.shape == third.shape == rest.shape:
        msg = "one count of each kind in every sample: shapes differ"
        raise InputError(msg)
    z = normal_quantile(confidence)
    is_new = (first == 0) & (second > 0)
    n, n_found = int(is_new.sum()), int((is_new & (third > 0)).sum())
    a, b, c = (float(one.sum()) for one in (first, second, third))
    total = a + b + c + float(rest.sum())
    if not (a and b and c):
        return _shared(n, n_found, confidence, np.full(4, np.nan), EMPTY)
    times, alike = _alike((first + second + third + rest).astype(float))
    new = _absent(times, a, total) - _absent(times, a + b, total)
    only = _absent(times, a + c, total) - _absent(times, a + b + c, total)
    found = new - only
    expected_n = float(alike @ new)
    if expected_n == 0.0:
        return _shared(n, n_found, confidence, np.full(4, np.nan), NOTHING_NEW)
    expected = float(alike @ found) / expected_n
    # A kind adds found - expected x new; that sizes of samples are fixed is left out.
    each = found * (1.0 - 2.0 * expected) + expected**2 * new - (found - expected * new) ** 2
    spread = float(np.sqrt(alike @ each)) / expected_n
    ends = np.clip([expected - z * spread, expected + z * spread], 0.0, 1.0)
    return _shared(n, n_found, confidence, np.array([expected_n, expected, *ends]), "")


def _alike(pooled: Floats) -> tuple[Floats, Floats]:
    """Return every count that occurs in the pool, and how many kinds have it."""
    times, alike = np.unique(pooled[pooled > 0], return_counts=True)
    return times, alike.astype(float)


def _absent(times: Floats, size: float, total: float) -> Floats:
    """Return the probability that a kind is absent from samples of this size."""
    left = total - size - times
    possible = np.maximum(left, 0.0)
    log_p: Floats = (
        special.gammaln(total - size + 1.0)
        - special.gammaln(possible + 1.0)
        - special.gammaln(total + 1.0)
        + special.gammaln(total - times + 1.0)
    )
    return np.where(left >= 0.0, np.exp(np.minimum(log_p, 0.0)), 0.0)


def _spread(times: Floats, alike: Floats, share: float, expected: float) -> float:
    """Return the SD of (shared - expected x in the sample), both summed over kinds.

    Kinds are dealt out by independent binomial draws; that these add up to the size of the sample
    takes off what is explained by the sum.
    """
    none, every = (1.0 - share) ** times, share**times
    rest = 1.0 - expected
    each = rest**2 * none * (1 - none) + every * (1 - every) - 2.0 * rest * none * every
    with_sum = rest * none * times * share - every * times * (1.0 - share)
    of_sum = float(alike @ times) * share * (1.0 - share)
    variance = float(alike @ each) - float(alike @ with_sum) ** 2 / of_sum
    return float(np.sqrt(max(variance, 0.0)))


def _shared(n: int, n_found: int, confidence: float, numbers: Floats, status: str) -> SharedKinds:
    low, high = proportion_interval(n_found, n, confidence=confidence)
    expected_n, expected, expected_low, expected_high = (float(number) for number in numbers)
    return SharedKinds(
        n=n,
        n_found=n_found,
        share=n_found / n if n else float("nan"),
        ci_low=float(low),
        ci_high=float(high),
        expected_n=expected_n,
        expected=expected,
        expected_low=expected_low,
        expected_high=expected_high,
        convention=CONVENTION,
        status=status if n else status or NONE,
    )
