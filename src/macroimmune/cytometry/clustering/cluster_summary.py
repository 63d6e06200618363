"""What the cells of each cluster look like: counts that files add up to, whatever their number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.clustering.cell_map import CellMap, ClusteredEvents
from macroimmune.cytometry.clustering.training_sample import antigen_columns
from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile
from macroimmune.statistics.compiled import compiled

__all__ = ["BINS", "ClusterSummary", "PopulationShare", "add_summaries", "summarise_clusters"]

# Across the range of the training cells; a median is then off by less than its 256th part.
BINS = 256

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PopulationShare:
    """How many cells of each cluster belong to a gated population.

    Parameters
    ----------
    parent : str
        Population of which it is a part; empty at the top.
    n_cells : int array, shape (clusters,)
        Cells that belong to it.
    n_gated : int array, shape (clusters,)
        Cells of the files in which it could be gated.
    """

    parent: str
    n_cells: Whole
    n_gated: Whole


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSummary:
    """The live single cells of one or more files, by cluster.

    Parameters
    ----------
    n_cells, n_far : int array, shape (clusters,)
        Cells, and those that lie far from their node.
    n_unassigned : int
        Cells with a missing value.
    histograms : uint32 array, shape (clusters, antigens, bins)
        Of each described antigen over the range of the training cells; beyond it the end bins.
    n_positive, n_judged : int array, shape (clusters, antigens)
        Cells above the threshold of positivity, and cells of files that have one.
    populations : mapping from population id to PopulationShare
        Wider populations first.
    """

    n_cells: Whole
    n_far: Whole
    n_unassigned: int
    histograms: NDArray[np.uint32]
    n_positive: Whole
    n_judged: Whole
    populations: Mapping[str, PopulationShare]


def summarise_clusters(
    cell_map: CellMap,
    clustered: ClusteredEvents,
    events: Events,
    kinds: NDArray[np.uint8],
    *,
    gated: GatedFile | None = None,
    thresholds: FileThresholds | None = None,
) -> ClusterSummary:
    """Return the counts of one file.

    Parameters
    ----------
    cell_map : CellMap
    clustered : ClusteredEvents
        Of the file.
    events : Events
    kinds : uint8 array, shape (events,)
        `EventKind`; only live single cells count.
    gated : GatedFile or None
        Populations that clusters are compared with.
    thresholds : FileThresholds or None
        Of positivity: of each marker the one that holds in the widest population.

    Raises
    ------
    InputError
        If the file lacks an antigen by which clusters are described.
    """
    n_clusters = cell_map.n_clusters
    columns = antigen_columns(events, cell_map.described)
    clusters = np.where(kinds == EventKind.CELL, clustered.clusters, -1).astype(np.int16)
    place = np.where(clusters > 0, clusters - 1, n_clusters)

    def count(chosen: NDArray[np.bool_]) -> Whole:
        counted = np.bincount(place[chosen], minlength=n_clusters + 1)[:n_clusters]
        return counted.astype(np.int64)

    n_cells = count(np.ones(len(place), np.bool_))
    histograms = np.zeros((n_clusters, len(columns), BINS), np.uint32)
    cuts = _cuts(cell_map.described, thresholds)
    n_positive = np.zeros((n_clusters, len(columns)), np.int64)
    width = np.maximum(cell_map.high - cell_map.low, 1e-12) / BINS
    _fill(events.values, columns, clusters, cell_map.low, width, cuts, histograms, n_positive)
    return ClusterSummary(
        n_cells=n_cells,
        n_far=count(clustered.is_far),
        n_unassigned=int(np.count_nonzero(clusters == 0)),
        histograms=histograms,
        n_positive=n_positive,
        n_judged=n_cells[:, None] * np.isfinite(cuts),
        populations={}
        if gated is None
        else {
            node.population: PopulationShare(
                node.parent, count(gated.members[node.population]), n_cells
            )
            for node in gated.hierarchy.nodes
            if node.kind == "lineage" and node.population in gated.members
        },
    )


def add_summaries(summaries: Iterable[ClusterSummary]) -> ClusterSummary:
    """Return the counts of several files together; add them as they come to save memory.

    Parameters
    ----------
    summaries : iterable of ClusterSummary
        Of one map, at least one.
    """
    first, *others = summaries
    total = first
    for one in others:
        total = ClusterSummary(
            n_cells=total.n_cells + one.n_cells,
            n_far=total.n_far + one.n_far,
            n_unassigned=total.n_unassigned + one.n_unassigned,
            histograms=total.histograms + one.histograms,
            n_positive=total.n_positive + one.n_positive,
            n_judged=total.n_judged + one.n_judged,
            populations=_together(total.populations, one.populations),
        )
    return total


def _together(
    one: Mapping[str, PopulationShare], other: Mapping[str, PopulationShare]
) -> dict[str, PopulationShare]:
    found = dict(one)
    for name, share in other.items():
        known = found.get(name)
        found[name] = (
            share
            if known is None
            else PopulationShare(
                known.parent, known.n_cells + share.n_cells, known.n_gated + share.n_gated
            )
        )
    return found


def _cuts(antigens: tuple[str, ...], thresholds: FileThresholds | None) -> NDArray[np.float64]:
    """Return the threshold of positivity of each antigen, NaN where there is none."""
    cuts = dict.fromkeys(antigens, np.nan)
    # Thresholds stand parents first: the first of a marker holds in the widest population.
    for one in reversed(thresholds.thresholds if thresholds is not None else ()):
        if one.level == "positive" and one.antigen in cuts and np.isfinite(one.value):
            cuts[one.antigen] = one.value
    return np.array(list(cuts.values()))


@compiled
def _fill(
    values: NDArray[np.float32],
    columns: NDArray[np.int64],
    clusters: NDArray[np.int16],
    low: NDArray[np.float64],
    width: NDArray[np.float64],
    cuts: NDArray[np.float64],
    histograms: NDArray[np.uint32],
    n_positive: Whole,
) -> None:
    """Count the cells of each cluster in bins, and those above the cut."""
    last = histograms.shape[2] - 1
    for j in range(columns.size):
        for i in range(values.shape[0]):
            cluster, value = clusters[i] - 1, values[i, columns[j]]
            if cluster < 0 or not np.isfinite(value):
                continue
            place = min(max((value - low[j]) / width[j], 0.0), np.float64(last))
            histograms[cluster, j, int(place)] += np.uint32(1)
            if value > cuts[j]:
                n_positive[cluster, j] += 1
