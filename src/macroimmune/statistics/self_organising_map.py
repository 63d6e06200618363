"""A self-organising map: a grid of nodes that lies through the data, neighbours near neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.nearest_node import nearest_nodes, node_sums

__all__ = ["SelfOrganisingMap", "train_self_organising_map"]

Floats = NDArray[np.float64]
# The neighbourhood shrinks from two fifths of the grid to a third of a step, then is left away.
_FIRST_RADIUS, _LAST_RADIUS = 0.4, 0.3
_ROUNDS, _LAST_ROUNDS = 10, 5
# The grid begins on the plane of the two widest directions, so many standard deviations wide.
_REACH = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class SelfOrganisingMap:
    """A trained map.

    Parameters
    ----------
    nodes : float32 array, shape (nodes, columns)
        Row by row of the grid.
    shape : (int, int)
        Rows and columns of the grid.
    counts : int array, shape (nodes,)
        How many of the training rows are nearest to each; a node may have none.
    distances : float32 array, shape (rows,)
        Of each training row to its node.
    index : int32 array, shape (rows,)
        Its node.
    """

    nodes: NDArray[np.float32]
    shape: tuple[int, int]
    counts: NDArray[np.int64]
    distances: NDArray[np.float32]
    index: NDArray[np.int32]


def train_self_organising_map(
    values: ArrayLike, *, shape: tuple[int, int] = (10, 10), threads: int = 1
) -> SelfOrganisingMap:
    """Return a self-organising map of the rows of a table.

    Parameters
    ----------
    values : float array, shape (rows, columns)
        Without missing values, columns on comparable scales; taken in single precision.
    shape : (int, int)
        Of the grid, at least two nodes along each side.
    threads : {1, 2}

    Returns
    -------
    map : SelfOrganisingMap
        The same for the same values: nothing is drawn.

    Raises
    ------
    InputError
        If values are missing, or there are fewer rows than nodes.

    Notes
    -----
    Convention: batch training (Kohonen 1995, *Self-Organizing Maps*): each round gives every row
    to its nearest node, then moves each node to the mean of all rows, weighted by a Gaussian of
    the distance on the grid between the node and the row's. It begins on the plane of the first
    two principal components, the neighbourhood shrinks over ten rounds, and five rounds without a
    neighbourhood end it, so that nodes are the means of their rows. Checked against: a loop that
    does the same one row at a time.

    Examples
    --------
    >>> rows = np.random.default_rng(1).normal(size=(500, 3))
    >>> train_self_organising_map(rows, shape=(3, 3)).counts.sum()
    np.int64(500)
    """
    table = _checked(values, shape)
    nodes = _on_the_plane(table, shape)
    apart = _squared_steps(shape)
    radii = np.geomspace(_FIRST_RADIUS * max(shape), _LAST_RADIUS, _ROUNDS)
    for radius in (*radii.tolist(), *(0.0,) * _LAST_ROUNDS):
        index, _ = nearest_nodes(table, nodes, threads=threads)
        nodes = _moved(table, nodes, index, apart, radius)
    index, distances = nearest_nodes(table, nodes, threads=threads)
    counts = np.bincount(index, minlength=len(nodes)).astype(np.int64)
    return SelfOrganisingMap(nodes, shape, counts, distances, index)


def _checked(values: ArrayLike, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the rows in single precision.

    Raises
    ------
    InputError
        As the public function says.
    """
    table = np.ascontiguousarray(values, dtype=np.float32)
    if table.ndim != 2 or not table.shape[1]:
        msg = f"rows of values: found shape {table.shape}"
        raise InputError(msg)
    if min(shape) < 2:
        msg = f"a grid has at least 2 nodes along each side, found {shape[0]} x {shape[1]}"
        raise InputError(msg)
    if len(table) < shape[0] * shape[1]:
        msg = (
            f"{len(table)} rows are too few for {shape[0]} x {shape[1]} nodes; choose a smaller "
            "grid or more rows"
        )
        raise InputError(msg)
    bad = ~np.isfinite(table).all(axis=1)
    if bad.any():
        msg = (
            f"{int(bad.sum())} rows hold missing or infinite values, the first is row "
            f"{int(np.flatnonzero(bad)[0])}; leave them out before training"
        )
        raise InputError(msg)
    return table


def _places(shape: tuple[int, int]) -> Floats:
    """Return the place of each node on the grid, shape (nodes, 2)."""
    return np.indices(shape).reshape(2, -1).T.astype(float)


def _squared_steps(shape: tuple[int, int]) -> Floats:
    """Return the squared distance between nodes, in steps of the grid."""
    places = _places(shape)
    apart: Floats = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    return apart


def _on_the_plane(table: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the grid laid on the first two principal components."""
    mean = table.mean(axis=0, dtype=float)
    centred = table - mean
    # The sum of products in double precision and fixed order: the same on every machine.
    variances, directions = np.linalg.eigh(np.einsum("ij,ik->jk", centred, centred) / len(table))
    widest = directions[:, ::-1][:, :2]
    # A direction has no sign of its own: its largest part points upwards.
    widest = widest * np.sign(widest[np.abs(widest).argmax(axis=0), np.arange(widest.shape[1])])
    spread = np.sqrt(np.maximum(variances[::-1][:2], 0.0))
    places = _places(shape) / (np.array(shape) - 1.0) * 2.0 * _REACH - _REACH
    offsets = (places[:, : len(spread)] * spread) @ widest.T
    return np.asarray(mean + offsets, dtype=np.float32)


def _moved(
    table: NDArray[np.float32],
    nodes: NDArray[np.float32],
    index: NDArray[np.int32],
    apart: Floats,
    radius: float,
) -> NDArray[np.float32]:
    """Return the nodes after one round; a node that nothing draws stays where it is."""
    sums, counts = np.zeros(nodes.shape), np.zeros(len(nodes))
    node_sums(table, index, sums, counts)
    if radius > 0.0:
        near = np.exp(-apart / (2.0 * radius**2))
        sums, counts = near @ sums, near @ counts
    # Far beyond the neighbourhood a weight is a rounding error, no row.
    is_drawn = counts > 1e-9
    moved = nodes.astype(float)
    moved[is_drawn] = sums[is_drawn] / counts[is_drawn, None]
    return moved.astype(np.float32)
