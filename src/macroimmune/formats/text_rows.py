"""Columns of a large table as text: rows of the wrong shape are told, all others kept."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import FormatError
from macroimmune.formats.text_blocks import TextBlock, text_blocks

__all__ = ["RowShape", "TextRows", "heading_cells", "text_rows"]

_NEWLINE = ord("\n")
_QUOTE = ord('"')


@dataclass(frozen=True, slots=True)
class RowShape:
    """What the rows of a table must look like.

    Parameters
    ----------
    names : tuple of str
        Of the columns, each once where it is wanted.
    separator : str
        One ASCII character.
    has_quotes : bool
        Whether a cell in double quotes may hold separators. A line end always ends a row.
    """

    names: tuple[str, ...]
    separator: str
    has_quotes: bool


@dataclass(frozen=True, slots=True, eq=False)
class TextRows:
    """Rows of one block.

    Parameters
    ----------
    table : DataFrame of String
        The wanted columns; empty cells are null.
    rows : int array, shape (rows,)
        Row of each in the file; the first line is row 1.
    odd : tuple of (int, str)
        Rows of another shape, and what was found there.
    damage : str
        Empty, or why the file cannot be read beyond.
    last_row : int
        Of this block.
    """

    table: pl.DataFrame
    rows: NDArray[np.int64]
    odd: tuple[tuple[int, str], ...]
    damage: str
    last_row: int


def heading_cells(line: str, separator: str) -> tuple[str, ...]:
    r"""Return the names in a heading, quotes taken off.

    Examples
    --------
    >>> heading_cells('"count","v, best"', ",")
    ('count', 'v, best')
    """
    cells = next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    return tuple(cell.strip() for cell in cells)


def text_rows(
    path: Path, shape: RowShape, wanted: Sequence[str], *, heading_row: int, block_bytes: int
) -> Iterator[TextRows]:
    """Yield the rows below the heading, block by block.

    Parameters
    ----------
    path : Path
    shape : RowShape
    wanted : sequence of str
        Columns to read; each stands in the heading.
    heading_row : int
        Row of the heading; what stands above it is left out.
    block_bytes : int

    Yields
    ------
    rows : TextRows
        Blank lines are left out and counted.
    """
    for block in text_blocks(path, block_bytes=block_bytes):
        skipped = max(heading_row + 1 - block.first_row, 0)
        data = block.data
        if skipped:
            lines = data.split(b"\n", skipped)
            data = lines[-1] if len(lines) > skipped else b""
        yield _rows(TextBlock(data, block.first_row + skipped, block.damage), shape, wanted)


def _rows(block: TextBlock, shape: RowShape, wanted: Sequence[str]) -> TextRows:
    data = block.data
    if data and not data.endswith(b"\n"):
        data += b"\n"
    letters = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(letters == _NEWLINE)
    last = block.first_row + len(ends) - 1
    has_quotes = shape.has_quotes and b'"' in data
    if not has_quotes and _is_even(letters, ends, shape):
        rows = np.arange(block.first_row, last + 1)
        return TextRows(_parsed(data, len(ends), shape, wanted), rows, (), block.damage, last)
    cells, is_open = _cells_of_lines(letters, ends, shape, has_quotes=has_quotes)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    is_blank = ends == starts
    is_right = (cells == len(shape.names)) & ~is_open & ~is_blank
    kept = b"".join(data[starts[k] : ends[k] + 1] for k in np.flatnonzero(is_right))
    odd = tuple(
        (
            block.first_row + int(k),
            "a quote that is not closed" if is_open[k] else f"{cells[k]} cells",
        )
        for k in np.flatnonzero(~is_right & ~is_blank)
    )
    rows = block.first_row + np.flatnonzero(is_right)
    return TextRows(_parsed(kept, len(rows), shape, wanted), rows, odd, block.damage, last)


def _is_even(letters: NDArray[np.uint8], ends: NDArray[np.int64], shape: RowShape) -> bool:
    """Return whether every line has the right number of separators."""
    per_line = len(shape.names) - 1
    places = np.flatnonzero(letters == ord(shape.separator))
    if len(places) != per_line * len(ends) or not per_line:
        return False
    table = places.reshape(len(ends), per_line)
    return bool((table[:, -1] < ends).all() and (table[1:, 0] > ends[:-1]).all())


def _cells_of_lines(
    letters: NDArray[np.uint8], ends: NDArray[np.int64], shape: RowShape, *, has_quotes: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the cells of each line, and whether a quote is left open in it."""
    places = np.flatnonzero(letters == ord(shape.separator))
    if not has_quotes:
        before = np.searchsorted(places, ends)
        return np.diff(before, prepend=0) + 1, np.zeros(len(ends), dtype=np.bool_)
    quotes = np.flatnonzero(letters == _QUOTE)
    quotes_before = np.searchsorted(quotes, ends)
    in_line = np.diff(quotes_before, prepend=0)
    # An odd number of quotes between the start of its line and a separator: inside a quoted cell.
    line = np.searchsorted(ends, places)
    before_line = np.concatenate([[0], quotes_before])[line]
    is_outside = (np.searchsorted(quotes, places) - before_line) % 2 == 0
    before = np.searchsorted(places[is_outside], ends)
    return np.diff(before, prepend=0) + 1, in_line % 2 == 1


def _parsed(data: bytes, lines: int, shape: RowShape, wanted: Sequence[str]) -> pl.DataFrame:
    """Return the wanted columns of lines that all have the right number of cells.

    Raises
    ------
    FormatError
        If polars reads another number of rows: quotes inside cells.
    """
    if not lines:
        return pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))
    # Names of numbers: the same heading may stand over several columns.
    heading = shape.separator.join(str(k) for k in range(len(shape.names)))
    places = {name: str(shape.names.index(name)) for name in wanted}
    table = pl.read_csv(
        heading.encode() + b"\n" + data,
        separator=shape.separator,
        quote_char='"' if shape.has_quotes else None,
        columns=sorted(set(places.values()), key=int),
        infer_schema=False,
    )
    if len(table) != lines:
        msg = f"{lines} rows of which {len(table)} can be read; expected quotes around whole cells"
        raise FormatError(msg)
    return table.select(pl.col(place).alias(name) for name, place in places.items())
