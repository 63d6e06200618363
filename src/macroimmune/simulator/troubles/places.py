"""Where a declared column stands in the laboratory's files, by the study's own settings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from macroimmune.errors import InputError
from macroimmune.formats.columnar import text_frame
from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.troubles.settings_text import section_of, with_line, without_line

__all__ = [
    "Place",
    "cells_at",
    "file_of",
    "frame_of",
    "numbers_at",
    "place_of",
    "toml_value",
    "with_cells",
    "with_frame",
    "with_new_column",
    "with_spec",
    "with_table",
    "without_spec",
]


@dataclass(frozen=True, slots=True)
class Place:
    """A column of the laboratory's.

    Parameters
    ----------
    file, heading : str
    section, key : str
        Where `study.toml` names it.
    spec : mapping
        What is said of it there: `column`, `unit`, `true` ...
    """

    file: str
    heading: str
    section: str
    key: str
    spec: Mapping[str, Any]


def file_of(files: StudyFiles, table: str) -> str:
    """Return the file of a declared table.

    Raises
    ------
    InputError
        If the study has none.
    """
    section = section_of(files.settings, table)
    file = section.get("file", section_of(files.settings, "").get("file", "")) if section else ""
    if file not in files.tables:
        msg = f"this study has no file of {table}"
        raise InputError(msg)
    return str(file)


def frame_of(files: StudyFiles, table: str) -> pl.DataFrame:
    """Return the laboratory's rows of a declared table."""
    return files.tables[file_of(files, table)].frame


def _spec(files: StudyFiles, table: str, column: str) -> tuple[str, Mapping[str, Any]] | None:
    for section in (f"{table}.wide", table):
        value = section_of(files.settings, section).get(column)
        if value is not None:
            return section, {"column": value} if isinstance(value, str) else value
    top = section_of(files.settings, "").get("participant_id")
    return (table, {"column": top}) if column == "participant_id" and top else None


def place_of(files: StudyFiles, table: str, column: str) -> Place:
    """Return where a declared column, or a word of a wide table, stands.

    Raises
    ------
    InputError
        If the study does not deliver it.
    """
    file = file_of(files, table)
    found = _spec(files, table, column)
    heading = found[1].get("column", "") if found else ""
    if found is None or heading not in files.tables[file].frame.columns:
        msg = f"this study has no {column} in its {table}"
        raise InputError(msg)
    return Place(file, heading, found[0], column, found[1])


def toml_value(spec: Mapping[str, Any]) -> str:
    """Return what is said of a column as an inline table of TOML.

    Examples
    --------
    >>> toml_value({"column": "LDH", "unit": "U/L"})
    '{ column = "LDH", unit = "U/L" }'
    """
    return "{ " + ", ".join(f"{key} = {_toml(value)}" for key, value in spec.items()) + " }"


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return "{ " + pairs + " }"
    return json.dumps(value, ensure_ascii=False)


def with_table(
    files: StudyFiles, file: str, change: Callable[[DeliveredTable], DeliveredTable]
) -> StudyFiles:
    """Return the files with one table changed."""
    return replace(files, tables={**files.tables, file: change(files.tables[file])})


def with_frame(files: StudyFiles, table: str, frame: pl.DataFrame) -> StudyFiles:
    """Return the files with other rows of a declared table."""
    return with_table(files, file_of(files, table), lambda one: replace(one, frame=frame))


def numbers_at(files: StudyFiles, place: Place) -> pl.Series:
    """Return the numbers of a column, null where a cell is empty or something else."""
    return files.tables[place.file].frame[place.heading].cast(pl.Float64, strict=False)


def with_cells(files: StudyFiles, place: Place, cells: pl.Expr | pl.Series) -> StudyFiles:
    """Return the files with other cells in one column."""
    cells = cells.alias(place.heading)
    return with_table(
        files, place.file, lambda one: replace(one, frame=one.frame.with_columns(cells))
    )


def cells_at(files: StudyFiles, place: Place, cells: Mapping[int, str | None]) -> StudyFiles:
    """Return the files with other cells in some rows of one column, which becomes text."""
    frame = files.tables[place.file].frame
    texts = text_frame(frame.select(place.heading), place.file).to_series().to_list()
    for row, cell in cells.items():
        texts[row] = cell
    return with_cells(files, place, pl.Series(texts, dtype=pl.String))


def with_new_column(
    files: StudyFiles, table: str, key: str, spec: Mapping[str, Any], cells: pl.Series
) -> StudyFiles:
    """Return the files with one more column, and what `study.toml` says of it.

    Parameters
    ----------
    files : StudyFiles
    table, key : str
        The section, such as `blood_counts.wide`, and the declared column.
    spec : mapping
        With `column`, the heading.
    cells : polars Series
        One per row of the file.
    """
    column = cells.alias(spec["column"])
    frame = frame_of(files, table.removesuffix(".wide")).with_columns(column)
    files = with_frame(files, table.removesuffix(".wide"), frame)
    return replace(files, settings=with_line(files.settings, table, key, toml_value(spec)))


def with_spec(files: StudyFiles, place: Place, **said: object) -> StudyFiles:
    """Return the files with something else said of one column; None takes it out."""
    spec = {**place.spec, **said}
    spec = {key: value for key, value in spec.items() if value is not None}
    text = with_line(files.settings, place.section, place.key, toml_value(spec))
    return replace(files, settings=text)


def without_spec(files: StudyFiles, place: Place) -> StudyFiles:
    """Return the files with nothing said of one column."""
    return replace(files, settings=without_line(files.settings, place.section, place.key))
