"""The tables `dose_points` and `dose_responses`: every series of doses of a study."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl

from macroimmune.response.dose_response.dose_levels import (
    levels_measured_elsewhere,
    levels_of_pairs,
)
from macroimmune.response.dose_response.dose_series import DoseSeries, fitted_series
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.study import Study

__all__ = ["DoseTables", "dose_tables"]

_OF_ALL = ("panel", "stimulus", "stimulus_minutes", "population", "marker")
_NUMBERS = tuple(one.name for one in fields(DoseSeries) if one.name != "fitted")
_FEWEST = 2


@dataclass(frozen=True, slots=True, eq=False)
class DoseTables:
    """Levels by dose, and what they say.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        `dose_points` and `dose_responses`.
    """

    tables: Mapping[str, pl.DataFrame]


def dose_tables(study: Study, responses: pl.DataFrame, *, rng: np.random.Generator) -> DoseTables:
    """Return the curves over dose of every stimulus, time, population and marker.

    Parameters
    ----------
    study : Study
        Its table `stimulated_levels`, and its declared markers.
    responses : polars DataFrame
        Table `stimulation_responses`; rows of modality `supplied` are not read again.
    rng : numpy.random.Generator

    Notes
    -----
    Convention: a series for each participant, with batches as replicates, and one over several
    participants, with participants as replicates; one dose alone is no series. Of a participant
    with several samples the one with the most doses counts, of those the earliest. Wells without
    stimulus are dose 0. Where doses or values stand in several units there is no fit.
    """
    levels = pl.concat([
        levels_of_pairs(responses, study.analysis.stimulation),
        levels_measured_elsewhere(study),
    ])
    points, rows = [], []
    for series in _all_series(_one_sample_each(levels)):
        fitted = _fitted(series, rng)
        points.append(_points(series, fitted))
        rows.append(_row(series, fitted))
    return DoseTables({
        "dose_points": pl.concat([empty("dose_points"), *points]),
        "dose_responses": pl.DataFrame(rows, schema=RESULT_TABLES["dose_responses"].schema),
    })


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """One series: its id, whose it is, its levels, and what counts as a replicate."""

    id: str
    participant_id: str
    levels: pl.DataFrame
    replicate: str


def _one_sample_each(levels: pl.DataFrame) -> pl.DataFrame:
    """Return of each participant and series the levels of one sample."""
    of_one = ("participant_id", *_OF_ALL)
    samples = levels.group_by(*of_one, "sample_id", maintain_order=True).agg(
        pl.col("dose").n_unique().alias("n_doses"), pl.col("days_from_treatment_start").min()
    )
    order = samples.sort(
        "n_doses", "days_from_treatment_start", descending=[True, False], nulls_last=True,
        maintain_order=True,
    )  # fmt: skip
    chosen = order.unique(of_one, keep="first", maintain_order=True)
    keys = [*of_one, "sample_id"]
    return levels.join(
        chosen.select(keys), on=keys, how="semi", nulls_equal=True, maintain_order="left"
    )


def _all_series(levels: pl.DataFrame) -> Iterator[_Series]:
    """Yield the series over participants, then those of each."""
    ordered = levels.sort(_OF_ALL, maintain_order=True)
    for _, part in ordered.group_by(_OF_ALL, maintain_order=True):
        if part.filter(pl.col("dose") > 0)["dose"].n_unique() < _FEWEST:
            continue
        name = _name(part.row(0, named=True))
        people = part["participant_id"].unique(maintain_order=True).to_list()
        if len(people) > 1:
            yield _Series(name, "", part, "participant")
        for person in people:
            own = part.filter(pl.col("participant_id") == person)
            yield _Series(f"{name}, {person}", person, own, "batch")


def _name(row: Mapping[str, Any]) -> str:
    """Return the id of a series, in words."""
    minutes = row["stimulus_minutes"]
    words = [
        row["stimulus"],
        "" if minutes is None else f"{minutes:g} min",
        row["population"] or "all cells",
        row["marker"],
        row["panel"],
    ]
    return ", ".join(filter(None, words))


def _fitted(series: _Series, rng: np.random.Generator) -> DoseSeries:
    levels = series.levels.sort("dose", maintain_order=True)
    replicates = "participant_id" if series.replicate == "participant" else "batch"
    return fitted_series(
        levels["dose"].to_numpy(),
        levels["value"].to_numpy(),
        levels[replicates].fill_null("").to_numpy(),
        replicate=series.replicate,
        problem=_units_problem(levels),
        rng=rng,
    )


def _units_problem(levels: pl.DataFrame) -> str:
    """Say that doses or values stand in several units, or nothing."""
    for column, what in (("dose_unit", "doses"), ("unit", "values")):
        units = levels.filter(pl.col("dose") > 0)[column].fill_null("").unique().sort().to_list()
        if len(units) > 1:
            return f"{what} in several units ({', '.join(one or 'none' for one in units)})"
    return ""


def _points(series: _Series, fitted: DoseSeries) -> pl.DataFrame:
    levels = series.levels.sort("dose", maintain_order=True)
    return levels.with_columns(
        series=pl.lit(series.id),
        fitted=pl.Series(fitted.fitted, dtype=pl.Float64).fill_nan(None),
    ).select(*RESULT_TABLES["dose_points"].schema)


def _row(series: _Series, fitted: DoseSeries) -> dict[str, object]:
    first = series.levels.row(0, named=True)
    told = {name: first[name] for name in _OF_ALL if name != "panel"}
    numbers = {name: getattr(fitted, name) for name in _NUMBERS}
    return told | numbers | {
        "series": series.id,
        "participant_id": series.participant_id,
        "dose_unit": first["dose_unit"],
    }  # fmt: skip
