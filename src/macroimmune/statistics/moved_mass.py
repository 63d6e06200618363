"""The earth mover's distance of two samples in order, and its variance by counting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.ranked_samples import RankedSamples

__all__ = ["MovedMass", "moved_mass"]

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class MovedMass:
    """How far each sample lies from its partner.

    Parameters
    ----------
    distance : float array, shape (samples,)
        Earth mover's distance, in the unit of the values; the size of the difference of means, and
        an excess where the cumulative shares cross.
    difference : float array, shape (samples,)
        Of the means.
    error, excess_error : float array, shape (samples,)
        Standard errors of distance and excess that counting gives.
    """

    distance: Numbers
    difference: Numbers
    error: Numbers
    excess_error: Numbers

    @property
    def excess(self) -> Numbers:
        """The distance less the size of the difference."""
        return np.maximum(self.distance - np.abs(self.difference), 0.0)


def moved_mass(samples: RankedSamples, others: RankedSamples) -> MovedMass:
    """Return the earth mover's distance of each sample from its partner.

    Parameters
    ----------
    samples, others : RankedSamples
        As many of both.

    Notes
    -----
    Convention: the distance is the mean of g over the one sample less that over the other, where g
    rises by one per unit where the cumulative share of the one lies below that of the other and
    falls where it lies above. The error takes g for known, which holds where samples lie apart;
    where they do not the distance is never zero, see `random_splits`.
    Checked against: ``scipy.stats.wasserstein_distance``, the bootstrap.

    Examples
    --------
    >>> from macroimmune.statistics.ranked_samples import ranked_samples
    >>> found = moved_mass(*(ranked_samples([np.array(x)], [2]) for x in ([1.0, 2.0], [0.0, 1.0])))
    >>> found.distance.tolist(), found.difference.tolist(), found.excess.tolist()
    ([1.0], [1.0], [0.0])
    """
    found = np.empty((4, samples.n.size))
    _move(samples.values, samples.ends, samples.n, others.values, others.ends, others.n, found)
    return MovedMass(*found)


@compiled
def _move(
    values: Numbers,
    ends: Places,
    n: Numbers,
    others: Numbers,
    ends_others: Places,
    n_others: Numbers,
    found: Numbers,
) -> None:
    for k in range(n.size):
        one = values[ends[k] : ends[k + 1]]
        two = others[ends_others[k] : ends_others[k + 1]]
        climbed, climbed_two = np.empty(one.size), np.empty(two.size)
        found[0, k] = _walk(one, two, climbed, climbed_two)
        difference = one.mean() - two.mean()
        sign = 1.0 if difference >= 0.0 else -1.0
        found[1, k] = difference
        found[2, k] = np.sqrt(_variance(climbed) / n[k] + _variance(climbed_two) / n_others[k])
        for i in range(one.size):
            climbed[i] -= sign * one[i]
        for i in range(two.size):
            climbed_two[i] -= sign * two[i]
        found[3, k] = np.sqrt(_variance(climbed) / n[k] + _variance(climbed_two) / n_others[k])


@compiled
def _variance(values: Numbers) -> float:
    if values.size < 2:
        return 0.0
    mean, total = values.mean(), 0.0
    for value in values:
        total += (value - mean) ** 2
    return total / (values.size - 1)


@compiled
def _walk(one: Numbers, two: Numbers, climbed: Numbers, climbed_two: Numbers) -> float:
    """Fill in g at every value and return the distance."""
    n, m = one.size, two.size
    i = j = 0
    g = distance = 0.0
    previous = min(one[0], two[0])
    while i < n or j < m:
        value = one[i] if j == m or (i < n and one[i] <= two[j]) else two[j]
        gap, ahead = value - previous, j / m - i / n
        distance += abs(ahead) * gap
        if ahead > 0.0:
            g += gap
        elif ahead < 0.0:
            g -= gap
        while i < n and one[i] == value:
            climbed[i] = g
            i += 1
        while j < m and two[j] == value:
            climbed_two[j] = g
            j += 1
        previous = value
    return distance
