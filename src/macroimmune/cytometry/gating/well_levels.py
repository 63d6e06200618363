"""What one well says of its populations and lineage markers: small, so that pairs fit in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile
from macroimmune.cytometry.gating.membership import is_beyond
from macroimmune.cytometry.gating.sign_tests import node_tests, separating, threshold_keys
from macroimmune.cytometry.gating.threshold_fits import column_of

__all__ = ["MarkerRanks", "WellLevels", "labelled_levels", "top_mean", "well_levels"]

_LEAST_CELLS = 40
# Of a labelled population, to say which markers tell it.
_LEAST_INSIDE = 10
# Ranks from the top, dense there: of rare cells too.
_RANKS = np.geomspace(1e-4, 1.0, 300)


@dataclass(frozen=True, slots=True, eq=False)
class MarkerRanks:
    """A lineage marker on the cells among which it tells a population.

    Parameters
    ----------
    n_cells : int
        Cells of the parent that have the other signs of the population.
    share : float
        Of them, those above the threshold.
    threshold : float
        NaN where the marker does not tell the population.
    ranked : float array, shape (2, ranks)
        Values by rank from the top, of even and of odd events.
    """

    n_cells: int
    share: float
    threshold: float
    ranked: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WellLevels:
    """Populations and lineage markers of one well.

    Parameters
    ----------
    file : str
    shares : mapping from population id to (int, int)
        Cells of the population and of its parent.
    ranks : mapping from (antigen, population id) to MarkerRanks
        Where there are at least 40 cells among which to look.
    """

    file: str
    shares: Mapping[str, tuple[int, int]]
    ranks: Mapping[tuple[str, str], MarkerRanks]


def well_levels(
    events: Events, kinds: NDArray[np.uint8], gated: GatedFile, thresholds: FileThresholds
) -> WellLevels:
    """Return what a gated well says of its populations and lineage markers.

    Parameters
    ----------
    events : Events
    kinds : uint8 array, shape (events,)
        `EventKind`.
    gated : GatedFile
        Of these events.
    thresholds : FileThresholds
        With which they were gated.

    Notes
    -----
    Convention: a marker is looked at in the populations that have it among their own signs as
    positive or high, on the cells of the parent that have the other signs.
    """
    by_key = {(one.antigen, one.within, one.level): one for one in thresholds.thresholds}
    keys = threshold_keys(gated.hierarchy)
    given = [by_key[key] for key in keys]
    is_cell = kinds == EventKind.CELL
    ranks = {}
    for node, tests in zip(gated.hierarchy.nodes, node_tests(gated.hierarchy), strict=True):
        cuts = separating(tests, given).cuts
        for cut in (place for place, above in cuts if above):
            antigen = keys[cut][0]
            eligible = is_cell if not node.parent else gated.members[node.parent]
            for other, above in cuts:
                if keys[other][0] != antigen:
                    column = events.values[:, column_of(events, keys[other][0])]
                    eligible = eligible & is_beyond(column, given[other].value, above=above)
            values = events.values[eligible, column_of(events, antigen)].astype(np.float64)
            values = values[np.isfinite(values)]
            if len(values) >= _LEAST_CELLS and np.isfinite(given[cut].value):
                ranks[antigen, node.population] = _ranks(values, given[cut].value)
    shares = {one.population: (one.n_cells, one.n_parent) for one in gated.counts}
    return WellLevels(events.file, shares, ranks)


def labelled_levels(
    events: Events, is_cell: NDArray[np.bool_], members: Mapping[str, NDArray[np.bool_]]
) -> WellLevels:
    """Return what a well says of populations that people told, and of the lineage markers on them.

    Parameters
    ----------
    events : Events
    is_cell : bool array, shape (events,)
        Live single cells.
    members : mapping from population to bool array, shape (events,)

    Notes
    -----
    Convention: shares are those of all live single cells. People's gates and labels do not say by
    which markers they were told: a marker counts where its mean on the population is by more than
    one standard deviation of all cells above that on the others, and its threshold stands half way
    between the two. Levels are those of all live single cells, because cells that lost the marker
    may have lost the label.
    """
    ranks = {}
    for antigen in sorted(events.panel.lineage_antigens):
        column = events.values[:, column_of(events, antigen)]
        known = is_cell & np.isfinite(column)
        values = column[known].astype(np.float64)
        if len(values) < _LEAST_CELLS:
            continue
        of_all = _ranks(values, float("nan"))
        for name, mask in members.items():
            cut = _half_way(column[mask & known], column[known & ~mask], float(values.std()))
            share = float(np.mean(values > cut))
            ranks[antigen, name] = replace(of_all, threshold=cut, share=share)
    n_cells = int(is_cell.sum())
    shares = {name: (int((mask & is_cell).sum()), n_cells) for name, mask in members.items()}
    return WellLevels(events.file, shares, ranks)


def _half_way(inside: NDArray[np.float32], outside: NDArray[np.float32], spread: float) -> float:
    """Return the middle between both means, NaN where they lie too near each other."""
    if min(inside.size, outside.size) < _LEAST_INSIDE:
        return float("nan")
    means = inside.mean(dtype=np.float64), outside.mean(dtype=np.float64)
    return float(sum(means) / 2) if means[0] - means[1] > spread else float("nan")


def _ranks(values: NDArray[np.float64], cut: float) -> MarkerRanks:
    ranked = np.stack([np.quantile(half, 1 - _RANKS) for half in (values[::2], values[1::2])])
    return MarkerRanks(len(values), float(np.mean(values > cut)), cut, ranked)


def top_mean(ranks: MarkerRanks, share: float) -> tuple[float, float]:
    """Return the mean of the marker on the share of cells that have most of it, and its variance.

    Parameters
    ----------
    ranks : MarkerRanks
    share : float
        Of the cells, from 0 to 1.

    Returns
    -------
    mean, variance : float
        The variance is that of the mean, from the spread of the cells or from the difference of
        both halves, whichever is larger; zero where all these cells have the same value.
    """
    grid = share * (np.arange(200) + 0.5) / 200
    tops = np.stack([np.interp(grid, _RANKS, half) for half in ranks.ranked])
    if tops.min() == tops.max():
        # Means of the same value differ by rounding, which is no error.
        return float(tops.max()), 0.0
    halves = tops.mean(axis=1)
    by_spread = float(tops.var()) / max(ranks.n_cells * share, 1.0)
    # Each half has twice the variance of the mean of all, their difference four times.
    return float(halves.mean()), max(by_spread, float(np.diff(halves)[0]) ** 2 / 4)
