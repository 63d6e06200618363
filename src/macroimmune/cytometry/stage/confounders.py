"""What must not hang together with the batch of a file, for each file of a study."""

from collections.abc import Mapping

import polars as pl

from macroimmune.study import Study

__all__ = ["labels_of_files"]

_OF_PEOPLE = ("arm", "cohort", "group")


def labels_of_files(study: Study) -> Mapping[str, Mapping[str, str]]:
    """Return, for each file of a participant, the groups that alignment must not take away.

    Parameters
    ----------
    study : Study

    Returns
    -------
    labels : mapping from raw_file to mapping from what it is to the group
        Response, survival (above or up to the median time, by the event seen), arm, cohort,
        healthy or patient, and time point; empty where it is not known.
    """
    people = study.tables["participants"].select("participant_id", *_OF_PEOPLE)
    outcomes = study.tables["outcomes"].select(
        "participant_id", _words("response").alias("response"), _survival().alias("survival")
    )
    files = (
        study
        .tables["cytometry"]
        .select("raw_file", "participant_id", "days_from_treatment_start")
        .join(people.unique("participant_id"), on="participant_id", how="left")
        .join(outcomes.unique("participant_id"), on="participant_id", how="left")
        .with_columns(
            pl
            .when(pl.col("days_from_treatment_start") > 0)
            .then(pl.lit("on treatment"))
            .when(pl.col("days_from_treatment_start").is_not_null())
            .then(pl.lit("before treatment"))
            .alias("time point")
        )
    )
    names = ("response", "survival", *_OF_PEOPLE, "time point")
    return {
        row["raw_file"]: {name: str(row[name]) for name in names if row[name] is not None}
        for row in files.iter_rows(named=True)
    }


def _words(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("yes")).when(~pl.col(column)).then(pl.lit("no"))


def _survival() -> pl.Expr:
    """Divide by the median time; who was censored before it is not known."""
    middle = pl.col("os_time_days").median()
    return (
        pl
        .when(pl.col("os_time_days") > middle)
        .then(pl.lit("longer"))
        .when(pl.col("os_event"))
        .then(pl.lit("shorter"))
    )
