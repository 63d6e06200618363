"""What a check is, and how it looks at the tables and words its findings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS, TABLES, Endpoint
from macroimmune.study.study import AnalysisSettings

__all__ = [
    "ROWS_LISTED",
    "Check",
    "Tables",
    "at_row",
    "blood_by_sample",
    "limited",
    "outcome_pairs",
    "rows_of",
    "survival_rows",
]

Tables = Mapping[str, pl.DataFrame]
ROWS_LISTED = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One idea of what can be wrong in a study.

    Parameters
    ----------
    codes : tuple of str
        The codes of the findings it can make.
    meaning : str
        What it looks for, in one phrase for people.
    look : function
        Takes the tables of a study and its analysis settings; yields findings, none where all
        is well or the columns that it needs are absent.
    """

    codes: tuple[str, ...]
    meaning: str
    look: Callable[[Tables, AnalysisSettings], Iterable[Finding]]


def rows_of(tables: Tables, name: str) -> pl.DataFrame:
    """Return a declared table with all its declared columns, without rows where it is absent."""
    empty = pl.DataFrame(schema=TABLES[name].schema)
    found = tables.get(name)
    return empty if found is None else pl.concat([empty, found], how="diagonal_relaxed")


def survival_rows(tables: Tables) -> Iterator[tuple[Endpoint, pl.DataFrame]]:
    """Yield each survival endpoint with the outcome rows that hold both its time and its event."""
    outcomes = rows_of(tables, "outcomes")
    for endpoint in ENDPOINTS.values():
        if endpoint.kind == "survival":
            known = pl.col(endpoint.time).is_not_null() & pl.col(endpoint.event).is_not_null()
            rows = outcomes.filter(known)
            if not rows.is_empty():
                yield endpoint, rows


def outcome_pairs(tables: Tables, *columns: str) -> pl.DataFrame:
    """Return the outcome rows in which all of `columns` are known."""
    return rows_of(tables, "outcomes").drop_nulls(list(columns))


def blood_by_sample(tables: Tables) -> pl.DataFrame:
    """Return one row per blood sample with one column per analyte, and the place it came from.

    Convention: a sample without an id is known by participant and day; repeated values of one
    analyte are averaged.
    """
    counts = rows_of(tables, "blood_counts").drop_nulls("value")
    made_up = pl.format("{}@{}", "participant_id", pl.col("days_from_treatment_start").fill_null(0))
    counts = counts.with_columns(sample=pl.coalesce("sample_id", made_up))
    if counts.is_empty():
        return pl.DataFrame(schema={"sample": pl.String})
    place = counts.group_by("sample", maintain_order=True).agg(
        pl.col("participant_id", "source_file", "source_row").first()
    )
    wide = counts.pivot("analyte", index="sample", values="value", aggregate_function="mean")
    return place.join(wide, on="sample", maintain_order="left")


def at_row(row: Mapping[str, Any], **words: Any) -> Finding:
    """Return a finding about one row of a table, which names the user's file and row."""
    return Finding(file=row["source_file"] or "", row=row["source_row"], **words)


def limited(findings: Iterable[Finding], listed: int = ROWS_LISTED) -> Iterator[Finding]:
    """Yield at most `listed` findings of each code and column, then one that counts the rest."""
    seen: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        group = seen[finding.code, finding.column]
        group.append(finding)
        if len(group) <= listed:
            yield finding
    for group in seen.values():
        if len(group) > listed:
            found = f"{len(group)} rows in all; the first {listed} are listed"
            yield replace(group[0], row=None, found=found)
