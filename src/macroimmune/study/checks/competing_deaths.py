"""Endpoints that stop counting at death: 1 - KM would then count the dead as still at risk."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS
from macroimmune.study.checks.check import Check, Tables, at_row, limited, outcome_pairs
from macroimmune.study.event_kinds import SAME_DAY
from macroimmune.study.study import AnalysisSettings

__all__ = ["COMPETING_DEATHS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for endpoint in (ENDPOINTS["pfs"], ENDPOINTS["rfs"]):
        rows = outcome_pairs(tables, endpoint.time, endpoint.event, "os_time_days", "os_event")
        same_day = (pl.col(endpoint.time) - pl.col("os_time_days")).abs() <= SAME_DAY
        deaths = rows.filter(pl.col("os_event") & ~pl.col(endpoint.event) & same_day)
        yield from limited(
            at_row(
                row,
                severity="warning",
                code="censored-at-death",
                column=endpoint.event,
                found=f"censored on day {row[endpoint.time]:g}, the day of death",
                expected=f"{endpoint.name} to count death as an event",
                advice="Set the event to true; if only progression counts, death competes with "
                "it, and 1 - Kaplan-Meier would be too high: say which came first in "
                f"{endpoint.id}_event_kind.",
            )
            for row in deaths.iter_rows(named=True)
        )


COMPETING_DEATHS = Check(("censored-at-death",), "an endpoint censored at the death", _look)
