"""How much of what tells samples apart lies between groups: distances, variance, permutations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.quantile_functions import (
    LEVEL_WEIGHTS,
    earth_movers_distance,
    expected_distance,
)

__all__ = ["GroupDifferences", "group_differences"]

# Numbers that stand in memory at once while samples are permuted.
_LARGEST_BLOCK = 2_000_000

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupDifferences:
    """Between groups against within.

    Parameters
    ----------
    distance : float
        Mean earth mover's distance of pairs of samples of two groups; NaN with one group.
    null_distance : float
        The same of pairs of one group; NaN where no group has two samples.
    counting_distance : float
        What counting alone puts between two such samples, on average.
    variance_share : float in 0..1
        Variance of quantile functions between groups, of all; NaN without replicates.
    p_value : float
        Of the sum of squares between groups under permutation of samples; NaN without replicates.
    n, n_groups : int
    """

    distance: float
    null_distance: float
    counting_distance: float
    variance_share: float
    p_value: float
    n: int
    n_groups: int


def group_differences(
    quantiles: ArrayLike,
    n: ArrayLike,
    group: ArrayLike,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
) -> GroupDifferences:
    """Return how far groups of samples lie apart, beside samples of one group.

    Parameters
    ----------
    quantiles : float array, shape (samples, 101)
        Quantile functions at `LEVELS`; finite.
    n : float array, shape (samples,)
        Values from which each was made.
    group : int array, shape (samples,)
        0, 1, ...
    rng : numpy Generator
    permutations : int

    Returns
    -------
    differences : GroupDifferences

    Raises
    ------
    InputError
        If the arrays differ in length.

    Notes
    -----
    Convention: the variance is that of quantile functions in the mean square over levels (in one
    dimension the squared Wasserstein distance), split as in one-way analysis of variance; the share
    is (MSB - MSW) / n0 over itself plus MSW, at least 0, which is not raised by noise. The p-value
    counts the observed arrangement; with few samples it cannot be small.

    Examples
    --------
    >>> q = np.repeat([0.0, 0.1, 1.0, 1.1], 101).reshape(4, 101)
    >>> found = group_differences(q, [9] * 4, [0, 0, 1, 1], rng=np.random.default_rng(1))
    >>> round(found.distance, 2), round(found.null_distance, 2), round(found.variance_share, 2)
    (1.0, 0.1, 0.99)
    """
    q, size, of = (np.asarray(quantiles, float), np.asarray(n, float), np.asarray(group, np.int64))
    if q.ndim != 2 or q.shape[0] != size.size or of.shape != size.shape:
        msg = f"one quantile function, size and group per sample: {q.shape}, {size.shape}"
        raise InputError(msg)
    names, of = np.unique(of, return_inverse=True)
    between, within = _distances(q, of)
    counting = expected_distance(q.mean(axis=0), *([_harmonic(size)] * 2)) if of.size else np.nan
    share, p_value = np.nan, np.nan
    if 1 < names.size < of.size:
        share = _variance_share(q, of)
        p_value = _permuted(q, of, rng, permutations)
    return GroupDifferences(between, within, counting, share, p_value, of.size, names.size)


def _harmonic(size: Numbers) -> float:
    return float(1 / np.mean(1 / np.maximum(size, 1.0)))


def _distances(q: Numbers, of: Places) -> tuple[float, float]:
    """Return the mean distance of pairs of two groups, and of pairs of one."""
    totals, counts = np.zeros(2), np.zeros(2)
    # Row by row, so that the pairs of a large study never stand in memory at once.
    for place in range(of.size - 1):
        apart = earth_movers_distance(q[place], q[place + 1 :])
        is_same = (of[place + 1 :] == of[place]).astype(np.int64)
        totals += np.bincount(is_same, apart, 2)
        counts += np.bincount(is_same, minlength=2)
    between, within = np.where(counts > 0, totals / np.maximum(counts, 1), np.nan).tolist()
    return between, within


def _between_squares(weighted: Numbers, of: Places, sizes: Numbers) -> float:
    """Return the sum of squares of group means about 0, weighted by group size."""
    sums = np.zeros((sizes.size, weighted.shape[1]))
    np.add.at(sums, of, weighted)
    return float(((sums**2).sum(axis=1) / sizes).sum())


def _centred(q: Numbers) -> Numbers:
    return np.asarray((q - q.mean(axis=0)) * np.sqrt(LEVEL_WEIGHTS))


def _variance_share(q: Numbers, of: Places) -> float:
    weighted, sizes = _centred(q), np.bincount(of).astype(float)
    groups, count = sizes.size, float(of.size)
    between = _between_squares(weighted, of, sizes)
    mean_between = between / (groups - 1)
    mean_within = max(float((weighted**2).sum()) - between, 0.0) / (count - groups)
    typical = (count - (sizes**2).sum() / count) / (groups - 1)
    variance = max((mean_between - mean_within) / typical, 0.0)
    total = variance + mean_within
    return float(variance / total) if total > 0 else 0.0


def _permuted(q: Numbers, of: Places, rng: np.random.Generator, permutations: int) -> float:
    weighted, sizes = _centred(q), np.bincount(of).astype(float)
    products = weighted @ weighted.T
    found = _squares_of(products, of[None], sizes)[0]
    block = max(1, _LARGEST_BLOCK // (of.size * sizes.size))
    as_large = 0
    for start in range(0, permutations, block):
        count = min(block, permutations - start)
        drawn = rng.permuted(np.tile(of, (count, 1)), axis=1)
        as_large += int((_squares_of(products, drawn, sizes) >= found * (1 - 1e-9)).sum())
    return (1 + as_large) / (1 + permutations)


def _squares_of(products: Numbers, groupings: Places, sizes: Numbers) -> Numbers:
    """Return the sum of squares between groups of every grouping, from inner products alone."""
    belongs = groupings[:, :, None] == np.arange(sizes.size)
    shares = belongs / np.sqrt(sizes)
    sums = np.tensordot(products, shares, axes=(1, 1))
    return np.asarray((sums.transpose(1, 0, 2) * shares).sum(axis=(1, 2)))
