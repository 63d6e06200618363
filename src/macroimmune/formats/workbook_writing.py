"""Tables to the sheets of an XLSX workbook, row by row; the same tables, the same bytes."""

import io
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl
import xlsxwriter

from macroimmune.errors import FormatError
from macroimmune.formats.columnar import text_frame

__all__ = ["write_workbook"]

_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_576
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


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
        If a text is longer than a cell holds, or has a character that XML lacks.
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
        if "\ufffe" in text or "\uffff" in text:
            msg = f"row {row + 1}, column {column + 1}: a character that XML lacks; remove it"
            raise FormatError(msg)
        sheet.write_string(row, column, text)
