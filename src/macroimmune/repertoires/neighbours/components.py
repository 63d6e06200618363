"""Clusters of neighbours: receptors that a chain of neighbours connects."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Components", "neighbour_components"]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Who is connected with whom.

    Parameters
    ----------
    degree : int64 array, shape (n,)
        Neighbours of each.
    label : int64 array, shape (n,)
        Number of its component; those of one component share it.
    size : int64 array, shape (components,)
        Members of each component; 1 for what has no neighbour.
    """

    degree: np.ndarray
    label: np.ndarray
    size: np.ndarray


def neighbour_components(n: int, first: np.ndarray, second: np.ndarray) -> Components:
    """Return the neighbours of each of n receptors, and their connected components.

    Parameters
    ----------
    n : int
        Receptors.
    first, second : int arrays, shape (pairs,)
        As of `neighbour_pairs`: each pair once.

    Examples
    --------
    >>> found = neighbour_components(4, np.array([0, 1]), np.array([1, 2]))
    >>> found.degree, found.size
    (array([1, 2, 1, 0]), array([3, 1]))
    """
    degree = np.bincount(first, minlength=n) + np.bincount(second, minlength=n)
    graph = coo_array((np.ones(first.size, dtype=np.int8), (first, second)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    label = label.astype(np.int64)
    return Components(degree, label, np.bincount(label))
