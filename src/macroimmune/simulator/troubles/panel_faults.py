"""Troubles of panels and of bridging controls: rows that disagree with the FCS files."""

from collections.abc import Callable

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import cells_at, frame_of, place_of, with_cells
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["PANEL_TROUBLES"]


def _with_other_cell(column: str, other: Callable[[str], str]) -> Callable[..., StudyFiles]:
    """Return what changes one column in the row of one antibody of the table of panels."""

    def plant(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
        antigens = frame_of(files, "panels")[place_of(files, "panels", "antigen").heading]
        (row,) = some_rows(antigens.is_not_null(), 1, rng, "antibodies")
        place = place_of(files, "panels", column)
        cell = str(frame_of(files, "panels")[place.heading][row])
        return cells_at(files, place, {row: other(cell)})

    return plant


def _other_antigen(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Give one antibody the antigen of another of the same panel."""
    place, panel = place_of(files, "panels", "antigen"), place_of(files, "panels", "panel")
    frame = frame_of(files, "panels")
    first = frame[panel.heading] == frame[panel.heading][0]
    with_one = frame[place.heading].is_not_null() & first
    one, other = some_rows(with_one, 2, rng, "antibodies")
    return cells_at(files, place, {one: str(frame[place.heading][other])})


def _other_panel(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "panels", "panel")
    return with_cells(files, place, pl.col(place.heading) + " (new)")


def _no_batch(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "cytometry_controls")
    (row,) = some_rows(pl.Series([True] * frame.height), 1, rng, "controls")
    return cells_at(files, place_of(files, "cytometry_controls", "batch"), {row: None})


def _one_batch(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Let all controls be of one batch, and one file of a batch that has none."""
    controls = place_of(files, "cytometry_controls", "batch")
    files = with_cells(files, controls, pl.col(controls.heading).drop_nulls().first())
    frame = frame_of(files, "cytometry")
    (row,) = some_rows(pl.Series([True] * frame.height), 1, rng, "files of cytometry")
    return cells_at(files, place_of(files, "cytometry", "batch"), {row: "B99"})


PANEL_TROUBLES = (
    Trouble(
        "antigen-differs",
        "the table of panels gives one antibody the antigen of another",
        ("panels.antigen",),
        _other_antigen,
        says=("antigen-differs", "marker-in-two-channels"),
    ),
    Trouble(
        "antigen-unknown",
        "the table of panels misspells one antigen",
        ("panels.antigen",),
        _with_other_cell("antigen", lambda word: f"{word}x"),
        says=("antigen-unknown", "antigen-differs"),
    ),
    Trouble(
        "channel-not-in-file",
        "the table of panels misspells one channel",
        ("panels.channel", "panels.antigen"),
        _with_other_cell("channel", lambda name: f"Ch-{name}"),
        says=("channel-not-in-file", "channel-not-in-panel"),
    ),
    Trouble(
        "panel-unmatched",
        "the table of panels calls them otherwise than the list of FCS files does",
        ("panels.panel", "panels.antigen"),
        _other_panel,
        says=("panel-unmatched",),
    ),
    Trouble(
        "control-without-batch",
        "the list of bridging controls lacks the batch of one",
        ("cytometry_controls.batch",),
        _no_batch,
        says=("control-without-batch",),
        may_say=("control-in-one-batch", "no-unstimulated-well"),
    ),
    Trouble(
        "control-in-one-batch",
        "bridging controls were measured in one batch, FCS files of samples in two",
        ("cytometry_controls.batch", "cytometry.batch"),
        _one_batch,
        says=("control-in-one-batch",),
        may_say=("partner-in-another-batch",),
    ),
)
