"""The tables of similar receptors: of each repertoire, and clusters of the cohort."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.repertoires.common_level import common_level
from macroimmune.repertoires.neighbours.cohort_clusters import cohort_clusters
from macroimmune.repertoires.neighbours.common_size import share_with_neighbour_at
from macroimmune.repertoires.neighbours.components import neighbour_components
from macroimmune.repertoires.neighbours.receptors import (
    Receptors,
    distinct_receptors,
    receptor_pairs,
)
from macroimmune.repertoires.repertoire import Repertoires
from macroimmune.results import RESULT_TABLES, conform, empty
from macroimmune.study import RepertoireSettings

__all__ = ["neighbour_tables"]

# Fewer receptors than this would set a common size at which nothing has a neighbour (assumed).
_LEAST_RECEPTORS = 100
# Assumed: nor does a repertoire of less than this share of the median of its kind set it.
_LEAST_OF_MEDIAN = 0.1
# Receptors of the cohort that are clustered, all repertoires together; memory stays below ~1 GB.
_MOST_IN_COHORT = 2_000_000
_KIND = ("compartment", "chain", "population", "counted")
_READS = "sequencing errors beside large clones look like neighbours where reads are counted"


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One row of `receptor_neighbours` before the common size is known."""

    row: dict[str, object]
    histogram: np.ndarray
    told: tuple[str, ...]

    @property
    def kind(self) -> tuple[object, ...]:
        return tuple(self.row[name] for name in _KIND)

    @property
    def n_receptors(self) -> int:
        return int(self.histogram.sum())


def neighbour_tables(
    repertoires: Repertoires,
    *,
    settings: RepertoireSettings,
    most_in_cohort: int = _MOST_IN_COHORT,
) -> dict[str, pl.DataFrame]:
    """Return which receptors have a neighbour, and the clusters of the cohort.

    Parameters
    ----------
    repertoires : Repertoires
        Read one at a time.
    settings : RepertoireSettings
        `neighbours` and `same_v_gene` say what a neighbour is.
    most_in_cohort : int
        Receptors of all repertoires of a chain that are clustered together. Where there are more,
        each repertoire gives its largest ones, as many as the others, and the status says so.

    Returns
    -------
    tables : dict from name to polars DataFrame
        `receptor_clusters` and `receptor_neighbours` of the results contract.

    Notes
    -----
    Convention: a receptor is a CDR3 of amino acids, with the V gene where asked; clonotypes that
    differ in nucleotides or J gene alone are one. The share with a neighbour grows with the number
    of receptors, so the expected share is given at the number that the smallest repertoire of the
    kind (compartment, chain, population, what is counted) has, of those with at least 100 and a
    tenth of the median. It evens out numbers of receptors, drawn without regard to clone size;
    deeper sequencing also brings rarer clones, and where these are less alike than large ones the
    share still follows depth. Neighbours arise by recombination alone, the more the likelier a
    receptor is to be made: a neighbour or a cluster is no evidence of antigen, nor of a common
    specificity.
    """
    measured: list[_Measured] = []
    owned: dict[str, list[pl.DataFrame]] = {}
    n_of_chain = dict(repertoires.listed["chain"].value_counts().iter_rows())
    for listed in repertoires.listed.iter_rows(named=True):
        clonotypes = repertoires.read(str(listed["repertoire_id"])).clonotypes
        receptors = distinct_receptors(clonotypes, same_v_gene=settings.same_v_gene)
        most = max(most_in_cohort // n_of_chain[listed["chain"]], 1)
        measured.append(_measured(listed, receptors, settings, most))
        owned.setdefault(str(listed["chain"]), []).append(
            receptors.frame.head(most).select(
                "v_gene", "junction_aa", participant_id=pl.lit(listed["participant_id"], pl.String)
            )
        )
    common = _common_sizes(measured)
    return {
        "receptor_clusters": _clusters(owned, settings),
        "receptor_neighbours": _frame(
            "receptor_neighbours", [_at_common_size(one, common) for one in measured]
        ),
    }


def _rule(settings: RepertoireSettings) -> str:
    return f"{settings.neighbours}, {'same' if settings.same_v_gene else 'any'} V gene"


def _frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    if not rows:
        return empty(table)
    return conform(table, pl.DataFrame(rows, schema=RESULT_TABLES[table].schema))


def _clusters(owned: dict[str, list[pl.DataFrame]], settings: RepertoireSettings) -> pl.DataFrame:
    """Return the clusters of each chain, numbered within it."""
    found = []
    for chain in sorted(owned):
        clusters = cohort_clusters(pl.concat(owned[chain]), within=settings.neighbours)
        found.append(
            conform(
                "receptor_clusters",
                clusters.with_columns(chain=pl.lit(chain), rule=pl.lit(_rule(settings))),
            )
        )
    return pl.concat(found) if found else empty("receptor_clusters")


def _measured(
    listed: dict[str, object], receptors: Receptors, settings: RepertoireSettings, most: int
) -> _Measured:
    """Return what is known of one repertoire alone."""
    frame = receptors.frame
    found = neighbour_components(frame.height, *receptor_pairs(frame, within=settings.neighbours))
    has, counts = found.degree > 0, frame["count"].to_numpy()
    n_with = int(has.sum())
    clusters = found.size[found.size > 1]
    names = RESULT_TABLES["receptor_neighbours"].schema
    row = {name: value for name, value in listed.items() if name in names and name != "status"}
    row |= {
        "rule": _rule(settings),
        "n_receptors": frame.height,
        "n_with_neighbour": n_with,
        "share_with_neighbour": n_with / frame.height if frame.height else None,
        "n_clusters": clusters.size,
        "largest_cluster": int(clusters.max(initial=0)),
        "share_of_counts": float(counts[has].sum() / counts.sum()) if frame.height else None,
    }
    histogram = np.bincount(found.degree, minlength=1)
    return _Measured(row, histogram, _told(listed, receptors, settings, most))


def _told(
    listed: dict[str, object], receptors: Receptors, settings: RepertoireSettings, most: int
) -> tuple[str, ...]:
    """Return what a reader must know of one repertoire."""
    told = []
    if receptors.n_without:
        gene = " or a V gene" if settings.same_v_gene else ""
        told.append(f"{receptors.n_without} clonotypes without a CDR3 in ASCII letters{gene}")
    if listed["counted"] == "reads":
        told.append(_READS)
    if receptors.frame.height > most:
        told.append(f"clusters of the cohort are of the {most} largest receptors")
    return tuple(told)


def _common_sizes(measured: list[_Measured]) -> dict[tuple[object, ...], int]:
    """Return the receptors of the smallest repertoire of each kind that has enough."""
    sizes: dict[tuple[object, ...], list[int]] = {}
    for one in measured:
        if one.n_receptors >= _LEAST_RECEPTORS:
            sizes.setdefault(one.kind, []).append(one.n_receptors)
    lowest = {
        kind: common_level(some, least_of_median=_LEAST_OF_MEDIAN) for kind, some in sizes.items()
    }
    return {kind: int(level) for kind, level in lowest.items() if level is not None}


def _at_common_size(one: _Measured, common: dict[tuple[object, ...], int]) -> dict[str, object]:
    """Return the row with its share at the common size of its kind."""
    told = list(one.told)
    share, size = None, common.get(one.kind)
    if one.n_receptors < _LEAST_RECEPTORS:
        told.insert(0, f"{one.n_receptors} receptors: fewer than {_LEAST_RECEPTORS}")
    elif size is not None and one.n_receptors < size:
        told.insert(0, f"{one.n_receptors} receptors: fewer than the {size} at which others stand")
    elif size is not None:
        share = share_with_neighbour_at(one.histogram, size)
    return one.row | {
        "share_at_common_size": share,
        "common_size": size,
        "status": "; ".join(told),
    }
