"""How many kinds were counted once, twice, ...: all that diversity needs to know of a sample.

A sample of 100,000 kinds has a few hundred different counts, so everything that is worked out per
count instead of per kind costs next to nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.statistics.kind_counts import kind_counts

__all__ = ["FrequencyCounts", "frequency_counts"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FrequencyCounts:
    """A sample by its frequency counts.

    Parameters
    ----------
    sizes : int array, shape (sizes,)
        Counts that occur, ascending, from 1.
    kinds : int array, shape (sizes,)
        Kinds with that count (f_k of the literature).
    """

    sizes: Whole
    kinds: Whole

    @property
    def n(self) -> int:
        """Individuals."""
        return int(self.sizes @ self.kinds)

    @property
    def n_kinds(self) -> int:
        """Kinds."""
        return int(self.kinds.sum())

    def of_size(self, size: int) -> int:
        """Return the number of kinds with this count."""
        at = int(np.searchsorted(self.sizes, size))
        return int(self.kinds[at]) if at < self.sizes.size and self.sizes[at] == size else 0


def frequency_counts(counts: ArrayLike) -> FrequencyCounts:
    """Return how many kinds have each count.

    Parameters
    ----------
    counts : int array, shape (kinds,)
        Individuals of each kind; zeros are left out.

    Returns
    -------
    found : FrequencyCounts

    Raises
    ------
    InputError
        If a count is negative, missing or no whole number.

    Examples
    --------
    >>> found = frequency_counts([5, 1, 1, 0, 2])
    >>> found.sizes.tolist(), found.kinds.tolist(), found.n, found.n_kinds, found.of_size(1)
    ([1, 2, 5], [2, 1, 1], 9, 4, 2)
    """
    given = kind_counts(counts)
    if given.size and 0 <= given.max() < 4 * given.size:
        found = np.bincount(given)
        sizes = np.flatnonzero(found)
        kinds = found[sizes]
    else:
        sizes, kinds = np.unique(given, return_counts=True)
    seen = sizes > 0
    return FrequencyCounts(sizes[seen].astype(np.int64), kinds[seen].astype(np.int64))
