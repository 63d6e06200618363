"""Troubles of raw files: not where the list says, cut short, empty, of another panel."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.panel_faults import PANEL_TROUBLES
from macroimmune.simulator.troubles.places import (
    cells_at,
    frame_of,
    place_of,
    with_cells,
    with_frame,
    with_new_column,
    without_spec,
)
from macroimmune.simulator.troubles.settings_text import section_of
from macroimmune.simulator.troubles.stimulus_faults import STIMULUS_TROUBLES, is_resting
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["RAW_FILE_TROUBLES"]


@dataclass(frozen=True, slots=True)
class _Damage:
    """A task, the place among its files of the one that is damaged, and how."""

    task: FileTask
    place: int
    how: Callable[[Path], None]


def _write_damaged(damage: _Damage, targets: tuple[Path, ...]) -> None:
    damage.task.write(damage.task.arguments, targets)
    damage.how(targets[damage.place])


def _names(files: StudyFiles, table: str) -> list[str | None]:
    return frame_of(files, table)[place_of(files, table, "raw_file").heading].to_list()


def _row(files: StudyFiles, table: str, rng: np.random.Generator, format_: str = "") -> int:
    """Return one row of a list of files, of one format where that matters."""
    named = pl.Series([name is not None for name in _names(files, table)])
    if format_:
        place = place_of(files, table, "format")
        words = place.spec.get("values", {})
        cells = files.tables[place.file].frame[place.heading].replace(words)
        named &= (cells == format_).fill_null(value=False)
    return some_rows(named, 1, rng, f"files of {table}")[0]


def _with_damage(
    files: StudyFiles, table: str, row: int, how: Callable[[Path], None]
) -> StudyFiles:
    """Return the files with one raw file damaged after it was written.

    Raises
    ------
    InputError
        If nothing writes that file.
    """
    folder = section_of(files.settings, table).get("folder", "")
    path = str(PurePosixPath(folder) / str(_names(files, table)[row]))
    for at, task in enumerate(files.tasks):
        if path in task.paths:
            damage = _Damage(task, task.paths.index(path), how)
            damaged = FileTask(task.paths, _write_damaged, damage)
            return replace(files, tasks=(*files.tasks[:at], damaged, *files.tasks[at + 1 :]))
    msg = f"nothing writes {path}"
    raise InputError(msg)


def _cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _in_text(path: Path, change: Callable[[str], str]) -> None:
    data = path.read_bytes()
    is_packed = data.startswith(b"\x1f\x8b")
    text = change((gzip.decompress(data) if is_packed else data).decode())
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if is_packed else text.encode())


def _heading_alone(path: Path) -> None:
    _in_text(path, lambda text: text.partition("\n")[0] + "\n")


def _other_count_heading(path: Path) -> None:
    _in_text(path, lambda text: text.replace("duplicate_count", "amount", 1))


def _other_antigen(path: Path) -> None:
    """Call CD3 by another name of as many letters, so that no offset moves."""
    path.write_bytes(path.read_bytes().replace(b"_CD3", b"_CDX", 1))


def _absent(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "cytometry", "raw_file")
    row = _row(files, "cytometry", rng)
    return cells_at(files, place, {row: f"copy of {_names(files, 'cytometry')[row]}"})


def _outside(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "cytometry", "raw_file")
    row = _row(files, "cytometry", rng)
    return cells_at(files, place, {row: f"../../../{_names(files, 'cytometry')[row]}"})


def _listed_twice(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    names = _names(files, "cytometry")
    first, other = some_rows(pl.Series([True] * len(names)), 2, rng, "files of cytometry")
    return cells_at(files, place_of(files, "cytometry", "raw_file"), {other: names[first]})


def _cut(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_damage(files, "cytometry", _row(files, "cytometry", rng), _cut_short)


def _other_panel(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_damage(files, "cytometry", _row(files, "cytometry", rng), _other_antigen)


def _without_partner(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "cytometry")
    (row,) = some_rows(is_resting(files), 1, rng, "unstimulated wells")
    kept = pl.concat([frame[:row], frame[row + 1 :]])
    return with_frame(files, "cytometry", kept)


def _other_compartment(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    row = _row(files, "cytometry", rng)
    cells = ["bone marrow" if at == row else None for at in range(len(_names(files, "cytometry")))]
    spec = {"column": "Taken from"}
    return with_new_column(
        files, "cytometry", "compartment", spec, pl.Series(cells, dtype=pl.String)
    )


def _empty(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    row = _row(files, "repertoires", rng, "airr")
    return _with_damage(files, "repertoires", row, _heading_alone)


def _no_counts(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    row = _row(files, "repertoires", rng, "airr")
    return _with_damage(files, "repertoires", row, _other_count_heading)


def _fewer_stated(path: Path) -> None:
    """Let $TOT say one event less than there are, in as many digits."""
    data = path.read_bytes()
    head, keyword, rest = data.partition(b"$TOT")
    number = rest[1 : rest.index(rest[:1], 1)]
    fewer = str(int(number) - 1).encode().rjust(len(number), b"0")
    path.write_bytes(head + keyword + rest[:1] + fewer + rest[1 + len(number) :])


def _remarkable(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_damage(files, "cytometry", _row(files, "cytometry", rng), _fewer_stated)


def _copied(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Let one well be written under the name of another, too."""
    names = _names(files, "cytometry")
    rows = some_rows(pl.Series([name is not None for name in names]), 2, rng, "FCS files")
    folder = section_of(files.settings, "cytometry").get("folder", "")
    paths = [str(PurePosixPath(folder) / str(names[row])) for row in rows]
    one, other = (
        next(at for at, task in enumerate(files.tasks) if path in task.paths) for path in paths
    )
    tasks = list(files.tasks)
    tasks[other] = replace(tasks[one], paths=tasks[other].paths)
    return replace(files, tasks=tuple(tasks))


def _not_said(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return without_spec(files, place_of(files, "repertoires", "counted"))


def _sample_name_twice(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Give one blood draw of a person the name of the draw before it."""
    frame, place = frame_of(files, "repertoires"), place_of(files, "repertoires", "sample_id")
    who = frame[place_of(files, "repertoires", "participant_id").heading]
    tissue = frame[place_of(files, "repertoires", "compartment").heading]
    alike = (who == who.shift()) & (tissue == tissue.shift())
    (row,) = some_rows(alike.fill_null(value=False), 1, rng, "second draws of repertoires")
    return cells_at(files, place, {row: frame[place.heading][row - 1]})


def _other_samples(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "expression", "sample_column")
    return with_cells(files, place, pl.lit("orig.ident"))


_LIST, _WELL = "rows of cytometry", "FCS files"
_REPERTOIRES = ("repertoire files",)

RAW_FILE_TROUBLES = (
    Trouble(
        "raw-file-absent",
        "the list of FCS files names one that is not there",
        (_LIST,),
        _absent,
        says=("raw-file-absent",),
    ),
    Trouble(
        "file-outside-study",
        "the list of FCS files names one that lies outside the study's folder",
        (_LIST,),
        _outside,
        says=("file-outside-study",),
        may_say=("no-unstimulated-well",),
    ),
    Trouble(
        "raw-file-repeated",
        "the list of FCS files names one twice, for two wells",
        (_LIST,),
        _listed_twice,
        says=("raw-file-repeated",),
    ),
    Trouble(
        "no-unstimulated-well",
        "the unstimulated well of one sample is not in the list of FCS files",
        (_LIST,),
        _without_partner,
        says=("no-unstimulated-well",),
    ),
    Trouble(
        "raw-file-unreadable",
        "one FCS file was cut off in transfer",
        (_WELL,),
        _cut,
        says=("raw-file-unreadable",),
    ),
    Trouble(
        "raw-file-remark",
        "one FCS file states one event less than it holds",
        (_WELL,),
        _remarkable,
        says=("raw-file-remark",),
    ),
    Trouble(
        "raw-file-copied",
        "two FCS files of the list are copies of one",
        (_WELL,),
        _copied,
        says=("raw-file-copied",),
    ),
    Trouble(
        "panel-channels-differ",
        "one FCS file has another antibody in the place of CD3",
        (_WELL,),
        _other_panel,
        says=("panel-channels-differ",),
    ),
    Trouble(
        "sample-compartment-differs",
        "one FCS file is said to be of bone marrow, its sample of blood",
        ("cytometry.compartment", _LIST),
        _other_compartment,
        says=("sample-compartment-differs",),
    ),
    Trouble(
        "raw-file-empty",
        "one repertoire is a heading without rows",
        _REPERTOIRES,
        _empty,
        says=("raw-file-empty",),
    ),
    Trouble(
        "no-count-column",
        "one repertoire has its counts under another heading",
        _REPERTOIRES,
        _no_counts,
        says=("no-count-column",),
    ),
    Trouble(
        "count-not-declared",
        "study.toml does not say whether repertoires count templates, cells or reads",
        ("repertoires.counted", *_REPERTOIRES),
        _not_said,
        says=("count-not-declared",),
    ),
    Trouble(
        "library-not-named",
        "one repertoire bears the name of another sample of the same person",
        ("repertoires.sample_id", *_REPERTOIRES),
        _sample_name_twice,
        says=("library-not-named",),
        may_say=("sample-day-differs",),
    ),
    Trouble(
        "sample-not-in-file",
        "the list of single-cell files names a column that they do not have",
        ("expression.sample_column",),
        _other_samples,
        says=("sample-not-in-file",),
    ),
    *PANEL_TROUBLES,
    *STIMULUS_TROUBLES,
)
