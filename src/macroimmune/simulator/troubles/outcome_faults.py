"""Troubles of outcomes: flags, times, their units, causes of events."""

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
    with_new_column,
    with_spec,
)
from macroimmune.simulator.troubles.settings_text import section_of
from macroimmune.simulator.troubles.trouble import Trouble
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["OUTCOME_TROUBLES"]

_TIMES = ("os_time_days", "pfs_time_days")


def _codes(place: Place) -> tuple[str, str]:
    """Return how the laboratory writes that an event was seen, and that it was not."""
    return str(place.spec.get("true", ["1"])[0]), str(place.spec.get("false", ["0"])[0])


def _is(files: StudyFiles, column: str, *, seen: bool) -> pl.Series:
    """Tell whose event was seen, or was not; nobody of whom it is not known."""
    place = place_of(files, "outcomes", column)
    cells = files.tables[place.file].frame[place.heading].cast(pl.String)
    return (cells == _codes(place)[0 if seen else 1]).fill_null(value=False)


def _reversed(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "outcomes", "pfs_event")
    true, false = _codes(place)
    cell = pl.col(place.heading).cast(pl.String)
    return with_cells(files, place, cell.replace({true: false, false: true}))


def _nobody_censored(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "outcomes", "pfs_event")
    true, false = _codes(place)
    return with_cells(files, place, pl.col(place.heading).cast(pl.String).replace(false, true))


def _few_deaths(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place, cause = (place_of(files, "outcomes", name) for name in ("os_event", "death_cause"))
    dead = _is(files, "os_event", seen=True)
    kept = some_rows(dead, 4, rng, "patients who died")
    others = [row for row in dead.arg_true().to_list() if row not in kept]
    files = cells_at(files, place, dict.fromkeys(others, _codes(place)[1]))
    return cells_at(files, cause, dict.fromkeys(others))


def _days_as_months(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    for name in _TIMES:
        place = place_of(files, "outcomes", name)
        months = numbers_at(files, place)
        files = with_cells(files, place, (months * DAYS_PER_MONTH).round())
    return files


def _months_as_days(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    for name in _TIMES:
        files = with_spec(files, place_of(files, "outcomes", name), unit="day")
    return files


def _progression_after_death(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    os, pfs = (place_of(files, "outcomes", name) for name in _TIMES)
    rows = some_rows(_is(files, "os_event", seen=True), 2, rng, "patients who died")
    months = numbers_at(files, os)
    return cells_at(files, pfs, {row: f"{months[row] + 6:.2f}" for row in rows})


def _time_left_empty(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "outcomes", "pfs_time_days")
    known = frame_of(files, "outcomes")[place.heading].is_not_null()
    return cells_at(files, place, dict.fromkeys(some_rows(known, 3, rng)))


def _censored_at_death(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    os, pfs, event = (place_of(files, "outcomes", name) for name in (*_TIMES, "pfs_event"))
    rows = some_rows(_is(files, "os_event", seen=True), 2, rng, "patients who died")
    months = numbers_at(files, os)
    files = cells_at(files, pfs, {row: f"{months[row]:.2f}" for row in rows})
    return cells_at(files, event, dict.fromkeys(rows, _codes(event)[1]))


def _causes_left_empty(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "outcomes", "death_cause")
    rows = some_rows(_is(files, "os_event", seen=True), 3, rng, "patients who died")
    return cells_at(files, place, dict.fromkeys(rows))


def _cause_of_the_living(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "outcomes", "death_cause")
    rows = some_rows(_is(files, "os_event", seen=False), 2, rng, "patients who are alive")
    return cells_at(files, place, dict.fromkeys(rows, "cancer"))


def _death_before_death(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    os, pfs = (place_of(files, "outcomes", name) for name in _TIMES)
    gap = numbers_at(files, os) - numbers_at(files, pfs)
    progressed = _is(files, "pfs_event", seen=True)
    died = _is(files, "os_event", seen=True) & (gap * DAYS_PER_MONTH < 1)
    rows = some_rows(progressed & (gap > 1), 2, rng, "patients who lived on after progression")
    kinds = [
        None if not seen else "death" if dead or row in rows else "progression"
        for row, (seen, dead) in enumerate(zip(progressed, died, strict=True))
    ]
    spec = section_of(files.settings, "outcomes").get("pfs_event_kind", "What came first")
    spec = spec if isinstance(spec, dict) else {"column": spec}
    return with_new_column(
        files, "outcomes", "pfs_event_kind", spec, pl.Series(kinds, dtype=pl.String)
    )


def _without_outcomes(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    event = place_of(files, "outcomes", "os_event")
    known = frame_of(files, "outcomes")[event.heading].is_not_null()
    rows = some_rows(known, 3, rng, "patients with outcomes")
    for name in section_of(files.settings, "outcomes"):
        if name not in {"file", "participant_id"}:
            files = cells_at(files, place_of(files, "outcomes", name), dict.fromkeys(rows))
    return files


_OS, _PFS = "outcomes.os_time_days", "outcomes.pfs_time_days"
_OS_EVENT, _PFS_EVENT = "outcomes.os_event", "outcomes.pfs_event"
_CAUSE = "outcomes.death_cause"

OUTCOME_TROUBLES = (
    Trouble(
        "reversed-events",
        "1 means censored in the event of progression-free survival",
        (_PFS_EVENT,),
        _reversed,
        says=("reversed-events", "censored-at-death"),
        may_say=("few-events",),
    ),
    Trouble(
        "no-censoring",
        "the event of progression-free survival is 1 in every row, a placeholder",
        (_PFS_EVENT,),
        _nobody_censored,
        says=("no-censoring",),
        may_say=("few-events",),
    ),
    Trouble(
        "few-events",
        "the data cut came so early that four patients had died",
        (_OS_EVENT, _CAUSE),
        _few_deaths,
        says=("few-events",),
    ),
    Trouble(
        "days-labelled-months",
        "times to events are in days under headings that say months",
        (_OS, _PFS),
        _days_as_months,
        says=("days-labelled-months",),
        may_say=("out-of-range", "half-an-outcome", "few-events"),
    ),
    Trouble(
        "months-labelled-days",
        "times to events are in months, study.toml says days",
        (_OS, _PFS),
        _months_as_days,
        says=("months-labelled-days",),
        may_say=("few-events",),
    ),
    Trouble(
        "impossible-times",
        "two patients progress six months after their death",
        (_OS, _PFS),
        _progression_after_death,
        says=("impossible-times",),
    ),
    Trouble(
        "half-an-outcome",
        "three patients have an event of progression-free survival without its time",
        (_PFS,),
        _time_left_empty,
        says=("half-an-outcome",),
        may_say=("few-events",),
    ),
    Trouble(
        "censored-at-death",
        "progression-free survival of two patients is censored on the day of their death",
        (_PFS, _PFS_EVENT, _OS, _OS_EVENT),
        _censored_at_death,
        says=("censored-at-death",),
    ),
    Trouble(
        "cause-unknown",
        "the cause of three deaths is left empty",
        (_CAUSE,),
        _causes_left_empty,
        says=("cause-unknown",),
    ),
    Trouble(
        "cause-without-event",
        "two patients who are alive have a cause of death",
        (_CAUSE,),
        _cause_of_the_living,
        says=("cause-without-event",),
    ),
    Trouble(
        "cause-against-os",
        "two patients died first in one column and lived on in another",
        ("outcomes.pfs_event_kind", _PFS, _OS, _PFS_EVENT, _OS_EVENT),
        _death_before_death,
        says=("cause-against-os",),
    ),
    Trouble(
        "participant-without-outcome",
        "three patients have no outcome at all",
        (_OS, _PFS, _OS_EVENT, _PFS_EVENT, _CAUSE, "outcomes.best_response"),
        _without_outcomes,
        says=("participant-without-outcome",),
        may_say=("few-events",),
    ),
)
