"""Troubles of stimulated wells: names, times, partners and markers of the declared lists."""

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    cells_at,
    frame_of,
    place_of,
    with_cells,
    with_frame,
)
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["STIMULUS_TROUBLES", "is_resting"]

_UNSTIMULATED = ("", "none", "unstimulated")


def is_resting(files: StudyFiles) -> pl.Series:
    """Return which rows of the list of FCS files are unstimulated wells.

    Raises
    ------
    InputError
        If all of them are.
    """
    stimulus = _stimulus(files).fill_null("")
    resting = stimulus.str.to_lowercase().is_in(_UNSTIMULATED)
    if resting.all():
        msg = "this study has no stimulated well"
        raise InputError(msg)
    return resting


def _stimulus(files: StudyFiles) -> pl.Series:
    return frame_of(files, "cytometry")[place_of(files, "cytometry", "stimulus").heading]


def _with_dose(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Let one well have its dose within the name of the stimulus."""
    (row,) = some_rows(~is_resting(files), 1, rng, "stimulated wells")
    name = f"{_stimulus(files)[row]} (10 ng/mL)"
    return cells_at(files, place_of(files, "cytometry", "stimulus"), {row: name})


def _in_house_name(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Call one stimulus by a name of the laboratory's own, in all its wells."""
    (row,) = some_rows(~is_resting(files), 1, rng, "stimulated wells")
    stimulus = _stimulus(files)
    rows = (stimulus == stimulus[row]).fill_null(value=False).arg_true().to_list()
    place = place_of(files, "cytometry", "stimulus")
    return cells_at(files, place, dict.fromkeys(rows, "cocktail 7"))


def _no_minutes(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    is_resting(files)
    place = place_of(files, "cytometry", "stimulus_minutes")
    return with_cells(files, place, pl.lit(None, dtype=pl.Int64))


def _stimulated_alone(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    kept = frame_of(files, "cytometry").filter(~is_resting(files))
    return with_frame(files, "cytometry", kept)


def _other_batch(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    (row,) = some_rows(is_resting(files), 1, rng, "unstimulated wells")
    return cells_at(files, place_of(files, "cytometry", "batch"), {row: "B98"})


def _unused_marker(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    """Let the table of panels give every pSTAT the role other.

    Raises
    ------
    InputError
        If it has none.
    """
    antigens = frame_of(files, "panels")[place_of(files, "panels", "antigen").heading]
    rows = antigens.fill_null("").str.starts_with("pSTAT").arg_true().to_list()
    if not rows:
        msg = "this study has no panel with a pSTAT"
        raise InputError(msg)
    return cells_at(files, place_of(files, "panels", "role"), dict.fromkeys(rows, "other"))


STIMULUS_TROUBLES = (
    Trouble(
        "stimulus-named-two-ways",
        "the list of FCS files names the stimulus of one well with its dose",
        ("cytometry.stimulus",),
        _with_dose,
        says=("stimulus-named-two-ways",),
    ),
    Trouble(
        "stimulus-unknown",
        "the list of FCS files names one stimulus by a word of the laboratory's own",
        ("cytometry.stimulus", "cytometry.stimulus_minutes"),
        _in_house_name,
        says=("stimulus-unknown",),
    ),
    Trouble(
        "stimulus-minutes-missing",
        "the list of FCS files does not say how long stimuli acted",
        ("cytometry.stimulus_minutes",),
        _no_minutes,
        says=("stimulus-minutes-missing",),
    ),
    Trouble(
        "only-stimulated-wells",
        "no unstimulated well is in the list of FCS files",
        ("rows of cytometry",),
        _stimulated_alone,
        says=("only-stimulated-wells", "no-unstimulated-well"),
    ),
    Trouble(
        "partner-in-another-batch",
        "one unstimulated well was measured in another batch than the stimulated ones",
        ("cytometry.batch",),
        _other_batch,
        says=("partner-in-another-batch",),
        may_say=("control-in-one-batch",),
    ),
    Trouble(
        "list-markers-missing",
        "the table of panels gives pSTATs the role other",
        ("panels.role", "panels.antigen"),
        _unused_marker,
        says=("list-markers-missing",),
    ),
)
