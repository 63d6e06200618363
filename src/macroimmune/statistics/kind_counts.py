"""Counts of kinds (clones, species): what every kernel checks of them, and their repeated draws."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError

__all__ = [
    "beta_binomial_shape",
    "check_dispersion",
    "distinct_pairs",
    "kind_counts",
    "paired_kind_counts",
]


def kind_counts(counts: ArrayLike) -> NDArray[np.int64]:
    """Return counts of kinds as whole numbers.

    Parameters
    ----------
    counts : int or float array, shape (kinds,)
        Whole numbers from 0; missing values are refused.

    Returns
    -------
    counts : int array, shape (kinds,)

    Raises
    ------
    InputError
        If a count is negative, missing or no whole number, or there is not one per kind.

    Examples
    --------
    >>> kind_counts([3.0, 1.0]).tolist()
    [3, 1]
    """
    given = np.asarray(counts)
    if given.ndim != 1 or given.dtype.kind not in "fiu":
        msg = f"one count per kind: found {given.dtype} of shape {given.shape}"
        raise InputError(msg)
    bad = ~(np.isfinite(given) & (given >= 0) & (given == np.floor(given)))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        msg = (
            f"{int(bad.sum())} counts are no whole numbers from 0, the first at position {first}: "
            f"{given[first]}; give counts, not shares"
        )
        raise InputError(msg)
    return given.astype(np.int64)


def paired_kind_counts(
    first: ArrayLike, second: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the counts of the same kinds in two samples as floats, for sums and logarithms.

    Raises
    ------
    InputError
        If shapes differ, or as `kind_counts` says.
    """
    one, two = np.asarray(first), np.asarray(second)
    if one.ndim != 1 or one.shape != two.shape:
        msg = f"one count of each kind in both samples: shapes {one.shape} and {two.shape}"
        raise InputError(msg)
    return kind_counts(one).astype(float), kind_counts(two).astype(float)


def check_dispersion(dispersion: float) -> None:
    """Refuse an over-dispersion below zero.

    Raises
    ------
    InputError
        With what was found.
    """
    if not dispersion >= 0.0:
        msg = f"a dispersion is zero or more, found {dispersion}; estimate it from replicates"
        raise InputError(msg)


def beta_binomial_shape(dispersion: float, share: float) -> tuple[float, float]:
    """Return both parameters of the law of one count given the sum of two.

    Parameters
    ----------
    dispersion : float
        phi in the variance mu + phi mu^2 of each count; above zero.
    share : float
        Of the first sample in both; between 0 and 1.

    Notes
    -----
    Convention: concentration 1 / (2 phi s (1 - s)), exact for samples of equal size.

    Examples
    --------
    >>> beta_binomial_shape(0.5, 0.5)
    (2.0, 2.0)
    """
    concentration = 1.0 / (2.0 * dispersion * share * (1.0 - share))
    return concentration * share, concentration * (1.0 - share)


def distinct_pairs(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp], NDArray[np.int64]]:
    """Return the distinct pairs of two counts, the place of each kind among them, and how often.

    Examples
    --------
    >>> counts = np.array([1.0, 0.0, 1.0]), np.array([2.0, 3.0, 2.0])
    >>> one, two, place, times = distinct_pairs(*counts)
    >>> one.tolist(), two.tolist(), place.tolist(), times.tolist()
    ([0.0, 1.0], [3.0, 2.0], [1, 0, 1], [1, 2])
    """
    # One whole number for each pair sorts far faster than rows of two.
    width = int(second.max(initial=0.0)) + 1
    keys = first.astype(np.int64) * width + second.astype(np.int64)
    found, place, times = np.unique(keys, return_inverse=True, return_counts=True)
    one, two = np.divmod(found, width)
    return one.astype(float), two.astype(float), place.ravel(), times
