"""Groups of nodes: a hierarchy by average linkage, cut at a number of groups, and its stability."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import distance

from macroimmune.errors import InputError
from macroimmune.statistics.nearest_node import nearest_nodes
from macroimmune.statistics.self_organising_map import (
    SelfOrganisingMap,
    train_self_organising_map,
)

__all__ = ["group_nodes", "group_stability"]

_RESAMPLES = 10
_RESAMPLE_ROWS = 20_000


def group_nodes(trained: SelfOrganisingMap, n_groups: int) -> NDArray[np.int64]:
    """Return the group of each node, 0 the one with most rows.

    Parameters
    ----------
    trained : SelfOrganisingMap
    n_groups : int
        Fewer come where fewer nodes have rows.

    Returns
    -------
    groups : int array, shape (nodes,)

    Raises
    ------
    InputError
        If `n_groups` is below 1.

    Notes
    -----
    Convention: average linkage of Euclidean distances among the nodes that have rows, each counted
    once, whatever its rows: a rare kind of cells that is far from the others keeps a group of its
    own. Ward's criterion splits large kinds; on virtual cells it is a little better
    (`benchmarks/self_organising_map.py`). A node without rows joins the group of its nearest.
    Groups are numbered by their rows, the largest first, then by their first node.

    Examples
    --------
    >>> rows = np.repeat([[0.0, 0.0], [0.0, 9.0], [9.0, 9.0]], [30, 20, 10], axis=0)
    >>> trained = train_self_organising_map(rows, shape=(2, 2))
    >>> np.bincount(group_nodes(trained, 3)[trained.index]).tolist()
    [30, 20, 10]
    """
    if n_groups < 1:
        msg = f"at least one group, found {n_groups}"
        raise InputError(msg)
    occupied = np.flatnonzero(trained.counts)
    nodes = trained.nodes.astype(float)
    labels = np.ones(1, np.int64)
    if occupied.size > 1:
        labels = fcluster(linkage(nodes[occupied], "average"), n_groups, "maxclust")
    nearest = distance.cdist(nodes, nodes[occupied]).argmin(axis=1)
    nearest[occupied] = np.arange(occupied.size)
    raw = labels[nearest]
    names, first = np.unique(raw, return_index=True)
    sizes = np.array([trained.counts[raw == name].sum() for name in names])
    order = names[np.lexsort((first, -sizes))]
    rank = np.empty(names.max() + 1, np.int64)
    rank[order] = np.arange(order.size)
    groups: NDArray[np.int64] = rank[raw]
    return groups


def group_stability(
    values: NDArray[np.float32],
    trained: SelfOrganisingMap,
    groups: NDArray[np.int64],
    *,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return how well each group comes back when map and groups are made anew from resamples.

    Parameters
    ----------
    values : float32 array, shape (rows, columns)
        The training rows.
    trained : SelfOrganisingMap
    groups : int array, shape (nodes,)
    rng : numpy Generator

    Returns
    -------
    stability : float array, shape (groups,)
        Mean over ten resamples, 0 to 1, of the largest Jaccard index of the group's rows with a
        group of the resample. NaN of a group that has none of the rows that are compared.

    Notes
    -----
    Convention: cluster-wise stability by Hennig 2007 (Comput Stat Data Anal 52, 258), who takes
    0.75 and more as stable; here map and groups are made anew from at most 20,000 rows drawn with
    replacement, and the memberships of at most 20,000 fixed rows are compared. Other donors would
    move groups more than other cells of the same donors do, so this is an upper bound.
    """
    n_groups, some = int(groups.max()) + 1, min(_RESAMPLE_ROWS, len(values))
    fixed = rng.choice(len(values), some, replace=False)
    ours = groups[trained.index[fixed]]
    size = np.bincount(ours, minlength=n_groups).astype(float)
    best = np.zeros(n_groups)
    for _ in range(_RESAMPLES):
        again = train_self_organising_map(
            values[rng.integers(0, len(values), some)], shape=trained.shape
        )
        theirs = group_nodes(again, n_groups)[nearest_nodes(values[fixed], again.nodes)[0]]
        both = np.zeros((n_groups, theirs.max() + 1))
        np.add.at(both, (ours, theirs), 1.0)
        either = size[:, None] + both.sum(axis=0) - both
        best += (both / np.maximum(either, 1.0)).max(axis=1)
    stability = best / _RESAMPLES
    stability[size == 0] = np.nan
    return stability
