"""Outcomes without a participant, and participants without an outcome."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["WHO_HAS_OUTCOMES"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    people, outcomes = rows_of(tables, "participants"), rows_of(tables, "outcomes")
    strangers = outcomes.join(people, on="participant_id", how="anti", maintain_order="left")
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="outcome-without-participant",
            column="participant_id",
            found=f"an outcome of {row['participant_id']!r}, who is not among the participants",
            expected="the same ids in both tables",
            advice="It is left out; are the ids spelled the same (leading zeros, prefix)?",
        )
        for row in strangers.iter_rows(named=True)
    )
    known = pl.any_horizontal(pl.col(e.event).is_not_null() for e in ENDPOINTS.values())
    patients = people.filter(pl.col("group").fill_null("patient") != "healthy")
    without = patients.join(outcomes.filter(known), on="participant_id", how="anti")
    if not without.is_empty():
        yield Finding(
            "note" if without.height < patients.height else "warning",
            "participant-without-outcome",
            patients["source_file"][0] or "",
            None,
            "participant_id",
            f"{without.height} of {patients.height} participants have no outcome, such as "
            f"{without['participant_id'].sort()[0]!r}",
            "an outcome for each participant",
            "They are described but take no part in association or prediction.",
        )


WHO_HAS_OUTCOMES = Check(
    ("outcome-without-participant", "participant-without-outcome"),
    "outcomes and participants that do not match",
    _look,
)
