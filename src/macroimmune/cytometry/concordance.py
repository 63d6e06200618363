"""Whether ways of gating agree: cell by cell within a file, and in percent over files."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics import method_agreement

__all__ = ["WayConcordance", "WayMembers", "way_concordance", "way_differences"]

_SAME_CELLS = 0.9
_ORDER = ("automatic", "clusters", "workspace", "labels")


@dataclass(frozen=True, slots=True, eq=False)
class WayMembers:
    """The populations of a file by one way of gating.

    Parameters
    ----------
    way : str
        automatic, workspace, labels or clusters.
    members : mapping from population to bool array, shape (events,)
        By id of the evidence; others are compared with nothing and left out by the caller.
    notes : mapping from population to str
        How to read those that are not simply one gate.
    """

    way: str
    members: Mapping[str, NDArray[np.bool_]]
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WayConcordance:
    """Cells of a population by two ways; the columns of the table `concordance`.

    Parameters
    ----------
    population, way, other_way : str
    n_cells, n_other, n_both : int or None
        By the one, by the other, by both; None where a way does not tell the population.
    precision, recall, f1 : float
        Of the one against the other; NaN where cells are lacking, and `status` says so.
    status : str
    """

    population: str
    way: str
    other_way: str
    n_cells: int | None
    n_other: int | None
    n_both: int | None
    precision: float
    recall: float
    f1: float
    status: str


def way_concordance(ways: Sequence[WayMembers]) -> tuple[WayConcordance, ...]:
    """Return how the ways of gating one file agree, pair by pair.

    Parameters
    ----------
    ways : sequence of WayMembers
        Of the same events.

    Returns
    -------
    rows : tuple of WayConcordance
        For each pair first the populations that both tell, then those that only one does.

    Raises
    ------
    InputError
        If two ways have another number of events, or bear one name.

    Notes
    -----
    Convention: automatic ways are judged against those of people: precision is the share of the
    automatic cells that people gave the population too, recall the share of people's cells that
    automatic gating found. F1 is the same whichever way is the first.

    Examples
    --------
    >>> told = {"nk": np.array([True, True, False])}, {"nk": np.array([True, False, False])}
    >>> rows = way_concordance([WayMembers("labels", told[1]), WayMembers("automatic", told[0])])
    >>> rows[0].way, rows[0].precision, rows[0].recall
    ('automatic', 0.5, 1.0)
    """
    names = [one.way for one in ways]
    if len(set(names)) != len(names):
        msg = f"ways {names}; expected each once"
        raise InputError(msg)
    sizes = {members.shape for one in ways for members in one.members.values()}
    if len(sizes) > 1:
        msg = f"ways of {sorted(size[0] for size in sizes)} events; expected those of one file"
        raise InputError(msg)
    ordered = sorted(ways, key=lambda one: _rank(one.way))
    return tuple(row for one, other in combinations(ordered, 2) for row in _pair(one, other))


def _rank(way: str) -> tuple[int, str]:
    return (_ORDER.index(way) if way in _ORDER else len(_ORDER), way)


def _pair(one: WayMembers, other: WayMembers) -> Iterator[WayConcordance]:
    for population in one.members:
        if population in other.members:
            yield _both(population, one, other)
    for population in one.members:
        if population not in other.members:
            n_cells = int(one.members[population].sum())
            yield _alone(population, one, other, n_cells, None, other.way)
    for population in other.members:
        if population not in one.members:
            n_other = int(other.members[population].sum())
            yield _alone(population, one, other, None, n_other, one.way)


def _both(population: str, one: WayMembers, other: WayMembers) -> WayConcordance:
    first, second = one.members[population], other.members[population]
    n_cells, n_other = int(first.sum()), int(second.sum())
    n_both = int((first & second).sum())
    notes = [
        f"{way.way}: {way.notes[population]}" for way in (one, other) if population in way.notes
    ]
    notes += [
        f"no cells by {way}" for way, n in ((one.way, n_cells), (other.way, n_other)) if n == 0
    ]
    return WayConcordance(
        population=population,
        way=one.way,
        other_way=other.way,
        n_cells=n_cells,
        n_other=n_other,
        n_both=n_both,
        precision=n_both / n_cells if n_cells else math.nan,
        recall=n_both / n_other if n_other else math.nan,
        f1=2 * n_both / (n_cells + n_other) if n_cells + n_other else math.nan,
        status="; ".join(notes),
    )


def _alone(
    population: str,
    one: WayMembers,
    other: WayMembers,
    n_cells: int | None,
    n_other: int | None,
    silent: str,
) -> WayConcordance:
    nan = math.nan
    status = f"not told by {silent}"
    return WayConcordance(
        population, one.way, other.way, n_cells, n_other, None, nan, nan, nan, status
    )


_PAIRED = ["raw_file", "panel", "population", "parent"]


def way_differences(frequencies: pl.DataFrame, concordance: pl.DataFrame) -> pl.DataFrame:
    """Return how far apart ways of gating are in percent, over the files of a study.

    Parameters
    ----------
    frequencies, concordance : DataFrame
        The tables of these names (`cell_frequencies`, `concordance`).

    Returns
    -------
    differences : DataFrame
        The columns of the table `way_differences`: one row per population, parent and pair of ways
        that give the share of the population in that parent. No numbers, and a status, where the
        two ways do not mean the same cells by the parent.

    Notes
    -----
    Convention: the one way less the other, in percentage points, automatic ways first. The unit is
    the participant: files of one are averaged; files without a participant (controls) stand for
    themselves. Two ways mean the same cells by a parent where F1 over all files is at least 0.9
    (assumed): below that a share would differ because the parent does.
    """
    agreed = _parents_agreed(concordance)
    shares = frequencies.filter(pl.col("percent").is_finite()).with_columns(
        unit=pl
        .when(pl.col("participant_id").fill_null("") == "")
        .then(pl.concat_str(pl.lit("file "), "raw_file"))
        .otherwise(pl.concat_str(pl.lit("participant "), "participant_id"))
    )
    ways = sorted(shares["way"].unique().to_list(), key=_rank)
    rows = [
        row
        for one, other in combinations(ways, 2)
        for row in _differences(shares, one, other, agreed)
    ]
    return pl.DataFrame(rows, schema=RESULT_TABLES["way_differences"].schema, orient="row")


def _parents_agreed(concordance: pl.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return F1 over all files by population and pair of ways."""
    both = concordance.filter(pl.col("n_both").is_not_null())
    summed = both.group_by("population", "way", "other_way").agg(
        pl.col("n_cells", "n_other", "n_both").sum()
    )
    return {
        (row["population"], row["way"], row["other_way"]): (
            2 * row["n_both"] / max(row["n_cells"] + row["n_other"], 1)
        )
        for row in summed.iter_rows(named=True)
    }


def _differences(
    shares: pl.DataFrame, one: str, other: str, agreed: Mapping[tuple[str, str, str], float]
) -> Iterator[tuple[object, ...]]:
    first = shares.filter(pl.col("way") == one).select(*_PAIRED, "unit", "percent")
    second = shares.filter(pl.col("way") == other).select(*_PAIRED, other="percent")
    both = first.join(second, on=_PAIRED, how="inner", maintain_order="left")
    groups = both.group_by("population", "parent", maintain_order=True)
    for (population, parent), rows in groups:
        units = rows.group_by("unit", maintain_order=True).agg(pl.col("percent", "other").mean())
        keys = (population, parent, one, other, rows["raw_file"].n_unique())
        f1 = agreed.get((str(parent), one, other), 1.0)
        if f1 < _SAME_CELLS:
            status = f"the two ways mean other cells by {parent} (F1 {f1:.2f})"
            yield (*keys, units.height, *[None] * 8, status)
            continue
        found = method_agreement(units["percent"].to_numpy(), units["other"].to_numpy())
        yield (
            *keys,
            found.n,
            found.mean_difference,
            found.ci_low,
            found.ci_high,
            found.limit_low,
            found.limit_high,
            found.correlation,
            found.correlation_ci_low,
            found.correlation_ci_high,
            found.status,
        )
