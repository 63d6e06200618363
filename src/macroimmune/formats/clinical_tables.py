"""Tables of clinic and laboratory as bytes: text in many dialects, workbooks, Parquet."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

import polars as pl
import xlsxwriter

from macroimmune.errors import FormatError
from macroimmune.formats.columnar import text_frame

__all__ = ["Dialect", "write_table", "write_workbook"]

_ENCODINGS = ("utf-8", "utf-8-sig", "latin-1", "cp1252", "mac_roman", "utf-16")
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_576
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
_KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "kind": ("text", "workbook", "parquet"),
    "separator": (",", ";", "\t", "|"),
    "encoding": _ENCODINGS,
    "line_end": ("\n", "\r\n", "\r"),
    "decimal": (".", ","),
    "quotes": ("where needed", "everywhere"),
})


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a table is written into a file.

    Parameters
    ----------
    kind : {"text", "workbook", "parquet"}
        Workbooks are XLSX. All that follows except `sheet` is of text alone.
    separator : str
        Comma, semicolon, tabulator or vertical bar.
    encoding : str
        `utf-8`, `utf-8-sig` (with a byte-order mark), `latin-1`, `cp1252`, `mac_roman` or `utf-16`
        (little-endian, with a mark).
    line_end : str
        LF, CR LF, or CR as on old Macs.
    decimal : str
        Of numbers: point or comma.
    quotes : {"where needed", "everywhere"}
    sheet : str
        Of a workbook.

    Raises
    ------
    FormatError
        If one of them is none of these.
    """

    kind: Literal["text", "workbook", "parquet"] = "text"
    separator: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    decimal: str = "."
    quotes: Literal["where needed", "everywhere"] = "where needed"
    sheet: str = "Sheet1"

    def __post_init__(self) -> None:
        for name, known in _KNOWN.items():
            found = getattr(self, name)
            if found not in known:
                msg = f"{name} = {found!r}; expected one of {', '.join(map(repr, known))}"
                raise FormatError(msg)


def write_table(table: pl.DataFrame, dialect: Dialect) -> bytes:
    r"""Return the bytes of a file that holds `table`.

    Parameters
    ----------
    table : polars DataFrame
        Text, numbers, truth values or dates under unique headings. Missing and empty cells are
        both written as empty ones.
    dialect : Dialect

    Returns
    -------
    data : bytes
        The same table and dialect, the same bytes.

    Raises
    ------
    FormatError
        If a cell cannot be written: a character that the encoding lacks, NUL in text, a cell or a
        table longer than a sheet holds.

    Notes
    -----
    Convention: numbers as in `text_frame`, with the decimal mark of the dialect; in a workbook they
    are cells of numbers. A row without any filled cell is a blank row.

    Examples
    --------
    >>> table = pl.DataFrame({"id": ["a", "b"], "IL-6": [0.5, 12.0]})
    >>> write_table(table, Dialect(separator=";", decimal=","))
    b'id;IL-6\na;0,5\nb;12\n'
    """
    if dialect.kind == "workbook":
        return write_workbook({dialect.sheet: table})
    if dialect.kind == "parquet":
        stream = io.BytesIO()
        table.write_parquet(stream)
        return stream.getvalue()
    return _encoded(_text(table, dialect), dialect.encoding)


def _text(table: pl.DataFrame, dialect: Dialect) -> str:
    cells = text_frame(table, "table")
    if dialect.decimal == ",":
        numbers = [name for name, kind in table.schema.items() if kind.is_float()]
        cells = cells.with_columns(pl.col(numbers).str.replace(".", ",", literal=True))
    heading = pl.DataFrame({name: [name] for name in cells.columns})
    cells = pl.concat([heading, cells]).with_columns(pl.all().fill_null(""))
    cells = cells.with_columns(_quoted(pl.all(), dialect))
    lines = cells.select(pl.concat_str(pl.all(), separator=dialect.separator)).to_series()
    return "".join(f"{line}{dialect.line_end}" for line in lines)


def _quoted(cell: pl.Expr, dialect: Dialect) -> pl.Expr:
    quoted = pl.format('"{}"', cell.str.replace_all('"', '""', literal=True))
    if dialect.quotes == "everywhere":
        return quoted
    # A line end of any kind: whoever reads the file may take it for the end of the row.
    special = cell.str.contains_any([dialect.separator, '"', "\n", "\r"])
    return pl.when(special).then(quoted).otherwise(cell)


def _encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a text.

    Raises
    ------
    FormatError
        If the encoding lacks a character, or there is a NUL.
    """
    if "\0" in text:
        msg = "a cell holds a NUL character, which no text table can; expected text; remove it"
        raise FormatError(msg)
    try:
        if encoding == "utf-16":
            # The order of bytes is named, or it would be that of the machine.
            return b"\xff\xfe" + text.encode("utf-16-le")
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        lacking = text[error.start]
        msg = f"{lacking!r} cannot be written in {encoding}; choose utf-8, or another character"
        raise FormatError(msg) from error


def write_workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """Return the bytes of an XLSX workbook with these sheets, in their order.

    Parameters
    ----------
    sheets : mapping from name to polars DataFrame
        As in `write_table`.

    Raises
    ------
    FormatError
        If the name of a sheet, a cell or a table is longer than a workbook holds.

    Notes
    -----
    Convention: no text becomes a formula, link or number. Written row by row in little memory; the
    date of making is fixed, so that the same tables give the same bytes.
    """
    stream = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with xlsxwriter.Workbook(stream, options) as book:
            book.set_properties({"created": _MADE})
            for name, table in sheets.items():
                _sheet(book.add_worksheet(name), name, table)
    except xlsxwriter.exceptions.XlsxWriterException as error:
        msg = f"sheets {', '.join(map(repr, sheets))}: {error}; choose other names"
        raise FormatError(msg) from error
    return stream.getvalue()


def _sheet(sheet: Any, name: str, table: pl.DataFrame) -> None:
    if table.height >= _MOST_ROWS:
        msg = f"sheet {name!r}: {table.height} rows; a sheet holds {_MOST_ROWS - 1}; write text"
        raise FormatError(msg)
    typed = table.with_columns(
        text_frame(table.select(~(pl.selectors.numeric() | pl.selectors.boolean())), name)
    )
    for row, cells in enumerate([tuple(table.columns), *typed.iter_rows()]):
        for column, cell in enumerate(cells):
            _cell(sheet, row, column, cell)


def _cell(sheet: Any, row: int, column: int, cell: object) -> None:
    """Write one cell.

    Raises
    ------
    FormatError
        If a text is longer than a cell holds.
    """
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        # A spreadsheet has no cell for NaN and infinity.
        if math.isfinite(cell):
            sheet.write_number(row, column, cell)
    else:
        text = str(cell)
        if len(text) > _LONGEST_CELL:
            msg = f"row {row + 1}, column {column + 1}: {len(text)} characters; a cell of a sheet "
            raise FormatError(msg + f"holds {_LONGEST_CELL}; write text")
        sheet.write_string(row, column, text)
