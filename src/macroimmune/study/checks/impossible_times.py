"""Times that cannot be: negative, after death, before entry, or without their event."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS
from macroimmune.study.checks.check import (
    Check,
    Tables,
    at_row,
    limited,
    outcome_pairs,
    rows_of,
    survival_rows,
)
from macroimmune.study.study import AnalysisSettings

__all__ = ["HALF_OUTCOMES", "IMPOSSIBLE_TIMES"]

# Months with one decimal are rounded by up to 1.5 days.
_ROUNDING_DAYS = 2.0


def _negative(tables: Tables) -> Iterator[Finding]:
    for endpoint, rows in survival_rows(tables):
        for row in rows.filter(pl.col(endpoint.time) < 0).iter_rows(named=True):
            yield at_row(
                row,
                severity="error",
                code="impossible-times",
                column=endpoint.time,
                found=f"{row[endpoint.time]:g} days",
                expected="a time at or after time zero",
                advice="Correct the dates, or leave the time and the event empty.",
            )


def _after_the_end(tables: Tables) -> Iterator[Finding]:
    for endpoint in (ENDPOINTS["pfs"], ENDPOINTS["rfs"]):
        rows = outcome_pairs(tables, endpoint.time, "os_time_days")
        later = rows.filter(pl.col(endpoint.time) > pl.col("os_time_days") + _ROUNDING_DAYS)
        for row in later.iter_rows(named=True):
            # After death nothing is seen; after the last contact it is a date not kept up.
            dead = row["os_event"] is True
            end = "death" if dead else "the last contact"
            yield at_row(
                row,
                severity="error" if dead else "warning",
                code="impossible-times",
                column=endpoint.time,
                found=f"{row[endpoint.time]:g} days, but {end} on day {row['os_time_days']:g}",
                expected=f"{endpoint.name} no longer than overall survival",
                advice="Correct the dates, or the units if the two times differ in unit."
                if dead
                else "Whoever is seen later is alive until then: update overall survival.",
            )


def _before_entry(tables: Tables) -> Iterator[Finding]:
    for endpoint, rows in survival_rows(tables):
        entered, time = pl.col("entry_days").fill_null(0.0), pl.col(endpoint.time)
        anyone_late = bool(rows.select(((entered > 0) & (entered < time)).any()).item())
        # A time of 0 can be used until others enter late: then nobody is at risk on day 0.
        early = rows.filter((entered >= time) & ((entered > 0) | anyone_late) & (time >= 0))
        for row in early.iter_rows(named=True):
            entry = row["entry_days"] or 0.0
            # Whoever progressed before entry is rightly not at risk; nobody enters after death.
            is_error = endpoint.id == "os" and entry > 0
            yield at_row(
                row,
                severity="error" if is_error else "warning",
                code="impossible-times",
                column=endpoint.time,
                found=f"{row[endpoint.time]:g} days, but observed from day {entry:g}",
                expected="a time after entry_days",
                advice="Correct entry_days, or remove the column if there is no left truncation."
                if is_error
                else "This participant is left out for this endpoint; correct entry_days if wrong.",
            )


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for findings in (_negative(tables), _after_the_end(tables), _before_entry(tables)):
        yield from limited(findings)


def _look_for_halves(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    outcomes = rows_of(tables, "outcomes")
    for endpoint in ENDPOINTS.values():
        if endpoint.kind != "survival" or outcomes[endpoint.event].is_null().all():
            continue
        half = outcomes.filter(pl.col(endpoint.time).is_null() != pl.col(endpoint.event).is_null())
        yield from limited(
            at_row(
                row,
                severity="warning",
                code="half-an-outcome",
                column=endpoint.event if row[endpoint.event] is None else endpoint.time,
                found="a time without its event"
                if row[endpoint.event] is None
                else "an event without its time",
                expected="both or neither",
                advice="This participant is left out for this endpoint; supply what is missing.",
            )
            for row in half.iter_rows(named=True)
        )


IMPOSSIBLE_TIMES = Check(
    ("impossible-times",), "negative times, events after death, ends before entry", _look
)
HALF_OUTCOMES = Check(
    ("half-an-outcome",), "a time without its event or the reverse", _look_for_halves
)
