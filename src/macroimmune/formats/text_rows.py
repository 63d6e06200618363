"""Columns of a large table as text: rows of the wrong shape are told, all others kept."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.formats.text_blocks import TextBlock, text_blocks

__all__ = ["RowShape", "TextRows", "heading_cells", "text_rows"]

_NEWLINE = ord("\n")
# Columns, and by their place in the block the lines they come from and lines of another shape.
_Lines = tuple[pl.DataFrame, NDArray[np.int64], tuple[tuple[int, str], ...]]


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
    bare = line.rstrip("\r\n")
    try:
        cells = next(csv.reader([bare], delimiter=separator), [])
    except csv.Error:
        cells = bare.split(separator)
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
    if not data.endswith(b"\n"):
        # A number that was cut still looks like one: the last line of a damaged file is left out.
        data = data[: data.rfind(b"\n") + 1] if block.damage else data + b"\n" * bool(data)
    letters = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(letters == _NEWLINE)
    last = block.first_row + len(ends) - 1
    if shape.has_quotes and b'"' in data:
        table, places, odd = _quoted(data, shape, wanted)
    elif _is_even(letters, ends, shape):
        table, places, odd = _parsed(data, shape, wanted), np.arange(len(ends)), ()
    else:
        table, places, odd = _uneven(data, letters, ends, shape, wanted)
    odd = tuple((block.first_row + place, found) for place, found in odd)
    return TextRows(table, block.first_row + places, odd, block.damage, last)


def _is_even(letters: NDArray[np.uint8], ends: NDArray[np.int64], shape: RowShape) -> bool:
    """Return whether every line has the right number of separators."""
    per_line = len(shape.names) - 1
    places = np.flatnonzero(letters == ord(shape.separator))
    if len(places) != per_line * len(ends) or not per_line:
        return False
    table = places.reshape(len(ends), per_line)
    return bool((table[:, -1] < ends).all() and (table[1:, 0] > ends[:-1]).all())


def _uneven(
    data: bytes,
    letters: NDArray[np.uint8],
    ends: NDArray[np.int64],
    shape: RowShape,
    wanted: Sequence[str],
) -> _Lines:
    """Return the lines with the right number of separators, and those of another shape."""
    separators = np.flatnonzero(letters == ord(shape.separator))
    cells = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    is_blank = ends == starts
    is_right = (cells == len(shape.names)) & ~is_blank
    kept = b"".join(data[starts[k] : ends[k] + 1] for k in np.flatnonzero(is_right))
    odd = tuple((int(k), f"{cells[k]} cells") for k in np.flatnonzero(~is_right & ~is_blank))
    return _parsed(kept, shape, wanted), np.flatnonzero(is_right), odd


def _quoted(data: bytes, shape: RowShape, wanted: Sequence[str]) -> _Lines:
    """Return lines of which some have quotes: each is a row of its own, whatever is open in it."""
    columns: list[list[str | None]] = [[] for _ in wanted]
    indices = [shape.names.index(name) for name in wanted]
    places, odd = [], []
    for place, line in enumerate(data.decode("utf-8").split("\n")[:-1]):
        if not line:
            continue
        try:
            cells = next(csv.reader([line], delimiter=shape.separator, strict=True))
        except csv.Error:
            odd.append((place, "a quote that is not closed or out of place"))
            continue
        if len(cells) != len(shape.names):
            odd.append((place, f"{len(cells)} cells"))
            continue
        places.append(place)
        for column, index in zip(columns, indices, strict=True):
            column.append(cells[index] or None)
    table = pl.DataFrame(dict(zip(wanted, columns, strict=True)), schema=_texts(wanted))
    return table, np.array(places, dtype=np.int64), tuple(odd)


def _texts(wanted: Sequence[str]) -> dict[str, type[pl.String]]:
    return dict.fromkeys(wanted, pl.String)


def _parsed(data: bytes, shape: RowShape, wanted: Sequence[str]) -> pl.DataFrame:
    """Return the wanted columns of lines that all have the right number of cells."""
    if not data:
        return pl.DataFrame(schema=_texts(wanted))
    places = {name: shape.names.index(name) for name in wanted}
    order = sorted(set(places.values()))
    table = pl.read_csv(
        data,
        has_header=False,
        separator=shape.separator,
        quote_char=None,
        columns=order,
        infer_schema=False,
    )
    named = dict(zip(order, table.columns, strict=True))
    return table.select(pl.col(named[place]).alias(name) for name, place in places.items())
