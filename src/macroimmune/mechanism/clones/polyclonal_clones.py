"""Clones that no tumour antigen made: memory clones of blood, a few large and many small."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["memory_clone_shares"]


def memory_clone_shares(
    number: int, exponent: float, *, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the share of each memory clone in its pool, largest first.

    Parameters
    ----------
    number : int
        Clones.
    exponent : float
        The density of sizes falls as size to the power of minus this; above 1.
    rng : numpy Generator

    Returns
    -------
    shares : float array, shape (clones,)
        They sum to 1.

    Notes
    -----
    Convention: a Pareto law, drawn by the inverse of its distribution at one random place in each
    of as many equal parts, so that the largest clone of a person is never a freak of the tail.

    Examples
    --------
    >>> shares = memory_clone_shares(1000, 2.2, rng=np.random.default_rng(1))
    >>> round(float(shares.sum()), 6), bool(shares[0] > 10 * shares[-1])
    (1.0, True)
    """
    tail = (np.arange(number) + 0.5 + 0.5 * (rng.random(number) - 0.5)) / number
    sizes = tail ** (-1.0 / (exponent - 1.0))
    shares: NDArray[np.float64] = sizes / sizes.sum()
    return shares
