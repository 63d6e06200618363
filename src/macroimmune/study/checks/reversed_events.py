"""Event flags that mean the opposite: 1 = censored.

Four signs, each of which a right flag hardly ever shows:

A. Progression-free survival ends in death by definition. People whose PFS is censored at the
   very end of their follow-up were alive; if most of them are flagged as dead, one of the two
   flags is reversed.
B. PFS that ends long before follow-up does has ended by progression. If most of those people lack
   the PFS event, the PFS flag is reversed.
C. Progressive disease as best response is a PFS event. If most of those people lack it, the PFS
   flag is reversed.
D. Observed events come earlier than censoring wherever entry is staggered and the study has one
   end. If the times with the event are clearly longer than those without, the flag is reversed.
   This is the weakest sign: it is asked for only where A to C are silent.

Checked against: 600 simulated studies of 30 to 400 patients (Weibull survival, frailty, scans every
60 days, staggered entry, up to 15 % lost a year; `tests/study/checks/test_reversed_events.py`).
Right flags were blamed in none of them; reversed ones were found in 99 % (PFS), 95 % (OS beside
PFS) and 92 % (OS alone).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, outcome_pairs, survival_rows
from macroimmune.study.study import AnalysisSettings

__all__ = ["REVERSED_EVENTS"]

_FEWEST = 5
_SUPERIORITY = 0.65
_P_VALUE = 1e-3
_DAYS_OF_GRACE = 7.0
_LONG_BEFORE_THE_END = 90.0
_MOST = 0.6


def _larger_with_event(
    values: NDArray[np.float64], event: NDArray[np.bool_]
) -> tuple[float, float] | None:
    """Return P(value with event > value without) and its p-value, None with too few of either."""
    if min(event.sum(), (~event).sum()) < _FEWEST:
        return None
    test = mannwhitneyu(values[event], values[~event], alternative="greater", method="asymptotic")
    return float(test.statistic / (event.sum() * (~event).sum())), float(test.pvalue)


def _dead_at_censoring(tables: Tables) -> str:
    """Sign A, in words; empty where it is absent."""
    both = outcome_pairs(tables, "os_time_days", "os_event", "pfs_time_days", "pfs_event")
    at_end = pl.col("pfs_time_days") >= pl.col("os_time_days") - _DAYS_OF_GRACE
    alive = both.filter(~pl.col("pfs_event") & at_end)
    dead = int(alive["os_event"].sum())
    if alive.height >= _FEWEST and dead > alive.height / 2:
        return (
            f"{dead} of {alive.height} participants without a PFS event up to the end of their "
            "follow-up are flagged as dead"
        )
    return ""


def _ended_early_without_event(tables: Tables) -> str:
    """Sign B, in words; empty where it is absent."""
    both = outcome_pairs(tables, "os_time_days", "pfs_time_days", "pfs_event")
    gap = pl.col("os_time_days") - pl.col("pfs_time_days")
    early = both.filter(gap > _LONG_BEFORE_THE_END)
    without = int((~early["pfs_event"]).sum())
    if early.height >= 2 * _FEWEST and without > _MOST * early.height:
        return (
            f"{without} of {early.height} participants whose PFS ends more than "
            f"{_LONG_BEFORE_THE_END:g} days before their follow-up have no PFS event"
        )
    return ""


def _progressive_without_event(tables: Tables) -> str:
    """Sign C, in words; empty where it is absent."""
    known = outcome_pairs(tables, "best_response", "pfs_event")
    progressive = known.filter(pl.col("best_response") == "PD")
    without = int((~progressive["pfs_event"]).sum())
    if progressive.height >= _FEWEST and without > progressive.height / 2:
        return (
            f"{without} of {progressive.height} participants with progressive disease as best "
            "response have no PFS event"
        )
    return ""


def _late_events(rows: pl.DataFrame, time: str, event: str) -> str:
    """Sign D, in words; empty where it is absent."""
    found = _larger_with_event(rows[time].to_numpy(), rows[event].to_numpy())
    if found is not None and found[0] > _SUPERIORITY and found[1] < _P_VALUE:
        return (
            "times with the event are longer than times without "
            f"(probability {found[0]:.2f}, p {found[1]:.1g})"
        )
    return ""


def _finding(file: str, column: str, found: str) -> Finding:
    return Finding(
        "warning",
        "reversed-events",
        file,
        None,
        column,
        found,
        "true = the event was seen, false = censored",
        "If 1 means censored here, exchange `true` and `false` of this column in study.toml.",
    )


def _signs(tables: Tables) -> dict[str, str]:
    """Return for each endpoint that A to C can judge what they found, empty where nothing."""
    signs: dict[str, str] = {}
    columns: tuple[Any, ...] = ("os_time_days", "pfs_time_days", "pfs_event")
    if not outcome_pairs(tables, *columns).is_empty():
        signs["pfs"] = _ended_early_without_event(tables)
        if not signs["pfs"]:
            signs["os"] = _dead_at_censoring(tables)
    progressive = _progressive_without_event(tables)
    if progressive:
        signs["pfs"] = "; ".join(filter(None, (signs.get("pfs", ""), progressive)))
    return signs


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    signs = _signs(tables)
    for endpoint, rows in survival_rows(tables):
        found = signs.get(endpoint.id) or _late_events(rows, endpoint.time, endpoint.event)
        if found:
            yield _finding(rows["source_file"][0] or "", endpoint.event, found)


REVERSED_EVENTS = Check(("reversed-events",), "event flags in which 1 means censored", _look)
