"""How far apart counting alone puts two samples of one distribution: random splits of both.

Two samples of one distribution never have the distance zero. How far they lie apart is seen when
the values of both are put together and split at random, many times. The earth mover's distance of
two parts is the sum over the gaps between neighbouring values of the gap times the difference of
the cumulative shares; that difference depends on the split and not on the values, so one set of
splits serves all samples of the same sizes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Splits", "pooled_ranks", "random_splits"]

Numbers = NDArray[np.float64]
Ranked = NDArray[np.floating]
_SPLITS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Random splits of ranked values into two parts.

    Parameters
    ----------
    apart : float32 array, shape (splits, size - 1)
        How far the cumulative shares of both parts differ after each value.
    sizes : (int, int)
        Of the parts.
    """

    apart: NDArray[np.float32]
    sizes: tuple[int, int]

    def distances(self, pooled: Ranked, n: int, n_others: int) -> Numbers:
        """Return the earth mover's distances that counting puts between samples of those sizes.

        Parameters
        ----------
        pooled : float array, shape (size,)
            In ascending order.
        n, n_others : int
            Where they are not the sizes of the parts, distances are multiplied with the root of the
            ratio of 1/n + 1/m.
        """
        one, two = self.sizes
        scale = np.sqrt((1 / n + 1 / n_others) / (1 / one + 1 / two))
        gaps = np.diff(pooled).astype(np.float32)
        return np.asarray(scale * (self.apart @ gaps), dtype=float)


def random_splits(sizes: tuple[int, int], rng: np.random.Generator) -> Splits:
    """Return 400 random splits into parts of these sizes, one value or more each."""
    one, two = sizes
    weights = np.concatenate([np.full(one, 1 / one), np.full(two, -1 / two)]).astype(np.float32)
    drawn = rng.permuted(np.tile(weights, (_SPLITS, 1)), axis=1)
    return Splits(np.abs(np.cumsum(drawn, axis=1)[:, :-1]), sizes)


def pooled_ranks(ranked: Ranked, n: int, others: Ranked, n_others: int, most: int) -> Numbers:
    """Return the values of two samples together in order, of more than `most` as many quantiles.

    Parameters
    ----------
    ranked, others : float array, shape (ranks,)
        In ascending order: all values, or quantiles at even shares.
    n, n_others : int
        Values for which they stand.
    most : int

    Examples
    --------
    >>> pooled_ranks(np.array([1.0, 3.0]), 2, np.array([2.0]), 1, 1024).tolist()
    [1.0, 2.0, 3.0]
    """
    both = np.concatenate([ranked, others]).astype(np.float64)
    order = np.argsort(both, kind="stable")
    if n + n_others <= most:
        return np.asarray(both[order])
    weights = np.concatenate([
        np.full(ranked.size, n / ranked.size),
        np.full(others.size, n_others / others.size),
    ])[order]
    shares = (np.cumsum(weights) - weights / 2) / (n + n_others)
    return np.interp((np.arange(most) + 0.5) / most, shares, both[order])
