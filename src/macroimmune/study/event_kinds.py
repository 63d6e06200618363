"""Progression or relapse against death, told apart by the day of death if a study asks for it."""

from collections.abc import Iterable

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS

__all__ = ["SAME_DAY", "with_event_kinds"]

# Months with one decimal are rounded by up to 1.5 days, in each of two times.
SAME_DAY = 2.0


def with_event_kinds(
    outcomes: pl.DataFrame, endpoints: Iterable[str]
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return outcomes with the kind of each event of `endpoints`, and notes that say so.

    Parameters
    ----------
    outcomes : polars DataFrame
        The declared table. A column of kinds that holds any value is never touched.
    endpoints : iterable of str
        Of pfs and rfs, those that the study wants told apart.

    Notes
    -----
    Convention: an event within two days of the death is death without progression (or relapse);
    any other event is progression, also where the participant died later. Without overall survival
    of a participant the kind stays unknown.

    Examples
    --------
    >>> one = {"pfs_time_days": [90.0], "pfs_event": [True], "pfs_event_kind": [None]}
    >>> frame = pl.DataFrame(one | {"os_time_days": [90.0], "os_event": [True]})
    >>> with_event_kinds(frame, ["pfs"])[0]["pfs_event_kind"].to_list()
    ['death']
    """
    notes = []
    for name in endpoints:
        endpoint = ENDPOINTS[name]
        causes = endpoint.causes
        if causes is None or outcomes[causes.column].is_not_null().any():
            continue
        died = pl.col("os_event") & (
            (pl.col(endpoint.time) - pl.col("os_time_days")).abs() <= SAME_DAY
        )
        kind = pl.when(died).then(pl.lit("death")).when(~died).then(pl.lit(causes.of_interest))
        outcomes = outcomes.with_columns(
            pl.when(pl.col(endpoint.event)).then(kind).alias(causes.column)
        )
        notes.append(_note(outcomes, endpoint.event, causes.column))
    return outcomes, tuple(notes)


def _note(outcomes: pl.DataFrame, event: str, column: str) -> Finding:
    kinds = outcomes.filter(pl.col(event))[column]
    deaths = int((kinds == "death").sum())
    return Finding(
        "note",
        "derived-outcome",
        "",
        None,
        column,
        f"worked out from overall survival: {deaths} of {kinds.count()} events are deaths, "
        f"{kinds.null_count()} cannot be told",
        "an event within two days of death is death, any other came before it",
        f"Supply {column} in [outcomes] if the source knows it; where times are rounded to months, "
        "an event in the month of death counts as death.",
    )
