"""The variance between repeated measurements of the same things, beyond their known errors."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["variance_between"]

Numbers = NDArray[np.float64]
_CLOSE = 1e-13


def variance_between(
    values: Numbers, variances: Numbers, groups: NDArray[np.intp]
) -> tuple[float, int]:
    """Return the variance between measurements of one thing, and its degrees of freedom.

    Parameters
    ----------
    values : float array, shape (n,)
    variances : float array, shape (n,)
        Of their known errors, above zero.
    groups : int array, shape (n,)
        Which thing was measured; each has a mean of its own.

    Returns
    -------
    variance : float
        Never below zero; NaN where nothing was measured twice.
    freedom : int
        Measurements less things, of those that were measured twice.

    Notes
    -----
    Convention: the method of moments of Paule and Mandel, over all things together: the variance at
    which the weighted sum of squares about the means equals its degrees of freedom.
    Checked against: the equation itself by another solver, the sample variance where errors are
    equal, and the coverage of intervals with it in simulated batches.

    Examples
    --------
    >>> found = variance_between(np.array([1.0, 3.0]), np.array([0.5, 0.5]), np.array([0, 0]))
    >>> round(found[0], 6), found[1]
    (1.5, 1)
    """
    things, of_thing = np.unique(groups, return_inverse=True)
    counts = np.bincount(of_thing, minlength=things.size)
    freedom = int((counts[counts > 1] - 1).sum())
    if not freedom:
        return float("nan"), 0
    return float(_solve(values, variances, of_thing, things.size, freedom)), freedom


@compiled
def _solve(
    values: Numbers, variances: Numbers, groups: NDArray[np.intp], n_groups: int, freedom: int
) -> float:
    """Return the variance of which no more is left over, by halving."""
    if _spread(values, variances, groups, n_groups, 0.0) <= freedom:
        return 0.0
    low, high = 0.0, _spread(values, np.ones(values.size), groups, n_groups, 0.0) / freedom
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _spread(values, variances, groups, n_groups, middle) > freedom:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@compiled
def _spread(
    values: Numbers,
    variances: Numbers,
    groups: NDArray[np.intp],
    n_groups: int,
    between: float,
) -> float:
    """Return the weighted sum of squares about the means of the groups."""
    weights, sums = np.zeros(n_groups), np.zeros(n_groups)
    for k in range(values.size):
        weight = 1.0 / (variances[k] + between)
        weights[groups[k]] += weight
        sums[groups[k]] += weight * values[k]
    total = 0.0
    for k in range(values.size):
        apart = values[k] - sums[groups[k]] / weights[groups[k]]
        total += apart * apart / (variances[k] + between)
    return total
