"""Troubles of participants: who they are, their codes, the same patient or id twice."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    cells_at,
    file_of,
    frame_of,
    numbers_at,
    place_of,
    with_frame,
    with_new_column,
)
from macroimmune.simulator.troubles.settings_text import as_one_of_several
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["PARTICIPANT_TROUBLES"]

_SECOND_SITE = "second_site.csv"


def _every(frame: pl.DataFrame) -> pl.Series:
    return pl.Series([True] * frame.height, dtype=pl.Boolean)


def _two_cells(column: str, cell: str, files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "participants", column)
    rows = some_rows(_every(frame_of(files, "participants")), 2, rng)
    return cells_at(files, place, dict.fromkeys(rows, cell))


def _unmapped(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _two_cells("sex", "diverse", files, rng)


def _old(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _two_cells("age_years", "999", files, rng)


def _twice_in_the_list(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "participants")
    rows = some_rows(_every(frame), 2, rng)
    return with_frame(files, "participants", pl.concat([frame, frame[rows]]))


def _second_site(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Add a file of other people, whose ids begin again."""
    name, place = file_of(files, "participants"), place_of(files, "participants", "participant_id")
    frame = files.tables[name].frame
    n = max(frame.height // 2, min(frame.height, 3))
    # Every column is drawn by itself, so that nobody there is anybody here.
    people = pl.DataFrame([
        frame[column].gather(rng.permutation(frame.height)[:n]) for column in frame.columns
    ])
    people = people.with_columns(frame[place.heading].head(n))
    settings = files.settings
    for section in ("participants", "outcomes"):
        settings = as_one_of_several(settings, section, other_file=_SECOND_SITE)
    tables = {**files.tables, _SECOND_SITE: DeliveredTable(people)}
    return replace(files, tables=tables, settings=settings)


def _new_ids(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Enrol patients again, with their blood counts, under other ids."""
    frame = frame_of(files, "participants")
    rows = some_rows(_every(frame), 2, rng)
    ids = frame[place_of(files, "participants", "participant_id").heading].gather(rows)
    again = {one: f"R{one}" for one in ids.to_list()}
    for table in ("participants", "blood_counts"):
        heading = place_of(files, table, "participant_id").heading
        frame = frame_of(files, table)
        copies = frame.filter(pl.col(heading).is_in(list(again)))
        copies = copies.with_columns(pl.col(heading).replace(again))
        files = with_frame(files, table, pl.concat([frame, copies]))
    return files


def _misspelled_id(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "proteins", "participant_id")
    detected = numbers_at(files, place_of(files, "proteins", "value")) > 0
    (row,) = some_rows(detected, 1, rng, "detected proteins")
    whose = frame_of(files, "proteins")[place.heading][row]
    return cells_at(files, place, {row: f"{whose}?"})


def _other_arm(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "participants")
    arm = frame[place_of(files, "participants", "arm").heading]
    rows = some_rows(arm.is_not_null(), 2, rng, "patients with an arm")
    treated = ["not treated" if row in rows else one for row, one in enumerate(arm)]
    spec = {"column": "Treated as"}
    cells = pl.Series(treated, dtype=pl.String)
    return with_new_column(files, "participants", "arm_as_treated", spec, cells)


def _scan_twice(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "tumour_measurements")
    rows = some_rows(_every(frame), 2, rng, "scans")
    return with_frame(files, "tumour_measurements", pl.concat([frame, frame[rows]]))


PARTICIPANT_TROUBLES = (
    Trouble(
        "unmapped-code",
        "the sex of two participants is a code that study.toml does not know",
        ("participants.sex",),
        _unmapped,
        says=("unmapped-code",),
    ),
    Trouble(
        "out-of-range",
        "the age of two participants is 999, a code for missing",
        ("participants.age_years",),
        _old,
        says=("out-of-range",),
    ),
    Trouble(
        "duplicate-participant",
        "two participants stand in the list twice",
        ("rows of participants",),
        _twice_in_the_list,
        says=("duplicate-participant",),
    ),
    Trouble(
        "ids-restart",
        "a second site delivers a file of its own, whose ids begin again",
        ("rows of participants",),
        _second_site,
        says=("ids-restart", "duplicate-participant"),
    ),
    Trouble(
        "same-patients-twice",
        "two patients are enrolled again under other ids, with their blood counts",
        ("rows of participants", "rows of blood_counts"),
        _new_ids,
        says=("same-patients-twice",),
    ),
    Trouble(
        "participant-unknown",
        "the id of one tube of serum is misspelled",
        ("proteins.participant_id",),
        _misspelled_id,
        says=("participant-unknown",),
    ),
    Trouble(
        "arm-as-treated-differs",
        "two patients were treated otherwise than their arm says",
        ("participants.arm_as_treated",),
        _other_arm,
        says=("arm-as-treated-differs",),
    ),
    Trouble(
        "duplicate-participant-and-day",
        "two scans stand in the table twice",
        ("rows of tumour_measurements",),
        _scan_twice,
        says=("duplicate-participant-and-day",),
    ),
)
