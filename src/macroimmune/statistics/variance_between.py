"""The variance between repeated measurements of the same things, beyond their known errors."""

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

__all__ = ["variance_between"]

Numbers = NDArray[np.float64]


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
    Checked against: R `metafor::rma(method = "PM")` for one thing.

    Examples
    --------
    >>> found = variance_between(np.array([1.0, 3.0]), np.array([0.5, 0.5]), np.array([0, 0]))
    >>> round(found[0], 6), found[1]
    (1.5, 1)
    """
    parts = [groups == one for one in np.unique(groups)]
    parts = [part for part in parts if part.sum() > 1]
    freedom = int(sum(part.sum() - 1 for part in parts))
    if not freedom:
        return float("nan"), 0

    def excess(variance: float) -> float:
        return sum(_spread(values[part], variances[part] + variance) for part in parts) - freedom

    if excess(0.0) <= 0.0:
        return 0.0, freedom
    most = sum(float(((values[part] - values[part].mean()) ** 2).sum()) for part in parts)
    return float(optimize.brentq(excess, 0.0, most / freedom * (1 + 1e-9))), freedom


def _spread(values: Numbers, variances: Numbers) -> float:
    weights = 1.0 / variances
    mean = weights @ values / weights.sum()
    return float(weights @ (values - mean) ** 2)
