"""Which sample stands for a person, and which people are the reference."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.response.score.reference import LEAST_PEOPLE
from macroimmune.study import Study

__all__ = ["ReferencePeople", "baseline_samples", "blood_samples", "reference_people"]

_BLOOD = ("blood", "not stated")


@dataclass(frozen=True, slots=True, eq=False)
class ReferencePeople:
    """Whose responses are the reference.

    Parameters
    ----------
    kind : str
        healthy, baseline; empty where there are too few.
    rows : int array
        Of the samples, one per person.
    n_people : int
        Those there are, also where they are too few.
    status : str
        Empty, or why there is no reference.
    """

    kind: str
    rows: NDArray[np.int64]
    n_people: int
    status: str


def blood_samples(rows: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Return the rows of blood and of controls: samples of tissue answer to other levels.

    Parameters
    ----------
    rows : polars DataFrame
        With sample_id, and control where there are any.
    study : Study
    """
    elsewhere = study.tables["samples"].filter(~pl.col("compartment").is_in(_BLOOD))
    is_elsewhere = pl.col("sample_id").is_in(elsewhere["sample_id"].implode())
    has_controls = "control" in rows.columns
    is_control = pl.col("control").fill_null("") != "" if has_controls else pl.lit(value=False)
    return rows.filter(is_control | ~is_elsewhere)


def baseline_samples(
    samples: pl.DataFrame, usable: NDArray[np.bool_], study: Study
) -> NDArray[np.int64]:
    """Return the rows of the samples that stand for their participants: one each, at baseline.

    Parameters
    ----------
    samples : polars DataFrame
        participant_id, control, sample_id, days_from_treatment_start.
    usable : bool array, shape (samples,)
        Only these count.
    study : Study

    Notes
    -----
    Convention: the last usable sample of the baseline window; of healthy people, who have no
    treatment, the first usable sample where none lies in the window. Controls stand for nobody.
    """
    low, high = study.analysis.baseline_window_days
    day = pl.col("days_from_treatment_start")
    is_inside = day.is_between(low, high).fill_null(value=False)
    is_healthy = pl.col("participant_id").is_in(_healthy(study))
    chosen = (
        samples
        .select("participant_id", "control", "sample_id", "days_from_treatment_start")
        .with_row_index("row")
        .filter(pl.Series(usable) & (pl.col("control") == ""))
        .with_columns(is_inside.alias("inside"), day.fill_null(float("inf")))
        .filter(pl.col("inside") | is_healthy)
        .with_columns(pl.when("inside").then(-day).otherwise(day).alias("order"))
        .sort("participant_id", ~pl.col("inside"), "order", "sample_id")
        .group_by("participant_id", maintain_order=True)
        .first()
    )
    return chosen["row"].to_numpy().astype(np.int64)


def reference_people(
    samples: pl.DataFrame, usable: NDArray[np.bool_], study: Study
) -> ReferencePeople:
    """Return who the reference is: healthy controls where there are enough, else everyone.

    Notes
    -----
    Convention: at least `LEAST_PEOPLE`; the whole baseline cohort holds patients and healthy
    people alike. Where the study names one of them, no other is taken.
    """
    rows = baseline_samples(samples, usable, study)
    healthy = set(_healthy(study))
    people = samples["participant_id"].gather(rows).to_list()
    of_healthy = rows[np.array([person in healthy for person in people], dtype=bool)]
    wanted = study.analysis.stimulation.reference
    if wanted != "baseline" and of_healthy.size >= LEAST_PEOPLE:
        return ReferencePeople("healthy", of_healthy, of_healthy.size, "")
    if wanted != "healthy" and rows.size >= LEAST_PEOPLE:
        return ReferencePeople("baseline", rows, rows.size, "")
    counts = []
    if wanted != "baseline":
        counts.append(f"{of_healthy.size} healthy controls")
    if wanted != "healthy":
        counts.append(f"{rows.size} people at baseline")
    status = (
        f"no reference: {' and '.join(counts)} with enough markers; {LEAST_PEOPLE} are needed, so "
        "there are effect sizes only"
    )
    n_people = of_healthy.size if wanted == "healthy" else rows.size
    return ReferencePeople("", rows[:0], n_people, status)


def _healthy(study: Study) -> list[str]:
    people = study.participants
    return people.filter(pl.col("group") == "healthy")["participant_id"].to_list()
