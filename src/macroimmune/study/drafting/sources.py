"""The user's files as drafting finds them: every table of every file and sheet."""

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.file_bytes import file_kind, read_bytes, unpacked
from macroimmune.inputs import RawTable
from macroimmune.inputs.raw_table import raw_table_from_bytes
from macroimmune.results import Finding
from macroimmune.study.drafting.column_profile import ColumnProfile, profiles_of

__all__ = ["TABLE_SUFFIXES", "FoundTable", "find_tables", "table_from_raw"]

TABLE_SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".xlsb", ".parquet", ".gz"}
_MOST_FILES = 200


@dataclass(frozen=True, slots=True, eq=False)
class FoundTable:
    """One table of the user's.

    Parameters
    ----------
    file : str
        As `study.toml` names it: relative to the study's folder, or absolute.
    sheet : str
        Of a workbook with several, empty otherwise.
    raw : RawTable
    columns : tuple of ColumnProfile
    """

    file: str
    sheet: str
    raw: RawTable
    columns: tuple[ColumnProfile, ...]

    @property
    def label(self) -> str:
        """A short name for the table: its sheet, or its file without the ending."""
        return self.sheet or Path(self.file).name.split(".")[0]

    def column(self, heading: str) -> ColumnProfile | None:
        """Return the column under a heading, None where there is none with a value."""
        return next((one for one in self.columns if one.heading == heading), None)


def table_from_raw(raw: RawTable, file: str, *, sheet: str = "") -> FoundTable:
    """Return a table that was read, with its columns looked at."""
    return FoundTable(file, sheet, raw, profiles_of(raw))


def _files(place: Path | Iterable[Path]) -> tuple[list[Path], Path | None]:
    """Return the files to look at and the folder that they are named relative to."""
    if isinstance(place, Path):
        if not place.is_dir():
            return [place], place.parent
        inside = sorted(place.iterdir())
        found = [one for one in inside if one.is_file() and one.suffix.lower() in TABLE_SUFFIXES]
        return found[:_MOST_FILES], place
    return [Path(one) for one in place], None


def _sheets(data: bytes, file: str) -> list[str | None]:
    unpacked_data = unpacked(data, file)
    if file_kind(unpacked_data, file) != "workbook":
        return [None]
    try:
        return list(CalamineWorkbook.from_filelike(io.BytesIO(unpacked_data)).sheet_names)
    except (CalamineError, OSError, ValueError, KeyError) as error:
        msg = f"{file}: not a workbook that can be read ({error}); save it again as XLSX or CSV"
        raise FormatError(msg) from error


def find_tables(
    place: Path | Iterable[Path],
    *,
    sheet: str | None = None,
    required: bool = True,
    skip: Collection[str] = (),
) -> tuple[tuple[FoundTable, ...], tuple[Finding, ...]]:
    """Return every table in a folder or in the files given, and those that cannot be read.

    Parameters
    ----------
    place : Path or iterable of Path
        A folder (its own files, not those of folders in it), one file, or files.
    sheet : str or None
        Only this sheet of workbooks.
    required : bool
        Whether a folder without tables is an error.
    skip : collection of str
        Names of files of the folder that are no tables of the study.

    Returns
    -------
    tables : tuple of FoundTable
        Those with at least one row.
    findings : tuple of Finding
        A warning for each file or sheet that was left out.

    Raises
    ------
    InputError
        If there is no such folder, or no file in it that could be a table.
    """
    if isinstance(place, Path) and not place.exists():
        msg = f"{place}: no such file or folder; name the folder with the study's tables"
        raise InputError(msg)
    files, folder = _files(place)
    files = [one for one in files if one.name not in skip]
    if not files and required:
        endings = ", ".join(sorted(TABLE_SUFFIXES))
        msg = f"{place}: no tables found; put files with one of these endings there: {endings}"
        raise InputError(msg)
    tables: list[FoundTable] = []
    findings: list[Finding] = []
    for path in files:
        name = path.name if folder is not None else str(path.resolve())
        try:
            data = read_bytes(path)
            sheets = [sheet] if sheet is not None else _sheets(data, path.name)
        except FormatError as error:
            findings.append(_left_out(path.name, str(error)))
            continue
        for one in sheets:
            try:
                raw = raw_table_from_bytes(data, path.name, sheet=one)
            except FormatError as error:
                findings.append(_left_out(path.name, str(error)))
                continue
            found = table_from_raw(raw, name, sheet=one or "")
            if found.columns:
                tables.append(found)
    return tuple(tables), tuple(findings)


def _left_out(file: str, found: str) -> Finding:
    return Finding(
        "warning", "left-out", file, None, "", found, "a table", "Remove or correct this file."
    )
