"""The nearest of a few nodes for each of millions of rows, in compiled blocks."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled

__all__ = ["check_threads", "nearest_nodes", "node_sums"]

Floats = NDArray[np.float32]
# So many rows stay in the nearest cache while all nodes go by, four at a time.
_BLOCK = 512
_TOGETHER = 4
# What one thread takes at once; below two of these a second thread costs more than it saves.
_PIECE = 1 << 16


def nearest_nodes(
    values: Floats,
    nodes: Floats,
    *,
    columns: NDArray[np.intp] | None = None,
    threads: int = 1,
) -> tuple[NDArray[np.int32], Floats]:
    """Return the nearest node of each row and how far away it is.

    Parameters
    ----------
    values : float32 array, shape (rows, columns)
        In any order in memory; those whose columns lie in one piece are not copied.
    nodes : float32 array, shape (nodes, chosen columns)
    columns : int array, shape (chosen columns,), or None
        Which columns of `values` count, in the order of the nodes' columns; None: all.
    threads : {1, 2}

    Returns
    -------
    index : int32 array, shape (rows,)
        -1 where a chosen value of the row is missing or infinite.
    distance : float32 array, shape (rows,)
        Euclidean; NaN where the index is -1.

    Raises
    ------
    InputError
        If columns and nodes do not fit together, or a node holds a missing value.

    Notes
    -----
    Convention: the first of nodes that are equally near. Squared distances are compared without
    the row's own square; the distance to the node that wins is then computed plainly, so that it
    does not suffer from cancellation. The same numbers whatever the threads. Checked against: all
    distances computed one by one.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.1], [5.0, 4.0]], np.float32)
    >>> nearest_nodes(rows, np.array([[0, 0], [5, 5]], np.float32))[0].tolist()
    [0, 1]
    """
    check_threads(threads)
    chosen = np.arange(values.shape[1]) if columns is None else np.asarray(columns, np.int64)
    if nodes.ndim != 2 or not nodes.size or nodes.shape[1] != chosen.size:
        msg = f"a node has a value per chosen column: nodes {nodes.shape}, columns {chosen.size}"
        raise InputError(msg)
    if not np.isfinite(nodes).all():
        msg = "a node holds a missing or infinite value; leave such rows out before training"
        raise InputError(msg)
    padded, half = _padded(nodes)
    index = np.empty(len(values), np.int32)
    distance = np.empty(len(values), np.float32)

    def fill(begin: int) -> None:
        piece = slice(begin, begin + _PIECE)
        _fill(values[piece], chosen, padded, half, index[piece], distance[piece])

    begins = range(0, len(values), _PIECE)
    if threads == 1 or len(begins) < 2:
        for begin in begins:
            fill(begin)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, begins))
    return index, distance


def check_threads(threads: int) -> None:
    """Refuse another number of threads than 1 or 2.

    Raises
    ------
    InputError
        With what was found.
    """
    if threads not in {1, 2}:
        msg = f"1 or 2 threads, found {threads}; more files at once use more processors"
        raise InputError(msg)


def _padded(nodes: Floats) -> tuple[Floats, Floats]:
    """Return nodes up to a multiple of four, and half their squares: infinite where added."""
    full = -(-len(nodes) // _TOGETHER) * _TOGETHER
    padded = np.zeros((full, nodes.shape[1]), np.float32)
    padded[: len(nodes)] = nodes
    half = np.full(full, np.inf, np.float32)
    half[: len(nodes)] = 0.5 * (nodes.astype(np.float64) ** 2).sum(axis=1)
    return padded, half


@compiled
def _fill(
    values: Floats,
    columns: NDArray[np.int64],
    nodes: Floats,
    half: Floats,
    index: NDArray[np.int32],
    distance: Floats,
) -> None:
    """Fill in index and distance, block by block; each node's scores of a block lie in a row."""
    block = np.zeros((columns.size, _BLOCK), np.float32)
    scores = np.empty((_TOGETHER, _BLOCK), np.float32)
    best = np.empty(_BLOCK, np.float32)
    winner = np.empty(_BLOCK, np.int32)
    for begin in range(0, values.shape[0], _BLOCK):
        rows = min(_BLOCK, values.shape[0] - begin)
        for j in range(columns.size):
            for i in range(rows):
                block[j, i] = values[begin + i, columns[j]]
        best[:] = np.inf
        winner[:] = -1
        for first in range(0, nodes.shape[0], _TOGETHER):
            _score(block, nodes, half, first, scores)
            for k in range(_TOGETHER):
                for i in range(_BLOCK):
                    if scores[k, i] < best[i]:
                        best[i] = scores[k, i]
                        winner[i] = first + k
        _measure(block, nodes, winner, index[begin : begin + rows], distance[begin : begin + rows])


@compiled
def _score(block: Floats, nodes: Floats, half: Floats, first: int, scores: Floats) -> None:
    """Write half the squared distance of each row to four nodes, less half the row's square."""
    one, two, three, four = scores[0], scores[1], scores[2], scores[3]
    one[:] = half[first]
    two[:] = half[first + 1]
    three[:] = half[first + 2]
    four[:] = half[first + 3]
    for j in range(block.shape[0]):
        a, b, c, d = nodes[first, j], nodes[first + 1, j], nodes[first + 2, j], nodes[first + 3, j]
        column = block[j]
        for i in range(_BLOCK):
            value = column[i]
            one[i] -= a * value
            two[i] -= b * value
            three[i] -= c * value
            four[i] -= d * value


@compiled
def _measure(
    block: Floats,
    nodes: Floats,
    winner: NDArray[np.int32],
    index: NDArray[np.int32],
    distance: Floats,
) -> None:
    """Write the winners of a block and their distances."""
    for i in range(index.size):
        total = np.float32(0.0)
        for j in range(block.shape[0]):
            apart = block[j, i] - nodes[max(winner[i], 0), j]
            total += apart * apart
        is_number = np.isfinite(total)
        index[i] = winner[i] if is_number else -1
        distance[i] = np.sqrt(total) if is_number else np.nan


@compiled
def node_sums(
    values: Floats,
    index: NDArray[np.int32],
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> None:
    """Add each row to the sum and the count of its node; rows without one are passed over.

    Parameters
    ----------
    values : float32 array, shape (rows, columns)
    index : int32 array, shape (rows,)
    sums : float array, shape (nodes, columns)
    counts : float array, shape (nodes,)
    """
    for i in range(values.shape[0]):
        node = index[i]
        if node >= 0:
            counts[node] += 1.0
            for j in range(values.shape[1]):
                sums[node, j] += values[i, j]
