"""To which populations each cell belongs, given the thresholds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gating.sign_tests import NodeTests

__all__ = ["belonging", "count_moved", "is_beyond"]


def is_beyond(values: NDArray[np.float32], cut: float, *, above: bool) -> NDArray[np.bool_]:
    """Return which values lie above a threshold, or up to it; NaN on either is on no side."""
    threshold = np.float32(cut)
    return values > threshold if above else values <= threshold


def belonging(
    node: NodeTests,
    values: Sequence[NDArray[np.float32]],
    cuts: NDArray[np.float64],
    members: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which cells belong to a population, those before it being known.

    Parameters
    ----------
    node : NodeTests
    values : sequence of float32 array, shape (cells,), one per threshold
        Of the marker that it cuts. NaN belongs to neither side.
    cuts : float array, shape (thresholds,)
        NaN where a threshold is missing: no cell belongs to either side.
    members : bool array, shape (populations, cells)

    Returns
    -------
    is_member : bool array, shape (cells,)
    """
    is_member = np.ones(members.shape[1], bool) if node.parent < 0 else members[node.parent].copy()
    for cut, above in node.cuts:
        is_member &= is_beyond(values[cut], cuts[cut], above=above)
    for other in node.excluding:
        is_member &= ~members[other]
    if node.union:
        is_member &= members[list(node.union)].any(axis=0)
    return is_member


def count_moved(
    nodes: Sequence[NodeTests],
    values: Sequence[NDArray[np.float32]],
    cuts: NDArray[np.float64],
    members: NDArray[np.bool_],
    cut: int,
    moved: float,
) -> NDArray[np.int64]:
    """Return by how many cells each population changes if one threshold is moved.

    Parameters
    ----------
    nodes, values, cuts
        As in `belonging`; one node per population.
    members : bool array, shape (populations, cells)
        With the thresholds as they are.
    cut : int
        Which threshold.
    moved : float
        Where it is moved.

    Returns
    -------
    change : int array, shape (populations,)
    """
    low, high = np.float32(min(cuts[cut], moved)), np.float32(max(cuts[cut], moved))
    # Only cells between the two can change.
    rows = np.flatnonzero((values[cut] > low) & (values[cut] <= high))
    few = [column[rows] for column in values]
    after = cuts.copy()
    after[cut] = moved
    now = np.zeros((len(nodes), len(rows)), bool)
    for place, node in enumerate(nodes):
        now[place] = belonging(node, few, after, now)
    return np.asarray(now.sum(axis=1) - members[:, rows].sum(axis=1))
