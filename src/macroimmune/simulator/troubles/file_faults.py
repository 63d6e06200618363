"""Troubles of how files are written: encodings, line ends, sheets, rows, headings, damage."""

import json
from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.places import (
    file_of,
    frame_of,
    numbers_at,
    place_of,
    with_cells,
    with_frame,
    with_table,
)
from macroimmune.simulator.troubles.text_damage import cut_gzip, with_damage, with_lines
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["FILE_TROUBLES"]


def _in_dialect(files: StudyFiles, table: str, **said: str) -> StudyFiles:
    return with_table(
        files,
        file_of(files, table),
        lambda one: replace(one, dialect=replace(one.dialect, **said)),  # type: ignore[arg-type]
    )


def _heading_with_umlaut(files: StudyFiles) -> StudyFiles:
    """Add a column that nothing reads, under a heading that is not ASCII."""
    frame = frame_of(files, "participants")
    site = pl.Series("Universitätsklinik", ["Köln"] * frame.height, dtype=pl.String)
    return with_frame(files, "participants", frame.with_columns(site))


def _latin(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return _in_dialect(_heading_with_umlaut(files), "participants", encoding="latin-1")


def _mac_roman(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return _in_dialect(_heading_with_umlaut(files), "participants", encoding="mac_roman")


def _utf16(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    said = {"encoding": "utf-16", "separator": "\t", "line_end": "\r\n"}
    return _in_dialect(_heading_with_umlaut(files), "participants", **said)


def _old_mac(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return _in_dialect(files, "populations", line_end="\r")


def _mixed_ends(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    def mixed(lines: list[str], _separator: str) -> list[str]:
        half = len(lines) // 2
        return [*lines[:half], *(line.rstrip("\r\n") + "\r\n" for line in lines[half:])]

    return with_lines(files, file_of(files, "populations"), mixed)


def _decimal_comma(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    files = _in_dialect(files, "blood_counts", separator=";", decimal=",")
    place = place_of(files, "blood_counts", "eosinophils")
    values = numbers_at(files, place).to_list()
    # Three decimals, as some machines print: 0,150 could be 150 as well.
    cells = [None if one is None else f"{one:.3f}".replace(".", ",") for one in values]
    return with_cells(files, place, pl.Series(cells, dtype=pl.String))


def _two_sheets(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    file = file_of(files, "medications")
    new = f"{file.rpartition('.')[0]}.xlsx"
    legend = pl.DataFrame({"Class": ["steroid"], "Meaning": ["prednisone 10 mg or more"]})
    table = files.tables[file]
    dialect = replace(table.dialect, kind="workbook", sheet="Courses")
    workbook = replace(table, dialect=dialect, beside={"Legend": legend})
    tables = {new if name == file else name: one for name, one in files.tables.items()}
    settings = files.settings.replace(f"file = {json.dumps(file)}", f"file = {json.dumps(new)}")
    return replace(files, tables={**tables, new: workbook}, settings=settings)


def _broken_transfer(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return with_damage(files, file_of(files, "tumour_measurements"), cut_gzip)


def _open_quotes(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "samples", "material")
    column = frame_of(files, "samples").columns.index(place.heading)
    share = float(rng.random())

    def quoted(lines: list[str], separator: str) -> list[str]:
        row = 1 + int(share * (len(lines) - 1))
        cells = lines[row].rstrip("\r\n").split(separator)
        ending = lines[row][len(lines[row].rstrip("\r\n")) :]
        cells[column] = f'"{cells[column]}" thawed'
        return [*lines[:row], separator.join(cells) + ending, *lines[row + 1 :]]

    return with_lines(files, place.file, quoted)


def _cell_beyond(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    share = float(rng.random())

    def longer(lines: list[str], separator: str) -> list[str]:
        row = 1 + int(share * (len(lines) - 1))
        line = lines[row].rstrip("\r\n")
        ending = lines[row][len(line) :]
        return [*lines[:row], f"{line}{separator}see letter{ending}", *lines[row + 1 :]]

    return with_lines(files, file_of(files, "tumour_measurements"), longer)


def _heading_twice(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    heading = place_of(files, "proteins", "analyte").heading
    frame = frame_of(files, "proteins")
    files = with_frame(files, "proteins", frame.with_columns(pl.col(heading).alias("again")))

    def twice(lines: list[str], separator: str) -> list[str]:
        names = lines[0].split(separator)
        names[-1] = names[-1].replace("again", heading)
        return [separator.join(names), *lines[1:]]

    return with_lines(files, file_of(files, "proteins"), twice)


def _heading_absent(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "functional_assays")
    remarks = pl.Series("", ["ok"] * frame.height, dtype=pl.String)
    return with_frame(files, "functional_assays", frame.with_columns(remarks))


_PARTICIPANTS, _POPULATIONS = "how participants are written", "how populations are written"

FILE_TROUBLES = (
    Trouble(
        "latin-1",
        "the file of participants is written in ISO 8859-1",
        (_PARTICIPANTS,),
        _latin,
        says=("encoding",),
    ),
    Trouble(
        "mac-roman",
        "the file of participants is written in Mac Roman",
        (_PARTICIPANTS,),
        _mac_roman,
        says=("encoding",),
    ),
    Trouble(
        "utf-16",
        "the file of participants is written in UTF-16 with tabulators, as Excel does",
        (_PARTICIPANTS,),
        _utf16,
        says=(),
    ),
    Trouble(
        "line-endings",
        "the lines of the file of populations end with CR alone, as on old Macs",
        (_POPULATIONS,),
        _old_mac,
        says=("line-endings",),
    ),
    Trouble(
        "mixed-line-endings",
        "the file of populations was put together from two systems, with LF and CR LF",
        (_POPULATIONS,),
        _mixed_ends,
        says=("line-endings",),
    ),
    Trouble(
        "decimal-comma",
        "blood counts have decimal commas, which could be thousands, between semicolons",
        ("how blood_counts are written", "blood_counts.eosinophils"),
        _decimal_comma,
        says=("decimal-comma",),
    ),
    Trouble(
        "sheet-chosen",
        "medications come as a workbook of two sheets, and none is named",
        ("how medications are written",),
        _two_sheets,
        says=("sheet-chosen",),
    ),
    Trouble(
        "unreadable-file",
        "the packed file of scans was cut off in transfer",
        ("how tumour_measurements are written", "rows of tumour_measurements"),
        _broken_transfer,
        says=("unreadable-file",),
    ),
    Trouble(
        "quotes",
        "text follows a closing quote in one cell of the list of samples",
        ("how samples are written",),
        _open_quotes,
        says=("quotes",),
    ),
    Trouble(
        "ragged-row",
        "one scan has a cell more than there are headings",
        ("how tumour_measurements are written",),
        _cell_beyond,
        says=("ragged-row",),
    ),
    Trouble(
        "duplicate-heading",
        "one heading of the proteins stands twice",
        ("how proteins are written",),
        _heading_twice,
        says=("duplicate-heading",),
    ),
    Trouble(
        "empty-heading",
        "remarks stand beside the functional assays under no heading",
        ("how functional_assays are written",),
        _heading_absent,
        says=("empty-heading",),
    ),
)
