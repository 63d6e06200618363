"""How many cells of two overlapping groups lie on the wrong side of the threshold between them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from macroimmune.cytometry.gating.membership import is_beyond
from macroimmune.cytometry.gating.sign_tests import NodeTests

__all__ = ["leaked", "leaks"]

_MOST_CELLS, _LEAST_CELLS = 20_000, 50
_N_BINS, _BLUR, _ENDS = 120, 2.0, 0.001
# Of the peak: one standard deviation of a normal distribution from it.
_HEIGHT = 0.6


def leaks(
    nodes: Sequence[NodeTests],
    values: Sequence[NDArray[np.float32]],
    cuts: NDArray[np.float64],
    members: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return how many cells each population lacks, less those it has of others.

    Parameters
    ----------
    nodes, values, cuts, members
        As in `belonging`, of all populations.

    Returns
    -------
    leaks : float array, shape (populations,)
        Cells to be added to a population; negative: to be taken away. 0 where no overlap is seen.

    Notes
    -----
    Convention: `leaked` at each threshold of a population, among the cells of the parent that have
    its other signs (of many, an even 20,000); the sum over its thresholds. Where a finer population
    of the same parent, with more signs, sees more overlap at the same threshold, that counts. A
    union lacks what its parts do and their parents, in proportion; what is left beside others of
    the same parent lacks what they have too much.
    """
    rows = {parent: _even(members, parent) for parent in {node.parent for node in nodes}}
    seen = {
        (place, cut): _at_cut(node, values, cuts, members, cut, *rows[node.parent])
        for place, node in enumerate(nodes)
        for cut, _ in node.cuts
    }
    others = {(place, cut): set(nodes[place].cuts) - {(cut, True), (cut, False)}
              for place, cut in seen}  # fmt: skip
    result, n_cells = np.zeros(len(nodes)), members.sum(axis=1)
    for place, node in enumerate(nodes):
        for cut, above in node.cuts:
            finer = [
                seen[key]
                for key, signs in others.items()
                if key[1] == cut
                and nodes[key[0]].parent == node.parent
                and others[place, cut] <= signs
            ]
            result[place] += max(finer, key=abs) * (1 if above else -1)
        for part in node.union:
            result[place] += _up_to(part, node.parent, nodes, n_cells, result)
        for other in node.excluding:
            if nodes[other].parent == node.parent:
                result[place] -= result[other]
    return result


def _up_to(
    place: int,
    root: int,
    nodes: Sequence[NodeTests],
    n_cells: NDArray[np.int64],
    leaked: NDArray[np.float64],
) -> float:
    """Return the leak of a population with its share of those of the populations it lies in."""
    result, n_own = float(leaked[place]), int(n_cells[place])
    parent = nodes[place].parent
    while parent not in {root, -1}:
        result += float(leaked[parent]) * n_own / max(int(n_cells[parent]), 1)
        parent = nodes[parent].parent
    return result


def _even(members: NDArray[np.bool_], parent: int) -> tuple[NDArray[np.intp], int]:
    """Return cells of a population, at most as many as are looked at, and one in how many."""
    rows = np.arange(members.shape[1]) if parent < 0 else np.flatnonzero(members[parent])
    step = max(-(-len(rows) // _MOST_CELLS), 1)
    return rows[::step], step


def _at_cut(
    node: NodeTests,
    values: Sequence[NDArray[np.float32]],
    cuts: NDArray[np.float64],
    members: NDArray[np.bool_],
    cut: int,
    rows: NDArray[np.intp],
    step: int,
) -> float:
    """Return how many cells belong above one threshold of a population but lie below it, net."""
    if np.isnan(cuts[cut]):
        return 0.0
    is_in = np.ones(len(rows), bool)
    for other, above in node.cuts:
        if other != cut:
            is_in &= is_beyond(values[other][rows], cuts[other], above=above)
    for other in node.excluding:
        is_in &= ~members[other][rows]
    return step * leaked(values[cut][rows[is_in]], float(cuts[cut]))


def leaked(values: NDArray[np.float32], cut: float) -> float:
    """Return how many cells belong above a threshold but lie below it, less the other way round.

    Parameters
    ----------
    values : float32 array, shape (cells,)
    cut : float

    Returns
    -------
    leaked : float
        0 with fewer than 50 cells, and where there is no peak on one of the sides.

    Notes
    -----
    Convention: each group falls beyond the threshold as it falls on the far side of its peak, the
    far side being pressed or stretched to be as wide as the near one at 0.6 of the height of the
    peak; bin by bin going outwards, never rising, and never more than there are cells.
    """
    if len(values) < _LEAST_CELLS:
        return 0.0
    low, high = np.quantile(values, (_ENDS, 1 - _ENDS)).tolist()
    width = (high - low) / _N_BINS
    # The threshold is an edge of bins.
    below, above = (int(np.ceil(max(side, 0) / width)) if width > 0 else 0
                    for side in (cut - low, high - cut))  # fmt: skip
    if min(below, above) < 2:
        return 0.0
    places = np.floor((values - cut) / width).astype(np.int64) + below
    counts = np.bincount(np.clip(places, 0, below + above - 1), minlength=below + above)
    counts = counts.astype(float)
    smooth = ndimage.gaussian_filter1d(counts, _BLUR, mode="constant")
    lost, gained = _beyond(smooth[::-1], above), _beyond(smooth, below)
    return 0.0 if lost is None or gained is None else lost - gained


def _beyond(counts: NDArray[np.float64], edge: int) -> float | None:
    """Return how many cells of the group before an edge lie after it, None without a peak."""
    peak = int(np.argmax(counts[:edge]))
    if peak in {0, edge - 1}:
        return None
    is_low = counts < _HEIGHT * counts[peak]
    far = peak - int(np.flatnonzero(is_low[:peak])[-1]) if is_low[:peak].any() else peak + 1
    near = int(np.argmax(is_low[peak:edge])) or far
    stretch = far / near
    after = counts[edge:]
    places = peak - stretch * (edge - peak + np.arange(len(after)))
    mirrored = np.interp(places, np.arange(peak + 1), counts[: peak + 1], left=0.0)
    return float(np.minimum(np.minimum.accumulate(mirrored), after).sum())
