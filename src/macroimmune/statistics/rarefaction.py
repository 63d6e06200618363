"""Diversity at equal coverage: what samples of different depth have in common.

A deeper sample holds more kinds, so numbers of kinds and everything computed from them follow the
depth. Coverage is the share of the sampled community that belongs to the kinds that were seen. A
sample is thinned, by formula and without drawing, to the size at which its coverage is that of the
shallowest, and its diversity is the one expected there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from macroimmune.errors import InputError
from macroimmune.statistics.kind_counts import kind_counts

__all__ = ["RarefiedDiversity", "diversity_at_coverage", "sample_coverage"]

Floats = NDArray[np.float64]

CONVENTION = (
    "Hill numbers of order 0, 1, 2 expected in a subsample of individuals; coverage by Good-Turing"
)


@dataclass(frozen=True, slots=True, eq=False)
class RarefiedDiversity:
    """Diversity of a sample at a coverage; NaN where `status` says why there is none.

    Parameters
    ----------
    hill_numbers : float array, shape (3,)
        Orders 0 (kinds), 1 (exponential of Shannon's entropy), 2 (inverse of Simpson's
        concentration) at the coverage.
    shannon_clonality : float
        One minus the entropy there over the logarithm of the kinds there.
    size : float
        Individuals at which the sample has that coverage.
    coverage : float
        That was asked for.
    observed_hill_numbers : float array, shape (3,)
        Of the whole sample, which follow its depth.
    observed_coverage : float
    n, n_kinds : int
        Individuals and kinds of the whole sample.
    method, convention, status : str
    """

    hill_numbers: Floats
    shannon_clonality: float
    size: float
    coverage: float
    observed_hill_numbers: Floats
    observed_coverage: float
    n: int
    n_kinds: int
    method: str
    convention: str
    status: str


def sample_coverage(counts: ArrayLike, size: float | None = None) -> float:
    """Return the coverage of a sample, or of a subsample of it.

    Parameters
    ----------
    counts : int array, shape (kinds,)
        Individuals of each kind; zeros are allowed.
    size : float or None
        Individuals of the subsample, from 1 to all; None for the whole sample.

    Returns
    -------
    coverage : float
        Between 0 and 1; NaN for an empty sample.

    Raises
    ------
    InputError
        If a count is negative or no whole number, or the size lies outside the sample.

    Notes
    -----
    Convention: Chao and Jost 2012 (Ecology 93, 2533), equations 4a and 4b. Individuals must be
    drawn independently: cells or molecules, not reads. Checked against: the printed example of R
    iNEXT.

    Examples
    --------
    >>> round(sample_coverage([4, 2, 1, 1]), 4)
    0.7812
    """
    x = kind_counts(counts)
    n = int(x.sum())
    if n == 0:
        return float("nan")
    if size is None:
        ones, twos = int((x == 1).sum()), int((x == 2).sum())
        if twos == 0:
            unseen = (n - 1) * (ones - 1) / ((n - 1) * (ones - 1) + 2) if ones > 1 else 0.0
        else:
            unseen = (n - 1) * ones / ((n - 1) * ones + 2 * twos)
        return 1.0 - ones / n * unseen
    if not 1 <= size <= n:
        msg = f"a subsample has 1 to {n} individuals, found {size:g}"
        raise InputError(msg)
    if size >= n:
        return sample_coverage(x)
    absent = np.exp(_log_choose(n - x, size) - _log_choose(np.array([n - 1]), size))
    return float(1.0 - (x / n * absent).sum())


def diversity_at_coverage(counts: ArrayLike, coverage: float | None = None) -> RarefiedDiversity:
    """Return the diversity of a sample at a coverage that it exceeds.

    Parameters
    ----------
    counts : int array, shape (kinds,)
        Individuals (cells, templates, molecules) of each kind; zeros are left out.
    coverage : float or None
        Such as the smallest coverage of the samples to be compared; None for the sample's own.

    Returns
    -------
    diversity : RarefiedDiversity
        With a status and NaN where the sample is empty or its coverage is below the one asked for.

    Raises
    ------
    InputError
        If a count is negative or no whole number, or the coverage is not between 0 and 1.

    Notes
    -----
    Convention: expected in a subsample without replacement (Chao et al. 2014, Ecological
    Monographs 84, 45), at the size, not necessarily whole, that gives the coverage. Checked
    against: R `vegan::rarefy`, the printed example of R iNEXT, averages of subsamples.

    Examples
    --------
    >>> deep = diversity_at_coverage([40, 20, 10, 5, 1, 1, 1], 0.9)
    >>> deep.n_kinds, round(float(deep.hill_numbers[0]), 2)
    (7, 3.88)
    """
    x = kind_counts(counts)
    x = x[x > 0]
    n = int(x.sum())
    if coverage is not None and not 0.0 < coverage < 1.0:
        msg = f"coverage lies between 0 and 1, found {coverage:g}"
        raise InputError(msg)
    own = sample_coverage(x)
    asked = own if coverage is None else coverage
    observed = _hill(x, n) if n else np.full(3, np.nan)
    size, status = float(n), ""
    if n == 0:
        status = "the sample is empty"
    elif coverage is not None and coverage > own:
        status = f"the sample covers {own:.3g}, less than the {coverage:.3g} asked for"
    elif coverage is not None:
        size, status = _size_at(x, n, coverage, own)
    hill = np.full(3, np.nan) if status else _hill(x, size)
    return RarefiedDiversity(
        hill_numbers=hill,
        shannon_clonality=_clonality(hill),
        size=float("nan") if status else size,
        coverage=asked,
        observed_hill_numbers=observed,
        observed_coverage=own,
        n=n,
        n_kinds=int(x.size),
        method="coverage-based rarefaction, analytic",
        convention=CONVENTION,
        status=status,
    )


def _size_at(x: NDArray[np.int64], n: int, coverage: float, own: float) -> tuple[float, str]:
    """Return the size at which the sample has a coverage, or say that it is below one."""
    if coverage < sample_coverage(x, 1.0):
        return float("nan"), "one individual already covers more than was asked for"
    last = sample_coverage(x, n - 1.0) if n > 1 else own
    if coverage >= last:
        # Between the last two sizes coverage is taken as a straight line.
        return n - 1.0 + (coverage - last) / (own - last) if own > last else float(n), ""
    root = optimize.brentq(lambda m: sample_coverage(x, m) - coverage, 1.0, n - 1.0, xtol=1e-9)
    return float(root), ""


def _hill(x: NDArray[np.int64], size: float) -> Floats:
    """Return the Hill numbers expected in a subsample; between whole sizes along a line."""
    low, n = int(np.floor(size)), int(x.sum())
    if low >= n:
        p = x / n
        return np.array([float(x.size), np.exp(-(p * np.log(p)).sum()), 1.0 / (p**2).sum()])
    if size == low:
        return _hill_at(x, low)
    share = size - low
    high = _hill_at(x, low + 1) if low + 1 < n else _hill(x, float(n))
    return (1.0 - share) * _hill_at(x, low) + share * high


def _hill_at(x: NDArray[np.int64], m: int) -> Floats:
    """Return the Hill numbers expected in m individuals, m below the size of the sample."""
    n = int(x.sum())
    sizes, how_many = np.unique(x, return_counts=True)
    absent = np.exp(_log_choose(n - sizes, m) - _log_choose(np.array([n]), m))
    kinds = float((how_many * (1.0 - absent)).sum())
    entropy = float(sum(c * _entropy(s, n, m) for s, c in zip(sizes, how_many, strict=True)))
    pairs = float((how_many * sizes * (sizes - 1.0)).sum()) / (n * (n - 1.0))
    return np.array([kinds, np.exp(entropy), 1.0 / (1.0 / m + (m - 1.0) / m * pairs)])


def _entropy(size: int, n: int, m: int) -> float:
    """Return what a kind of `size` among n individuals is expected to add to the entropy of m."""
    k = np.arange(max(1, m - (n - size)), min(size, m) + 1)
    log_p = _log_choose(np.array([size]), k) + _log_choose(np.array([n - size]), m - k)
    log_p -= _log_choose(np.array([n]), m)
    share = k / m
    return float(-(np.exp(log_p) * share * np.log(share)).sum())


def _log_choose(n: NDArray[np.int64], k: ArrayLike) -> Floats:
    """Return the logarithm of n over k, minus infinity where k exceeds n."""
    taken = np.asarray(k, dtype=float)
    with np.errstate(invalid="ignore"):
        found = special.gammaln(n + 1.0) - special.gammaln(taken + 1.0)
        found = found - special.gammaln(np.maximum(n - taken, -0.999) + 1.0)
    return np.where(taken > n, -np.inf, found)


def _clonality(hill: Floats) -> float:
    if not hill[0] > 1.0:
        return float("nan")
    return float(1.0 - np.log(hill[1]) / np.log(hill[0]))
