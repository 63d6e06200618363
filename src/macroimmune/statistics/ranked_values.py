"""A sample as its values in order, or as equally many quantiles where it is large."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["quantiles_of_ranked", "ranked_values"]

Numbers = NDArray[np.float64]


def ranked_values(values: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return the values in ascending order, of more than `most` as many quantiles.

    Parameters
    ----------
    values : float32 array, shape (n,)
        Finite.
    most : int

    Returns
    -------
    ranked : float32 array, shape (min(n, most),)

    Notes
    -----
    Convention: quantiles at the shares (k + 1/2) / most, straight lines between neighbours (type 5
    of Hyndman and Fan, under which value k of n lies at (k + 1/2) / n), so that both forms are
    read alike. Checked against: ``numpy.quantile(method="hazen")``.

    Examples
    --------
    >>> ranked_values(np.array([4, 2, 1, 3], np.float32), 2).tolist()
    [1.5, 3.5]
    """
    ordered = np.sort(values)
    if ordered.size <= most:
        return ordered
    shares = (np.arange(most) + 0.5) / most
    return quantiles_of_ranked(ordered, shares).astype(np.float32)


def quantiles_of_ranked(ranked: NDArray[np.floating], shares: ArrayLike) -> Numbers:
    """Return quantiles of a sample in ascending order, shape of `shares`.

    Parameters
    ----------
    ranked : float array, shape (n,)
        One value or more.
    shares : float array
        From 0 to 1; beyond the first and the last value these hold.

    Examples
    --------
    >>> quantiles_of_ranked(np.array([1.0, 2.0, 4.0]), [0.0, 0.5, 1.0]).tolist()
    [1.0, 2.0, 4.0]
    """
    place = np.clip(np.asarray(shares, dtype=float) * ranked.size - 0.5, 0.0, ranked.size - 1.0)
    below = np.minimum(place.astype(np.int64), max(ranked.size - 2, 0))
    above = np.minimum(below + 1, ranked.size - 1)
    low, high = ranked[below].astype(float), ranked[above].astype(float)
    return np.asarray(low + (place - below) * (high - low))
