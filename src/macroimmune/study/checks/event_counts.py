"""Endpoints in which everyone, nobody or hardly anyone has the event."""

from collections.abc import Iterator

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS
from macroimmune.study.checks.check import Check, Tables, rows_of, survival_rows
from macroimmune.study.study import AnalysisSettings

__all__ = ["FEW_EVENTS", "NO_CENSORING"]

_FEWEST = 10


def _look_for_censoring(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for endpoint, all_rows in survival_rows(tables):
        for rows in all_rows.partition_by("source_file"):
            if rows.height >= _FEWEST and rows[endpoint.event].all():
                yield Finding(
                    "warning",
                    "no-censoring",
                    rows["source_file"][0] or "",
                    None,
                    endpoint.event,
                    f"the event in all {rows.height} participants, nobody censored",
                    "some participants whose observation ended before the event",
                    "Were only those with the event exported, or is the flag a placeholder? "
                    "If follow-up is complete, nothing needs to be done.",
                )


def _look_for_few(tables: Tables, analysis: AnalysisSettings) -> Iterator[Finding]:
    outcomes = rows_of(tables, "outcomes")
    for endpoint in ENDPOINTS.values():
        if analysis.endpoints and endpoint.id not in analysis.endpoints:
            continue
        flags = outcomes[endpoint.event].drop_nulls()
        n, events = flags.len(), int(flags.sum())
        fewer = events if endpoint.kind == "survival" else min(events, n - events)
        if n and fewer < _FEWEST:
            kind = "participants with the event"
            if endpoint.kind == "binary":
                kind = "participants in the smaller group"
            yield Finding(
                "note" if fewer else "warning",
                "few-events",
                outcomes["source_file"][0] or "",
                None,
                endpoint.event,
                f"{fewer} {kind} of {n} ({endpoint.name})",
                f"at least {_FEWEST}",
                "Intervals will be wide and large-sample p-values rough; read them so."
                if fewer
                else "Nothing can be estimated for this endpoint; check the codes of the event.",
            )


NO_CENSORING = Check(("no-censoring",), "an endpoint with events only", _look_for_censoring)
FEW_EVENTS = Check(("few-events",), "an endpoint with fewer than ten events", _look_for_few)
