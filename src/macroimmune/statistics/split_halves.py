"""The earth mover's distance of two samples, and what counting alone gives: split halves.

Two samples of one distribution never have the distance zero. How far they lie apart is seen when
one sample is split at random into halves, many times. The distance between halves is the sum over
the gaps between neighbouring values of the gap times the difference of both cumulative shares; that
difference depends on the split and not on the values, so one set of splits serves every sample of
the same size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MovedMass", "SplitHalves", "moved_mass", "split_halves"]

Numbers = NDArray[np.float64]
Ranked = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class SplitHalves:
    """Random splits of a sample into halves.

    Parameters
    ----------
    apart : float32 array, shape (splits, size - 1)
        How far the cumulative shares of both halves differ after each value.
    sizes : (int, int)
        Of the halves.
    """

    apart: NDArray[np.float32]
    sizes: tuple[int, int]

    def distances(self, ranked: Ranked, n: int, n_others: int) -> Numbers:
        """Return the distances that counting gives between samples of `n` and `n_others` values.

        Parameters
        ----------
        ranked : float array, shape (size,)
            In ascending order.

        Notes
        -----
        Convention: distances between halves times the root of the ratio of 1/n + 1/m.
        """
        one, two = self.sizes
        scale = np.sqrt((1 / n + 1 / n_others) / (1 / one + 1 / two))
        return np.asarray(scale * (self.apart @ np.diff(ranked).astype(np.float32)), dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class MovedMass:
    """How far one sample lies from another.

    Parameters
    ----------
    distance : float
        Earth mover's distance, in the unit of the values.
    variance, variance_others : float
        Of the distance, per value of each sample: divided by their numbers they add up to the
        variance that counting gives.
    """

    distance: float
    variance: float
    variance_others: float


def split_halves(size: int, *, splits: int, rng: np.random.Generator) -> SplitHalves:
    """Return random splits of `size` values, two or more."""
    one = size // 2
    two = size - one
    weights = np.concatenate([np.full(one, 1 / one), np.full(two, -1 / two)]).astype(np.float32)
    drawn = rng.permuted(np.tile(weights, (splits, 1)), axis=1)
    return SplitHalves(np.abs(np.cumsum(drawn, axis=1)[:, :-1]), (one, two))


def moved_mass(ranked: Ranked, others: Ranked) -> MovedMass:
    """Return the earth mover's distance of two samples, and its variances.

    Parameters
    ----------
    ranked, others : float array, shape (ranks,)
        In ascending order.

    Notes
    -----
    Convention: the distance is the mean of g over one sample less its mean over the other, with g
    rising by one per unit where the one cumulative share lies below the other and falling where it
    lies above; g is taken for known, which holds where samples differ, and its variance is that of
    the distance. Checked against: ``scipy.stats.wasserstein_distance``, the bootstrap.

    Examples
    --------
    >>> moved_mass(np.array([1.0, 2.0]), np.array([0.0, 1.0])).distance
    1.0
    """
    every = np.sort(np.concatenate([ranked, others]).astype(np.float64))
    below = np.searchsorted(ranked, every[:-1], "right") / ranked.size
    above = np.searchsorted(others, every[:-1], "right") / others.size
    gaps, ahead = np.diff(every), above - below
    climbed = np.concatenate([[0.0], np.cumsum(np.sign(ahead) * gaps)])
    return MovedMass(
        float(np.abs(ahead) @ gaps),
        _variance(climbed[np.searchsorted(every, ranked)]),
        _variance(climbed[np.searchsorted(every, others)]),
    )


def _variance(values: Numbers) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0
