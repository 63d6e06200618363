"""Guesses of a list of FCS files: which column names them, what the others say of the wells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.fcs_folder import FoundFcs
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.participant_columns import is_identifier, is_sample_identifier
from macroimmune.study.drafting.sample_columns import guess_day
from macroimmune.study.drafting.sources import FoundTable

__all__ = ["FileList", "file_list", "files_named_by", "guess_stimulus", "guess_well"]

_MOSTLY = 0.5
_RESTING = re.compile(
    r"(?:un|non)[-_ ]?stim\w*|none|no|ns|us|ref(?:erence)?|rest(?:ing)?|basal|medium|media|mock"
    r"|untreated|vehicle|ctrl|control|0",
    re.IGNORECASE,
)
_STIMULUS = ("stimulus", "stim", "stimulation", "condition", "treatment", "agonist")
_BATCH = ("batch", "batchid", "run", "runid", "plate", "plateid", "experiment", "acquisition")
_PANEL = ("panel", "panelname", "tube", "tubename", "stain", "staining")
_CONTROL = ("control", "controlid", "controlname", "reference", "referencesample", "material")
_MINUTES = {"minutes": "minute", "minute": "minute", "min": "minute", "hours": "hour",
            "hour": "hour", "h": "hour"}  # fmt: skip
_BEADS = re.compile(r"bead|compensation|single[-_ ]?stain|\bcomp\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class FileList:
    """A table of the user's that lists FCS files.

    Parameters
    ----------
    table : {"cytometry", "cytometry_controls"}
    source : FoundTable
    folder : str
        From which it names them, empty for the study's own.
    participant : str
        Heading, empty where there is none.
    guesses : tuple of Guess
    opens : tuple of Open
    keep : mapping from heading to codes
        Rows that stay.
    named : frozenset of PurePosixPath
        The files that it lists.
    """

    table: str
    source: FoundTable
    folder: str
    participant: str
    guesses: tuple[Guess, ...]
    opens: tuple[Open, ...]
    keep: dict[str, tuple[str, ...]]
    named: frozenset[PurePosixPath]


def file_list(source: FoundTable, files: Sequence[FoundFcs]) -> FileList | None:
    """Return how a table lists FCS files, None where it does not.

    Parameters
    ----------
    source : FoundTable
    files : sequence of FoundFcs
        That were found.
    """
    paths = [one.path for one in files]
    listed = max(
        (files_named_by(column, paths) for column in source.columns),
        key=lambda one: len(one[2]),
        default=None,
    )
    if listed is None or not listed[2]:
        return None
    column, folder, named = listed
    free = [one for one in source.columns if one is not column]
    whose = next((one for one in free if is_identifier(one)), None)
    sample = next((one for one in free if is_sample_identifier(one)), None)
    control = first_named(free, _CONTROL)
    is_of_controls = control is not None and whose is None and sample is None
    table = "cytometry_controls" if is_of_controls else "cytometry"
    guesses = [Guess(table, "raw_file", ColumnSpec(column.heading))]
    opens: list[Open] = []
    stimulus, question = guess_stimulus(free, table)
    opens += [question] if question else []
    keep: dict[str, tuple[str, ...]] = {}
    if is_of_controls and control is not None:
        guesses.append(Guess(table, "control", ColumnSpec(control.heading)))
        beads = [code for code in control.codes if _BEADS.search(code)]
        if beads and len(beads) < len(control.codes):
            keep[control.heading] = tuple(code for code in control.codes if code not in beads)
    elif sample is not None and sample is not whose:
        if whose is not None and stimulus and _names_wells(source, whose, sample, stimulus):
            found = "another one for each well of a participant: wells, not samples"
            advice = "leave it out, or name the sample (the draw) that wells share: sample_id"
            opens.append(Open(table, sample.heading, found, advice))
        else:
            guesses.append(Guess(table, "sample_id", ColumnSpec(sample.heading)))
    guesses += stimulus
    guesses += guess_well(free, table)
    if not is_of_controls:
        day = guess_day(free, table)
        guesses += [day] if day else []
    return FileList(
        table, source, folder, whose.heading if whose else "", tuple(guesses), tuple(opens),
        keep, named,
    )  # fmt: skip


def files_named_by(
    column: ColumnProfile, paths: Sequence[PurePosixPath]
) -> tuple[ColumnProfile, str, frozenset[PurePosixPath]]:
    """Return the column, the folder from which it names files, and which of them."""
    by_name: dict[str, list[PurePosixPath]] = {}
    for one in paths:
        by_name.setdefault(one.name.casefold(), []).append(one)
    found: Counter[str] = Counter()
    named: dict[str, set[PurePosixPath]] = {}
    for cell in column.cells:
        written = PurePosixPath(cell.replace("\\", "/"))
        for path in by_name.get(written.name.casefold(), ()):
            depth = len(path.parts) - len(written.parts)
            if depth >= 0 and path.parts[depth:] == written.parts:
                folder = "/".join(path.parts[:depth])
                found[folder] += 1
                named.setdefault(folder, set()).add(path)
    if not found or found.most_common(1)[0][1] < _MOSTLY * len(column.cells):
        return column, "", frozenset()
    folder = found.most_common(1)[0][0]
    return column, folder, frozenset(named[folder])


def guess_well(free: Sequence[ColumnProfile], table: str) -> list[Guess]:
    """Return panel, batch and minutes, which their headings say."""
    guesses = []
    for name, headings in (("panel", _PANEL), ("batch", _BATCH)):
        column = first_named(free, headings)
        if column is not None:
            guesses.append(Guess(table, name, ColumnSpec(column.heading)))
    for column in free:
        unit = _MINUTES.get(column.words[-1] if column.words else "", "")
        if unit and column.is_number and (len(column.words) == 1 or column.has("stim", "time")):
            guesses.append(Guess(table, "stimulus_minutes", ColumnSpec(column.heading, unit=unit)))
            break
    return guesses


def guess_stimulus(free: Sequence[ColumnProfile], table: str) -> tuple[list[Guess], Open | None]:
    """Return the stimulus with its codes for none, or what to ask."""
    column = first_named(free, _STIMULUS)
    if column is None:
        return [], None
    resting = [code for code in column.codes if _RESTING.fullmatch(code)]
    if resting:
        values = {code: "none" for code in resting if code.lower() != "none"}
        reason = f"{', '.join(values)} = none, unstimulated" if values else ""
        spec = ColumnSpec(column.heading, values=values)
        return [Guess(table, "stimulus", spec, reason)], None
    if folded(column.heading).startswith("stim"):
        return [Guess(table, "stimulus", ColumnSpec(column.heading))], None
    found = f"codes {', '.join(column.codes[:5])}, of which none says unstimulated"
    advice = 'if these are stimuli: stimulus = { column = "...", values = { "..." = "none" } }'
    return [], Open(table, column.heading, found, advice)


def _names_wells(
    source: FoundTable, whose: ColumnProfile, sample: ColumnProfile, stimulus: Sequence[Guess]
) -> bool:
    """Whether a sample never has two stimuli, though its participant has."""
    heading = stimulus[0].spec.column
    rows = source.raw.frame.select(whose.heading, sample.heading, heading).drop_nulls().unique()
    per_sample = rows.group_by(sample.heading).len()["len"]
    per_person = rows.group_by(whose.heading).agg(stimuli=pl.col(heading).n_unique())["stimuli"]
    return bool((per_sample == 1).all() and (per_person > 1).any())
