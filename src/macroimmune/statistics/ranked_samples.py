"""Many samples in order, one after the other in one array: what loops over samples read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RankedSamples", "ranked_samples"]

Numbers = NDArray[np.float64]
Ranked = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class RankedSamples:
    """Samples in ascending order.

    Parameters
    ----------
    values : float array, shape (ranks of all,)
        Of each sample all values, or quantiles at even shares; one or more.
    ends : int array, shape (samples + 1,)
        Sample k has the values from `ends[k]` up to `ends[k + 1]`.
    n : float array, shape (samples,)
        Values for which they stand.
    """

    values: Numbers
    ends: NDArray[np.intp]
    n: Numbers


def ranked_samples(ranked: Sequence[Ranked], n: Sequence[int]) -> RankedSamples:
    """Return samples one after the other.

    Parameters
    ----------
    ranked : sequence of float arrays
        Each in ascending order.
    n : sequence of int
        Values for which each stands.

    Examples
    --------
    >>> ranked_samples([np.array([1.0, 2.0]), np.array([5.0])], [2, 1]).ends.tolist()
    [0, 2, 3]
    """
    values = np.concatenate([np.empty(0), *ranked]).astype(np.float64)
    ends = np.concatenate([[0], np.cumsum([one.size for one in ranked])]).astype(np.intp)
    return RankedSamples(values, ends, np.asarray(n, dtype=np.float64))
