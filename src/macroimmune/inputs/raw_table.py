"""A table as it stands in a file: text cells under the user's own headings, nothing interpreted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import polars as pl

from macroimmune.errors import FormatError
from macroimmune.formats.columnar import parquet_frame
from macroimmune.formats.delimited_records import (
    Record,
    delimiter_of,
    even_table,
    misquoted_row,
    records,
)
from macroimmune.formats.file_bytes import MAX_CELLS, file_kind, read_bytes, unpacked
from macroimmune.formats.text_encoding import decode_text
from macroimmune.formats.workbook_sheets import sheet_records
from macroimmune.inputs.file_notes import quotes_warning, sheet_note, text_notes
from macroimmune.inputs.headings import RaggedRows, headings_of
from macroimmune.results import Finding

__all__ = ["RawTable", "raw_table_from_bytes", "read_raw_table"]

_RECORDS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A table as it stands in a file.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    sheet : str
        Sheet of a workbook that was read, empty for other files.
    frame : polars DataFrame
        All columns text, cells as written, an empty cell null; headings as in the file, made
        unique.
    rows : tuple of int
        Row of each record as a spreadsheet numbers it: the header is row 1, blank rows count.
    delimiter : str
        Of a text file; empty for others.
    findings : tuple of Finding
        What was noticed while reading.
    """

    file: str
    sheet: str
    frame: pl.DataFrame
    rows: tuple[int, ...]
    delimiter: str
    findings: tuple[Finding, ...]

    @property
    def place(self) -> str:
        """The file and, in a workbook, the sheet, as findings name it."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    @property
    def first_row(self) -> int:
        """Row of the first record; 2 where there is none."""
        return self.rows[0] if self.rows else 2


def read_raw_table(path: Path, *, sheet: str | None = None) -> RawTable:
    """Return the table in a file: CSV, TSV or other delimited text, XLSX, XLS, ODS, Parquet.

    Parameters
    ----------
    path : Path
        Read by content, not by its ending; gzip is unpacked.
    sheet : str or None
        Sheet of a workbook; the first that is not empty where not given.

    Returns
    -------
    table : RawTable

    Raises
    ------
    FormatError
        If there is no such file or sheet, or it cannot be read as a table.
    """
    return raw_table_from_bytes(read_bytes(path), path.name, sheet=sheet)


def raw_table_from_bytes(data: bytes, file: str, *, sheet: str | None = None) -> RawTable:
    """Return the table in the bytes of a file; see `read_raw_table`.

    Raises
    ------
    FormatError
        If the bytes cannot be read as a table.
    """
    data = unpacked(data, file)
    kind = file_kind(data, file)
    if kind == "parquet":
        frame = parquet_frame(data, file)
        return RawTable(file, "", frame, tuple(range(2, frame.height + 2)), "", ())
    if kind == "workbook":
        name, found, names = sheet_records(data, file, sheet)
        is_chosen = sheet is None and len(names) > 1
        about_sheets = (sheet_note(file, name, names),) if is_chosen else ()
        return _table(file, name, iter(found), "", about_sheets)
    decoded = decode_text(data, file)
    notes = text_notes(decoded, file)
    delimiter = delimiter_of(decoded.text)
    even = even_table(decoded.text, delimiter)
    if even is not None:
        headings, frame, rows = even
        return _under_headings(file, "", headings, frame, rows, delimiter, notes)
    misquoted = misquoted_row(decoded.text, delimiter, file) if '"' in decoded.text else None
    quotes = (quotes_warning(misquoted, file),) if misquoted is not None else ()
    stream = records(decoded.text, delimiter)
    return _table(file, "", stream, delimiter, (*notes, *quotes))


def _table(
    file: str,
    sheet: str,
    stream: Iterator[Record],
    delimiter: str,
    notes: Sequence[Finding],
) -> RawTable:
    """Put records under their headings.

    Raises
    ------
    FormatError
        If there is no record at all, or there are more than 200 million cells.
    """
    place = f"{file} [{sheet}]" if sheet else file
    header = next(stream, None)
    if header is None:
        msg = f"{place}: empty; expected a row of headings and rows below it"
        raise FormatError(msg)
    headings, width = header[1], len(header[1])
    frames: list[pl.DataFrame] = []
    rows: list[int] = []
    ragged = RaggedRows(headings)
    while chunk := list(islice(stream, _RECORDS_AT_ONCE)):
        if not rows and all(len(cells) == width + 1 for _, cells in chunk):
            # Row names without a heading, as R writes them.
            headings, width = ["", *headings], width + 1
            ragged = RaggedRows(headings)
        rows.extend(row for row, _ in chunk)
        ragged.note(chunk)
        if len(rows) * width > MAX_CELLS:
            msg = f"{place}: more than 200 million cells; expected fewer; split the table"
            raise FormatError(msg)
        frames.append(_frame(chunk, width))
    frame = pl.concat(frames) if frames else _frame([], width)
    findings = (*notes, *ragged.findings(place))
    return _under_headings(file, sheet, headings, frame, tuple(rows), delimiter, findings)


def _under_headings(
    file: str,
    sheet: str,
    headings: Sequence[str],
    frame: pl.DataFrame,
    rows: tuple[int, ...],
    delimiter: str,
    findings: tuple[Finding, ...],
) -> RawTable:
    place = f"{file} [{sheet}]" if sheet else file
    names, about_headings = headings_of(headings, frame, place)
    kept = {old: name for old, name in zip(frame.columns, names, strict=True) if name}
    frame = frame.select([pl.col(old).alias(name) for old, name in kept.items()])
    return RawTable(file, sheet, frame, rows, delimiter, (*findings, *about_headings))


def _frame(chunk: Iterable[Record], width: int) -> pl.DataFrame:
    columns = zip_longest(*(cells[:width] for _, cells in chunk), fillvalue="")
    series = [
        pl.Series(str(number), column, dtype=pl.String) for number, column in enumerate(columns)
    ]
    height = len(series[0]) if series else 0
    series += [
        pl.Series(str(number), [""] * height, dtype=pl.String)
        for number in range(len(series), width)
    ]
    return pl.DataFrame(series).with_columns(pl.all().replace("", None))
