"""Clusters in words: the population that each resembles, and the markers that set it apart."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.cytometry.clustering.cell_map import CellMap
from macroimmune.cytometry.clustering.cluster_summary import (
    BINS,
    ClusterSummary,
    PopulationShare,
)
from macroimmune.evidence import find_population
from macroimmune.results import conform, empty

__all__ = ["ClusterDescription", "clusters_frame", "describe_clusters"]

Floats = NDArray[np.float64]

# So many cells must belong to a population for a cluster to bear its name.
_MOST = 0.75
_HALF = 0.5
# Of its cells above the threshold: a marker is +, or -; between them it is neither.
_POSITIVE, _NEGATIVE = 70.0, 30.0
# A marker sets a cluster apart if its median differs by so many spreads and so much of the range.
_SPREADS, _RANGE = 1.5, 0.1
_MOST_MARKERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class ClusterDescription:
    """One cluster.

    Parameters
    ----------
    cluster : int
        From 1.
    name : str
        Such as `CD8 T cells (91 %): CCR7- CD45RA+`; no two clusters of a map share one.
    population : str
        Id of the narrowest gated population that holds three quarters of its cells, else of the
        one that holds most and at least half; empty where there is none, or no gates.
    population_percent : float
        Share of its cells in that population, NaN where there is none.
    n_cells : int
    far_percent : float
        Of its cells, those that lie far from their node; NaN without cells.
    stability : float
        See `group_stability`.
    antigens : tuple of str
    medians, positive_percent : float array, shape (antigens,)
        Of its cells, transformed scale; and above the threshold of positivity. NaN where there is
        no cell, or no threshold.
    """

    cluster: int
    name: str
    population: str
    population_percent: float
    n_cells: int
    far_percent: float
    stability: float
    antigens: tuple[str, ...]
    medians: Floats
    positive_percent: Floats


def describe_clusters(cell_map: CellMap, summary: ClusterSummary) -> tuple[ClusterDescription, ...]:
    """Return each cluster with its name, in order.

    Parameters
    ----------
    cell_map : CellMap
    summary : ClusterSummary
        Of all files.

    Returns
    -------
    descriptions : tuple of ClusterDescription

    Notes
    -----
    Convention: a name holds up to four lineage markers that set the cluster apart from the other
    clusters of its population, those that differ most first: medians at least 1.5 spreads (half
    the distance from the 16th to the 84th percentile, the larger of both) and a tenth of the
    marker's range apart. Alone in its population it is compared with the next wider one. A marker
    is + where 70 % of the cells are above the threshold and - where at most 30 % are; between
    them, or without a threshold, it is hi or lo against the other clusters.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        positive = 100.0 * np.where(
            summary.n_judged > 0, summary.n_positive / summary.n_judged, np.nan
        )
        far = 100.0 * np.where(summary.n_cells > 0, summary.n_far / summary.n_cells, np.nan)
    shares = _shares(summary.populations)
    look = _Look(cell_map, summary, positive)
    resembled = [_resembled(summary.populations, shares, k) for k in range(cell_map.n_clusters)]
    names = _told_apart([
        _name(look, summary.populations, shares, k, population)
        for k, population in enumerate(resembled)
    ])
    return tuple(
        ClusterDescription(
            cluster=k + 1,
            name=names[k],
            population=population,
            population_percent=100.0 * float(shares[population][k]) if population else np.nan,
            n_cells=int(summary.n_cells[k]),
            far_percent=float(far[k]),
            stability=float(cell_map.stability[k]),
            antigens=cell_map.described,
            medians=look.quantiles(np.array([k]), 0.5),
            positive_percent=positive[k],
        )
        for k, population in enumerate(resembled)
    )


def clusters_frame(panel: str, descriptions: Sequence[ClusterDescription]) -> pl.DataFrame:
    """Return the table `clusters` of one panel: a row per cluster and marker."""
    if not descriptions:
        return empty("clusters")
    rows = [
        {
            "panel": panel,
            "cluster": str(one.cluster),
            "name": one.name,
            "population": one.population,
            "population_percent": one.population_percent,
            "stability": one.stability,
            "antigen": antigen,
            "median": float(one.medians[place]),
            "positive_percent": float(one.positive_percent[place]),
            "n_cells": one.n_cells,
            "far_percent": one.far_percent,
        }
        for one in descriptions
        for place, antigen in enumerate(one.antigens)
    ]
    return conform("clusters", pl.DataFrame(rows, infer_schema_length=None))


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Medians and spreads of clusters, from their histograms."""

    cell_map: CellMap
    summary: ClusterSummary
    positive: Floats

    def quantiles(self, clusters: NDArray[np.intp], share: float) -> Floats:
        """Return a quantile of the cells of some clusters, of each described antigen."""
        counts = self.summary.histograms[clusters].sum(axis=0, dtype=float)
        below = np.cumsum(counts, axis=1)
        wanted = share * below[:, -1]
        place = np.minimum((below < wanted[:, None]).sum(axis=1), BINS - 1)
        row = np.arange(len(counts))
        inside = counts[row, place]
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (wanted - (below[row, place] - inside)) / inside
        width = (self.cell_map.high - self.cell_map.low) / BINS
        return np.asarray(self.cell_map.low + width * (place + part))

    def apart(self, cluster: int, others: NDArray[np.intp]) -> Floats:
        """Return how many spreads lie between a cluster and others, 0 where it is too little."""
        own = np.array([cluster])
        shift = self.quantiles(own, 0.5) - self.quantiles(others, 0.5)
        spread = np.maximum(self._spread(own), self._spread(others))
        full = self.cell_map.high - self.cell_map.low
        far = np.nan_to_num(shift / np.maximum(spread, 0.02 * np.maximum(full, 1e-12)))
        return np.where((np.abs(far) >= _SPREADS) & (np.abs(shift) >= _RANGE * full), far, 0.0)

    def _spread(self, clusters: NDArray[np.intp]) -> Floats:
        return 0.5 * (self.quantiles(clusters, 0.84) - self.quantiles(clusters, 0.16))

    def sign(self, cluster: int, place: int, far: float) -> str:
        """Return + or - by the threshold, hi or lo against the others where it does not say."""
        percent = self.positive[cluster, place]
        if percent >= _POSITIVE:
            return "+"
        if percent <= _NEGATIVE:
            return "-"
        return "hi" if far > 0 else "lo"


def _shares(populations: Mapping[str, PopulationShare]) -> dict[str, Floats]:
    """Return the share of each cluster's gated cells that belong to each population."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            name: np.nan_to_num(share.n_cells / share.n_gated)
            for name, share in populations.items()
        }


def _depth(populations: Mapping[str, PopulationShare], name: str) -> int:
    return len(list(_line(populations, name)))


def _line(populations: Mapping[str, PopulationShare], name: str) -> Iterator[str]:
    """Give a population and those that hold it, narrowest first."""
    while name in populations:
        yield name
        name = populations[name].parent


def _resembled(
    populations: Mapping[str, PopulationShare], shares: Mapping[str, Floats], cluster: int
) -> str:
    """Return the population that a cluster resembles, or nothing."""
    held = {name: float(share[cluster]) for name, share in shares.items()}
    most = [name for name, share in held.items() if share >= _MOST]
    if most:
        return max(most, key=lambda name: (_depth(populations, name), held[name]))
    best = max(held, key=held.__getitem__, default="")
    return best if best and held[best] >= _HALF else ""


def _name(
    look: _Look,
    populations: Mapping[str, PopulationShare],
    shares: Mapping[str, Floats],
    cluster: int,
    population: str,
) -> str:
    """Return the name of a cluster."""
    if not look.summary.n_cells[cluster]:
        return "no cells"
    signs = " ".join(_signs(look, populations, shares, cluster, population))
    if not population:
        return signs or "like the other cells"
    known = find_population(population)
    words = known.name if known else population
    title = f"{words[:1].upper()}{words[1:]} ({100.0 * shares[population][cluster]:.0f} %)"
    return f"{title}: {signs}" if signs else title


def _signs(
    look: _Look,
    populations: Mapping[str, PopulationShare],
    shares: Mapping[str, Floats],
    cluster: int,
    population: str,
) -> Iterator[str]:
    """Give the markers that set a cluster apart from others of the same population."""
    everyone = [np.flatnonzero(look.summary.n_cells > 0)]
    groups = [np.flatnonzero(shares[name] >= _HALF) for name in _line(populations, population)]
    for group in [*groups, *everyone]:
        others = group[(group != cluster) & (look.summary.n_cells[group] > 0)]
        if not others.size:
            continue
        far = look.apart(cluster, others)
        typing = [k for k, name in enumerate(look.cell_map.described) if _types(look, name)]
        order = sorted((k for k in typing if far[k]), key=lambda k: (-abs(far[k]), k))
        if order:
            for place in order[:_MOST_MARKERS]:
                yield look.cell_map.described[place] + look.sign(cluster, place, far[place])
            return


def _types(look: _Look, antigen: str) -> bool:
    return antigen in look.cell_map.antigens


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return the names; those that occur twice are numbered by their cluster."""
    times = Counter(names)
    return [
        name if times[name] == 1 else f"{name}, cluster {place}"
        for place, name in enumerate(names, start=1)
    ]
