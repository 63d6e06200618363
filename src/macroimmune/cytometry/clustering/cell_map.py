"""A map of cells: nodes, the cluster of each, and how far a cell may lie from its node."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.clustering.training_sample import antigen_columns
from macroimmune.cytometry.events import Events
from macroimmune.errors import InputError
from macroimmune.statistics import (
    SelfOrganisingMap,
    group_nodes,
    group_stability,
    nearest_nodes,
    train_self_organising_map,
)

__all__ = ["CellMap", "ClusteredEvents", "train_clusters"]

_LARGEST_GRID = 10
# A node needs some cells to be worth one.
_CELLS_PER_NODE = 20
# Scaled median absolute deviations beyond the median distance of a node's cells.
_FAR = 4.0
_SCALED = 1.4826
_ENOUGH_FOR_A_REACH = 20


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredEvents:
    """The cluster of each event of a file.

    Parameters
    ----------
    file : str
    clusters : int16 array, shape (events,)
        From 1; 0 where a value is missing. Of every event: the caller leaves out those that are
        no cells.
    is_far : bool array, shape (events,)
        Whether the event lies further from its node than nearly all cells that the map was trained
        on: of a kind that they hardly held, two cells, or badly compensated. One or two percent of
        ordinary cells lie there too.
    """

    file: str
    clusters: NDArray[np.int16]
    is_far: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CellMap:
    """A trained map; small, so that it goes to every worker.

    Parameters
    ----------
    antigens : tuple of str
        By which cells are told apart, in the order of the columns of `nodes`.
    nodes : float32 array, shape (nodes, antigens)
        Transformed scale.
    clusters : int16 array, shape (nodes,)
        The cluster of each node: 1 is that with most training cells.
    reach : float32 array, shape (nodes,)
        Distance beyond which an event is far from the node.
    stability : float array, shape (clusters,)
        Of clusters 1, 2, ...: 0 to 1, see `group_stability`.
    described : tuple of str
        Antigens by which clusters are described; those of `antigens` and state markers.
    low, high : float array, shape (described,)
        Range of the training cells.
    n_training : int
        Cells that it was trained on.
    remarks : tuple of str
    """

    antigens: tuple[str, ...]
    nodes: NDArray[np.float32]
    clusters: NDArray[np.int16]
    reach: NDArray[np.float32]
    stability: NDArray[np.float64]
    described: tuple[str, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_training: int
    remarks: tuple[str, ...]

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.clusters.max())

    def assign(self, events: Events, *, threads: int = 1) -> ClusteredEvents:
        """Return the cluster of each event of a file.

        Parameters
        ----------
        events : Events
            On the scale of the training cells.
        threads : {1, 2}

        Raises
        ------
        InputError
            If the file lacks an antigen of the map.
        """
        columns = antigen_columns(events, self.antigens)
        node, distance = nearest_nodes(events.values, self.nodes, columns=columns, threads=threads)
        is_known = node >= 0
        place = np.where(is_known, node, 0)
        return ClusteredEvents(
            events.file,
            np.where(is_known, self.clusters[place], 0).astype(np.int16),
            is_known & (distance > self.reach[place]),
        )


def train_clusters(
    sample: NDArray[np.float32],
    antigens: Sequence[str],
    *,
    typing: Collection[str],
    n_clusters: int = 20,
    rng: np.random.Generator,
    threads: int = 1,
) -> CellMap:
    """Return a map of cells with its clusters.

    Parameters
    ----------
    sample : float32 array, shape (cells, antigens)
        Of all files, as `sample_for_training` draws them; transformed scale.
    antigens : sequence of str
        The columns.
    typing : collection of str
        Those that tell cells apart, usually `panel.lineage_antigens`: a stimulus moves the others,
        and cells must not change their cluster by it.
    n_clusters : int
        Fewer come where there are fewer kinds of nodes.
    rng : numpy Generator
        For the resamples of the stability; the map itself draws nothing.
    threads : {1, 2}

    Returns
    -------
    cell_map : CellMap

    Raises
    ------
    InputError
        If no marker that varies tells cells apart, or there are too few cells.

    Notes
    -----
    Convention: markers count on the transformed scale as they are. Standardised, a marker that
    only holds noise would count as much as one that parts lineages; agreement with the populations
    of virtual cells is then far lower (`benchmarks/self_organising_map.py`). The grid has 10 x 10
    nodes, fewer where there are not 20 cells per node.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cells = np.repeat(np.float32([[0, 5], [5, 0], [5, 5]]), [600, 300, 100], axis=0)
    >>> cells += rng.normal(0, 0.3, cells.shape).astype(np.float32)
    >>> found = train_clusters(cells, ["CD4", "CD8"], typing={"CD4", "CD8"}, n_clusters=3, rng=rng)
    >>> found.n_clusters, found.stability.round(2).tolist()
    (3, [1.0, 1.0, 1.0])
    """
    columns, remarks = _typing_columns(sample, antigens, typing)
    values = np.ascontiguousarray(sample[:, columns])
    side = min(_LARGEST_GRID, int(np.sqrt(len(values) / _CELLS_PER_NODE)))
    if side < 2:
        msg = (
            f"{len(values)} cells are too few for clusters, {4 * _CELLS_PER_NODE} are needed; "
            "were dead cells and debris all that the files held?"
        )
        raise InputError(msg)
    trained = train_self_organising_map(values, shape=(side, side), threads=threads)
    groups = group_nodes(trained, n_clusters)
    return CellMap(
        antigens=tuple(antigens[place] for place in columns),
        nodes=trained.nodes,
        clusters=(groups + 1).astype(np.int16),
        reach=_reach(trained),
        stability=group_stability(values, trained, groups, rng=rng),
        described=tuple(antigens),
        low=sample.min(axis=0).astype(float),
        high=sample.max(axis=0).astype(float),
        n_training=len(values),
        remarks=remarks,
    )


def _typing_columns(
    sample: NDArray[np.float32], antigens: Sequence[str], typing: Collection[str]
) -> tuple[list[int], tuple[str, ...]]:
    """Return the columns that tell cells apart, and which of them never vary.

    Raises
    ------
    InputError
        If names do not fit the columns, or nothing is left.
    """
    if sample.ndim != 2 or sample.shape[1] != len(antigens):
        msg = f"a name for each column of the sample: {sample.shape}, {len(antigens)} names"
        raise InputError(msg)
    if not len(sample):
        msg = "no cells to make clusters from; were dead cells and debris all that the files held?"
        raise InputError(msg)
    chosen = [place for place, name in enumerate(antigens) if name in typing]
    varies = [place for place in chosen if np.ptp(sample[:, place]) > 0]
    if not varies:
        msg = (
            "no lineage marker that varies: clusters need at least one; give roles to the channels "
            "in the table of panels"
        )
        raise InputError(msg)
    constant = [antigens[place] for place in chosen if place not in varies]
    remarks = (f"{', '.join(constant)}: the same in every cell, left out",) if constant else ()
    return varies, remarks


def _reach(trained: SelfOrganisingMap) -> NDArray[np.float32]:
    """Return the distance beyond which an event is far from each node.

    A node of few cells lies so close to them that other cells of their kind would seem far: no
    node reaches less far than nodes do in general.
    """
    usual = _typical_reach(trained.distances)
    reach = np.full(len(trained.counts), usual, np.float32)
    order = np.argsort(trained.index, kind="stable")
    ends = np.cumsum(trained.counts)
    for node in np.flatnonzero(trained.counts >= _ENOUGH_FOR_A_REACH).tolist():
        own = trained.distances[order[ends[node] - trained.counts[node] : ends[node]]]
        reach[node] = max(usual, _typical_reach(own))
    return reach


def _typical_reach(distances: NDArray[np.float32]) -> float:
    middle = np.median(distances)
    return float(middle + _FAR * _SCALED * np.median(np.abs(distances - middle)))
