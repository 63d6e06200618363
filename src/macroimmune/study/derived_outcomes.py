"""Response and durable clinical benefit, worked out where the study does not supply them."""

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ENDPOINTS

__all__ = ["DURABLE_DAYS", "with_derived_outcomes", "with_some_outcome"]

DURABLE_DAYS = 180.0


def with_derived_outcomes(outcomes: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return outcomes with `response` and `durable_clinical_benefit`, and notes that say so.

    Parameters
    ----------
    outcomes : polars DataFrame
        The declared table. A column that holds any value is never touched.

    Notes
    -----
    Convention: response is CR or PR, missing for NE. Durable clinical benefit is CR or PR, or
    progression-free for more than 180 days; progression or death at or before day 180 is none;
    observation that ends by then without it is unknown. It needs PFS of each participant: from
    response alone only those with benefit could be told.
    """
    notes = []
    best = pl.col("best_response")
    if outcomes["response"].is_null().all() and outcomes["best_response"].is_not_null().any():
        outcomes = outcomes.with_columns(
            response=pl
            .when(best.is_in(["CR", "PR"]))
            .then(statement=True)
            .when(best.is_in(["SD", "PD"]))
            .then(statement=False)
        )
        notes.append(_note("response", outcomes, "CR or PR among the best responses, NE missing"))
    absent = outcomes["durable_clinical_benefit"].is_null().all()
    if absent and outcomes["pfs_time_days"].is_not_null().any():
        time, event = pl.col("pfs_time_days"), pl.col("pfs_event")
        outcomes = outcomes.with_columns(
            durable_clinical_benefit=pl
            .when(time.is_not_null() & (pl.col("response") | (time > DURABLE_DAYS)))
            .then(statement=True)
            .when((time <= DURABLE_DAYS) & event)
            .then(statement=False)
        )
        rule = "CR or PR, or PFS above 180 days; censored earlier is unknown"
        notes.append(_note("durable_clinical_benefit", outcomes, rule))
    return outcomes, tuple(notes)


def _note(name: str, outcomes: pl.DataFrame, rule: str) -> Finding:
    known, positive = outcomes[name].count(), int(outcomes[name].sum())
    return Finding(
        "note",
        "derived-outcome",
        "",
        None,
        name,
        f"worked out as {rule}: {positive} of {known}",
        f"{name} supplied, or worked out",
        f"Supply {name} in [outcomes] to use another definition.",
    )


def with_some_outcome(outcomes: pl.DataFrame) -> set[str]:
    """Return the participants who have a value in at least one endpoint.

    A survival endpoint needs its time and its event.
    """
    some = pl.any_horizontal(
        pl.col(endpoint.event).is_not_null()
        & (pl.col(endpoint.time).is_not_null() if endpoint.time else pl.lit(value=True))
        for endpoint in ENDPOINTS.values()
    )
    return set(outcomes.filter(some)["participant_id"].to_list())
