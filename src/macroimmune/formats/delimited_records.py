"""Text to records: the delimiter, quotes, and the row at which each record stands."""

import csv
import io
from collections.abc import Iterator

import polars as pl

from macroimmune.errors import FormatError

__all__ = ["EvenTable", "Record", "misquoted_row", "delimiter_of", "even_table", "records"]

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_CHARACTERS = 200_000
_SNIFFED_RECORDS = 50

Record = tuple[int, list[str]]
EvenTable = tuple[list[str], pl.DataFrame, tuple[int, ...]]


def delimiter_of(text: str) -> str:
    r"""Return the delimiter under which the first records agree best on their number of cells.

    Examples
    --------
    >>> delimiter_of("a;b\n1,5;2\n2,5;3")
    ';'
    """
    head = text[:_SNIFFED_CHARACTERS]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = _widths(head, delimiter)
        if not widths or widths[0] < 2:
            return (0.0, 0)
        return (round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0])

    best = max(_DELIMITERS, key=agreement)
    return best if agreement(best)[1] else ","


def _widths(head: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == _SNIFFED_RECORDS:
                break
    except csv.Error:
        return widths
    # The last record may have been cut by the limit on characters.
    return widths[:-1] if len(head) == _SNIFFED_CHARACTERS and len(widths) > 1 else widths


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Yield the row and the cells of every record that is not blank.

    Parameters
    ----------
    text : str
        With any line endings; a line end inside quotes belongs to the cell.
    delimiter : str

    Yields
    ------
    record : (int, list of str)
        The row as a spreadsheet numbers it, blank rows counted, and its cells as written.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row, cells in enumerate(reader, start=1):
        if any(cells):
            yield row, cells


def misquoted_row(text: str, delimiter: str, file: str) -> int | None:
    """Return the first row in which text follows a closing quote inside one cell.

    Parameters
    ----------
    text, delimiter, file : str

    Returns
    -------
    row : int or None
        As `records` numbers it; None where all quotes are well formed.

    Raises
    ------
    FormatError
        If a quote is opened and never closed, or a cell is longer than 131,072 characters: the
        rest of the table would silently become one cell.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    try:
        for _ in reader:
            row += 1
    except csv.Error as error:
        if "expected after" not in str(error):
            msg = (
                f'{file}, row {row + 1}: {error}; a quote (") is opened there and never closed, or '
                "a cell is far too long; close the quote, or save the table as XLSX"
            )
            raise FormatError(msg) from error
        return row + 1
    return None


def even_table(text: str, delimiter: str) -> EvenTable | None:
    """Return headings, cells and rows of a table without quotes whose lines are all alike.

    Parameters
    ----------
    text, delimiter : str

    Returns
    -------
    table : (headings, frame, rows) or None
        Empty cells null, blank rows left out; None where lines differ in their number of cells
        or a quote occurs: `records` then reads the table, five times slower.
    """
    if '"' in text:
        return None
    lines = pl.Series("line", text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    numbered = pl.DataFrame({"row": pl.int_range(1, lines.len() + 1, eager=True), "line": lines})
    numbered = numbered.filter(pl.col("line") != "")
    delimiters = numbered["line"].str.count_matches(delimiter, literal=True).unique()
    if delimiters.len() != 1:
        return None
    width = int(delimiters[0]) + 1
    cells = numbered["line"].str.split_exact(delimiter, width - 1).struct.unnest()
    cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all()))
    filled = pl.any_horizontal(pl.all().is_not_null())
    rows = numbered["row"].filter(cells.select(filled).to_series())
    cells = cells.filter(filled)
    if cells.is_empty():
        return None
    return [cell or "" for cell in cells.row(0)], cells[1:], tuple(rows[1:].to_list())
