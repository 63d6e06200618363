"""Troubles of medications: drugs at the wrong time, dates for days, courses of nothing."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    cells_at,
    frame_of,
    numbers_at,
    place_of,
    with_cells,
    with_frame,
)
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["MEDICATION_TROUBLES"]

# First and last day of a course that covers the days before the first draw.
_BEFORE_DRAW, _AROUND_START = (-40, 0), (-10, -3)


def _with_courses(
    files: StudyFiles, drug_class: str, days: tuple[int, int], rng: np.random.Generator
) -> StudyFiles:
    """Add a course of a drug to three patients."""
    person = place_of(files, "participants", "participant_id")
    patients = frame_of(files, "outcomes")[place_of(files, "outcomes", "os_event").heading]
    rows = some_rows(patients.is_not_null(), 3, rng, "patients")
    ids = frame_of(files, "participants")[person.heading].gather(rows)
    frame = frame_of(files, "medications")
    heading = {
        name: place_of(files, "medications", name).heading
        for name in ("participant_id", "drug_class", "start_day", "stop_day")
    }
    courses = pl.DataFrame({
        heading["participant_id"]: ids,
        heading["drug_class"]: [drug_class] * 3,
        heading["start_day"]: [days[0]] * 3,
        heading["stop_day"]: [days[1]] * 3,
    })
    courses = courses.cast({name: frame.schema[name] for name in courses.columns})
    return with_frame(files, "medications", pl.concat([frame, courses], how="diagonal"))


def _steroids(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_courses(files, "steroid", _BEFORE_DRAW, rng)


def _antibiotics(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_courses(files, "antibiotic", _AROUND_START, rng)


def _dates(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "medications", "stop_day")
    start = date(2023, 5, 2)
    days = numbers_at(files, place).to_list()
    dates = [None if day is None else start + timedelta(days=day) for day in days]
    return with_cells(files, place, pl.Series(dates, dtype=pl.Date))


def _class_left_empty(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "medications", "drug_class")
    known = frame_of(files, "medications")[place.heading].is_not_null()
    return cells_at(files, place, dict.fromkeys(some_rows(known, 1, rng, "courses of drugs")))


MEDICATION_TROUBLES = (
    Trouble(
        "drug-before-draw",
        "three patients took a steroid when blood was first drawn",
        ("steroids",),
        _steroids,
        says=("drug-before-draw",),
    ),
    Trouble(
        "antibiotic-around-start",
        "three patients had an antibiotic in the days before treatment",
        ("antibiotics",),
        _antibiotics,
        says=("antibiotic-around-start",),
    ),
    Trouble(
        "dates-in-number-column",
        "dates stand where study.toml takes the last day of a drug",
        ("medications.stop_day",),
        _dates,
        says=("dates-in-number-column",),
        may_say=("drug-before-draw", "antibiotic-around-start"),
    ),
    Trouble(
        "required-value-missing",
        "one course of a drug has no class",
        ("medications.drug_class",),
        _class_left_empty,
        says=("required-value-missing",),
    ),
)
