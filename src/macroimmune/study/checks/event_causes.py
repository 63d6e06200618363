"""Causes and kinds of events that are missing, stand without an event, or contradict survival."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS, Causes, Endpoint
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.event_kinds import SAME_DAY
from macroimmune.study.study import AnalysisSettings

__all__ = ["CAUSES_AGAINST_OS", "UNKNOWN_CAUSES"]


def _with_causes(tables: Tables) -> Iterator[tuple[Endpoint, Causes, pl.DataFrame]]:
    """Yield each endpoint of which at least one cause is given, with all outcomes."""
    outcomes = rows_of(tables, "outcomes")
    for endpoint in ENDPOINTS.values():
        if endpoint.causes is not None and outcomes[endpoint.causes.column].is_not_null().any():
            yield endpoint, endpoint.causes, outcomes


def _look_for_unknown(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for endpoint, causes, outcomes in _with_causes(tables):
        events = outcomes.filter(pl.col(endpoint.event))
        cause = events[causes.column].fill_null(causes.unknown)
        unknown = int((cause == causes.unknown).sum())
        if unknown:
            yield Finding(
                "warning",
                "cause-unknown",
                outcomes["source_file"][0] or "",
                None,
                causes.column,
                f"{unknown} of {events.height} events of {endpoint.name} without a known cause",
                "a cause of each event",
                f"They count as {causes.competing}, never as censored, so that the incidence of "
                f"{causes.interest} is at least what is reported. Supply them if the source knows.",
            )


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for endpoint, causes, outcomes in _with_causes(tables):
        given = outcomes.filter(
            pl.col(causes.column).is_not_null(), ~pl.col(endpoint.event).fill_null(value=False)
        )
        yield from limited(
            at_row(
                row,
                severity="warning",
                code="cause-without-event",
                column=causes.column,
                found=f"{row[causes.column]}, but {endpoint.event} is "
                + ("missing" if row[endpoint.event] is None else "false"),
                expected="a cause only where the event was seen",
                advice="The cause is not used. Set the event to true, or leave the cause empty.",
            )
            for row in given.iter_rows(named=True)
        )
        if endpoint.id != "os":
            yield from limited(_deaths_against_os(endpoint, causes, outcomes))


def _deaths_against_os(
    endpoint: Endpoint, causes: Causes, outcomes: pl.DataFrame
) -> Iterator[Finding]:
    deaths = outcomes.filter(pl.col(endpoint.event), pl.col(causes.column) == "death")
    for row in deaths.iter_rows(named=True):
        died, day, last = row["os_event"], row[endpoint.time], row["os_time_days"]
        if died is None or day is None or last is None:
            continue
        if died and abs(day - last) <= SAME_DAY:
            continue
        yield at_row(
            row,
            severity="warning",
            code="cause-against-os",
            column=causes.column,
            found=f"death on day {day:g}, but overall survival says "
            + (f"death on day {last:g}" if died else f"alive on day {last:g}"),
            expected="the same death in both endpoints",
            advice=f"Correct the dates, or write {causes.of_interest} if that came first.",
        )


UNKNOWN_CAUSES = Check(("cause-unknown",), "events without a known cause", _look_for_unknown)
CAUSES_AGAINST_OS = Check(
    ("cause-without-event", "cause-against-os"),
    "a cause without its event, or a death that overall survival does not know",
    _look,
)
