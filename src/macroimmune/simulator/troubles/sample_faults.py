"""Troubles of samples: whose they are, when they were drawn, where, with which batch."""

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    Place,
    cells_at,
    frame_of,
    numbers_at,
    place_of,
    with_cells,
    with_frame,
    with_new_column,
    without_spec,
)
from macroimmune.simulator.troubles.settings_text import section_of
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["SAMPLE_TROUBLES"]

_DAY = "days_from_treatment_start"
# A file that other troubles add, with a sample before treatment of everybody.
_LEVELS = "stimulated_levels"
_SAMPLE_TABLES = ("samples", "blood_counts", "proteins", "populations", "functional_assays")


def _day(files: StudyFiles, table: str) -> Place:
    return place_of(files, table, _DAY)


def _before_start(files: StudyFiles, table: str) -> pl.Series:
    return numbers_at(files, _day(files, table)) <= 0


def _baseline_too_late(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    name = place_of(files, "samples", "timepoint")
    first = _before_start(files, "samples")
    rows = some_rows(first, 2, rng, "samples before treatment")
    files = cells_at(files, _day(files, "samples"), dict.fromkeys(rows, "5"))
    return cells_at(files, name, dict.fromkeys(rows, "baseline"))


def _baseline_too_early(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Move the first draw of some patients a year back, in every table that dates it."""
    whose = frame_of(files, "participants")[
        place_of(files, "participants", "participant_id").heading
    ]
    rows = some_rows(whose.is_not_null(), 3, rng)
    ids = whose.gather(rows).to_list()
    for table in _SAMPLE_TABLES:
        if _DAY not in section_of(files.settings, table):
            continue
        day, person = _day(files, table), place_of(files, table, "participant_id")
        days = numbers_at(files, day)
        early = frame_of(files, table)[person.heading].is_in(ids) & (days <= 0)
        files = with_cells(files, day, (days - 365).zip_with(early.fill_null(value=False), days))
    return files


def _days_left_empty(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    day = _day(files, "blood_counts")
    rows = some_rows(frame_of(files, "blood_counts")[day.heading].is_not_null(), 3, rng)
    return cells_at(files, day, dict.fromkeys(rows))


def _two_of_one_id(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame, day = frame_of(files, "samples"), _day(files, "samples")
    row = some_rows(frame[day.heading].is_not_null(), 1, rng)
    files = with_frame(files, "samples", pl.concat([frame, frame[row]]))
    return cells_at(files, day, {frame.height: "299"})


def _sample_ids(files: StudyFiles) -> tuple[pl.Series, pl.DataFrame]:
    """Return the sample of each row of populations, and each known sample with day and person."""
    samples = frame_of(files, "samples").select(
        sample=place_of(files, "samples", "sample_id").heading,
        day=numbers_at(files, _day(files, "samples")),
        person=place_of(files, "samples", "participant_id").heading,
    )
    heading = place_of(files, "populations", "sample_id").heading
    return frame_of(files, "populations")[heading].alias("sample"), samples


def _joined(files: StudyFiles, column: str) -> pl.Series:
    sample, samples = _sample_ids(files)
    known = samples.unique("sample", keep="first")
    return sample.to_frame().join(known, on="sample", how="left", maintain_order="left")[column]


def _day_differs(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    days = _joined(files, "day")
    rows = some_rows(days.is_not_null(), 3, rng)
    shifted = [day + 1 if row in rows else day for row, day in enumerate(days)]
    spec = {"column": "Day"}
    return with_new_column(files, "populations", _DAY, spec, pl.Series(shifted, dtype=pl.Float64))


def _of_another(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    people = _joined(files, "person")
    (row,) = some_rows(people.is_not_null(), 1, rng)
    other = people.filter(people != people[row])[0]
    whose = [other if place == row else one for place, one in enumerate(people)]
    heading = place_of(files, "samples", "participant_id").heading
    cells = pl.Series(whose, dtype=pl.String)
    return with_new_column(files, "populations", "participant_id", {"column": heading}, cells)


def _unknown_sample(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "populations", "sample_id")
    samples = frame_of(files, "populations")[place.heading]
    (row,) = some_rows(samples.is_not_null(), 1, rng)
    return cells_at(files, place, {row: f"{samples[row]} repeat"})


def _no_compartment(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return without_spec(files, place_of(files, "samples", "compartment"))


def _batch_by_time(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    batch = place_of(files, "samples", "batch")
    words = ["B1" if first else "B2" for first in _before_start(files, "samples")]
    return with_cells(files, batch, pl.Series(words, dtype=pl.String))


SAMPLE_TROUBLES = (
    Trouble(
        "baseline-after-treatment",
        "two samples that are called baseline were drawn on day 5",
        ("samples.day",),
        _baseline_too_late,
        says=("baseline-after-treatment",),
    ),
    Trouble(
        "no-baseline-sample",
        "the first draw of three patients was a year before treatment",
        ("samples.day", "blood_counts.day", "proteins.day", "repertoire metrics", _LEVELS),
        _baseline_too_early,
        says=("no-baseline-sample",),
    ),
    Trouble(
        "no-day",
        "three blood counts have no day",
        ("blood_counts.day",),
        _days_left_empty,
        says=("no-day",),
    ),
    Trouble(
        "sample-conflict",
        "one sample stands in the list twice, on two days",
        ("rows of samples",),
        _two_of_one_id,
        says=("sample-conflict",),
    ),
    Trouble(
        "sample-day-differs",
        "three rows of populations are a day off from the list of samples",
        ("populations.day",),
        _day_differs,
        says=("sample-day-differs",),
    ),
    Trouble(
        "sample-of-another-participant",
        "one row of populations names another patient than the list of samples",
        ("populations.participant_id", "populations.sample_id"),
        _of_another,
        says=("sample-of-another-participant",),
    ),
    Trouble(
        "sample-unknown",
        "one row of populations names a sample that is in no list",
        ("populations.sample_id",),
        _unknown_sample,
        says=("sample-unknown",),
    ),
    Trouble(
        "compartment-assumed",
        "nothing says where samples were taken",
        ("samples.compartment",),
        _no_compartment,
        says=("compartment-assumed",),
    ),
    Trouble(
        "batch-confounded",
        "all samples before treatment were measured in one batch, all later ones in another",
        ("samples.batch",),
        _batch_by_time,
        says=("batch-confounded",),
    ),
)
