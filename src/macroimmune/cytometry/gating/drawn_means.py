"""Means of markers in populations whose thresholds are drawn from their uncertainty."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile
from macroimmune.cytometry.gating.membership import belonging
from macroimmune.cytometry.gating.sign_tests import (
    NodeTests,
    node_tests,
    separating,
    threshold_keys,
)
from macroimmune.cytometry.gating.threshold_fits import column_of

__all__ = ["drawn_means"]

Numbers = NDArray[np.float64]


def drawn_means(
    events: Events,
    kinds: NDArray[np.uint8],
    gated: GatedFile,
    thresholds: FileThresholds,
    markers: Sequence[NDArray[np.float32]],
    populations: Collection[str],
    *,
    draws: int,
    rng: np.random.Generator,
) -> Mapping[str, Numbers]:
    """Return the mean of each marker in each population, the thresholds drawn anew each time.

    Parameters
    ----------
    events : Events
    kinds : uint8 array, shape (events,)
        `EventKind`.
    gated : GatedFile
        Of these events.
    thresholds : FileThresholds
        With which they were gated.
    markers : sequence of float32 array, shape (events,)
        NaN is left out.
    populations : collection of str
        Those that were not gated have none.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    means : mapping from population to float array, shape (draws, markers)
        NaN where a draw leaves no cell.

    Notes
    -----
    Convention: every threshold is drawn from a normal distribution of its value and standard error,
    by itself, one set of thresholds for all populations. Only cells between the lowest and the
    highest draw of a threshold are gated again; the means are as exact as if all were.
    """
    keys = threshold_keys(gated.hierarchy)
    by_key = {(one.antigen, one.within, one.level): one for one in thresholds.thresholds}
    given = [by_key[key] for key in keys]
    nodes = [separating(one, given) for one in node_tests(gated.hierarchy)]
    errors = np.nan_to_num(np.array([one.standard_error for one in given], float))
    # All are drawn, so that the draws do not depend on which populations are asked for.
    cuts = gated.cuts + errors * rng.standard_normal((draws, len(keys)))
    names = gated.hierarchy.names
    wanted = [names.index(name) for name in populations if name in names]
    needed = _needed(nodes, wanted)
    used = sorted({cut for place in needed for cut, _ in nodes[place].cuts})
    cells = np.flatnonzero(kinds == EventKind.CELL)
    columns = {keys[cut][0]: column_of(events, keys[cut][0]) for cut in used}
    values = {name: events.values[:, column][cells] for name, column in columns.items()}
    reached = np.vstack([gated.cuts, cuts])[:, used]
    rows = _between([values[keys[cut][0]] for cut in used], reached)
    few = cells[rows]
    # Thresholds of other populations are not looked at.
    tested = [values[keys[cut][0]][rows] if cut in used else _NOTHING for cut in range(len(keys))]
    base = {place: _sums(markers, np.flatnonzero(gated.members[names[place]])) for place in wanted}
    before = np.array([gated.members[name][few] for name in names]).reshape(len(names), -1)
    totals = {place: np.empty((2, draws, len(markers))) for place in wanted}
    now = np.zeros_like(before)
    for draw, moved in enumerate(cuts):
        for place in needed:
            now[place] = belonging(nodes[place], tested, moved, now)
        for place in wanted:
            gained = _sums(markers, few[now[place] & ~before[place]])
            lost = _sums(markers, few[before[place] & ~now[place]])
            totals[place][:, draw] = base[place] + gained - lost
    return {names[place]: _mean(*total) for place, total in totals.items()}


_NOTHING = np.empty(0, np.float32)


def _needed(nodes: Sequence[NodeTests], wanted: Sequence[int]) -> list[int]:
    """Return the places of populations and of all that they are told by, parents first."""
    found: set[int] = set()
    left = list(wanted)
    while left:
        place = left.pop()
        if place not in found:
            found.add(place)
            one = nodes[place]
            left += [*one.excluding, *one.union, *([one.parent] if one.parent >= 0 else [])]
    return sorted(found)


def _between(values: Sequence[NDArray[np.float32]], cuts: Numbers) -> NDArray[np.intp]:
    """Return the cells that lie between the lowest and the highest place of any threshold."""
    is_between = np.zeros(values[0].size if values else 0, bool)
    for column, places in zip(values, cuts.T, strict=True):
        low, high = np.float32(places.min()), np.float32(places.max())
        is_between |= (column > low) & (column <= high)
    return np.flatnonzero(is_between)


def _sums(markers: Sequence[NDArray[np.float32]], rows: NDArray[np.intp]) -> Numbers:
    """Return the sum of each marker and the number of its values, shape (2, markers)."""
    found = np.zeros((2, len(markers)))
    for place, column in enumerate(markers):
        known = column[rows]
        known = known[np.isfinite(known)]
        found[:, place] = known.sum(dtype=np.float64), known.size
    return found


def _mean(sums: Numbers, counts: Numbers) -> Numbers:
    is_there = counts > 0
    return np.where(is_there, sums / np.where(is_there, counts, 1.0), np.nan)
