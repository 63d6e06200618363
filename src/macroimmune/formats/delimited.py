"""Delimited text files of machines: columns of text, then of truth values and whole numbers.

Files of people, with titles above the table and units in the cells, are read elsewhere; here a
heading that is not as declared is an error.
"""

import gzip
import io
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from macroimmune.errors import FormatError

__all__ = [
    "as_booleans",
    "as_numbers",
    "as_whole_numbers",
    "column_names",
    "read_cells",
    "read_text_columns",
    "spelled_booleans",
    "write_text",
]

MAX_BYTES = 8_000_000_000
_MAX_HEADING = 1_000_000


def read_text_columns(
    path: Path, separator: str, *, quote: str | None, wanted: Collection[str] | None = None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return columns of a file as text, and the names of all its columns.

    Parameters
    ----------
    path : Path
        Plain or gzip, by what it begins with.
    separator : str
    quote : str or None
        None: quotes are characters like others.
    wanted : collection of str or None
        The columns to read where the file has them; None reads all.

    Returns
    -------
    table : DataFrame of String
        Empty cells are null.
    names : tuple of str
        Of every column in the file, in its order.

    Raises
    ------
    FormatError
        If the file cannot be read, is larger than 8 GB unpacked, a column stands twice, or a row
        has more cells than the heading.
    """
    heading, source = _opened(path)
    names = column_names(heading, separator, path.name)
    kept = [name for name in names if wanted is None or name in wanted]
    if not kept:
        return pl.DataFrame(), names
    try:
        table = pl.read_csv(
            source,
            separator=separator,
            quote_char=quote,
            columns=kept,
            infer_schema=False,
        )
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        msg = f"{path.name}: not a table ({reason}); expected {len(names)} cells in every row"
        raise FormatError(msg) from error
    return table.select(kept), names


def read_cells(path: Path, separator: str) -> pl.DataFrame:
    """Return every row of a file as text, the first like the others.

    Parameters
    ----------
    path : Path
        Plain or gzip, by what it begins with.
    separator : str

    Returns
    -------
    table : DataFrame of String
        Empty cells are null; blank lines are kept where there is one column. Without rows and
        columns where the file is empty.

    Raises
    ------
    FormatError
        If the file cannot be read, is larger than 8 GB unpacked, is no UTF-8, or its rows differ
        in length.
    """
    _, source = _opened(path)
    try:
        return pl.read_csv(
            source, separator=separator, has_header=False, infer_schema=False, raise_if_empty=False
        )
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        msg = f"{path.name}: not a table ({reason}); expected UTF-8 and rows of one length"
        raise FormatError(msg) from error


def _opened(path: Path) -> tuple[bytes, Path | bytes]:
    """Return the first line, and what polars is to read: the file itself where it is plain.

    Raises
    ------
    FormatError
        If it cannot be read, or unpacks to too much.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(2) != b"\x1f\x8b":
                stream.seek(0)
                return stream.readline(_MAX_HEADING), path
            stream.seek(0)
            with gzip.GzipFile(fileobj=stream) as packed:
                data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason}); correct the path or copy the file again"
        raise FormatError(msg) from error
    if len(data) > MAX_BYTES:
        msg = f"{path.name}: unpacks to more than 8 GB; expected less; split the file"
        raise FormatError(msg)
    return io.BytesIO(data).readline(_MAX_HEADING), data


def column_names(heading: bytes, separator: str, file: str) -> tuple[str, ...]:
    """Return the names of the columns in the first line of a file.

    Raises
    ------
    FormatError
        If it is no UTF-8, empty, or a column stands twice.
    """
    try:
        text = heading.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        msg = f"{file}: the heading is no UTF-8 ({error.reason}); expected text; export it again"
        raise FormatError(msg) from error
    names = tuple(name.strip('"') for name in text.split(separator))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not text.strip():
        found = f"columns {twice} stand twice" if twice else "no heading"
        msg = f"{file}, row 1: {found}; expected a heading with every column once"
        raise FormatError(msg)
    return names


def _refuse(table: pl.DataFrame, column: str, bad: pl.Series, file: str, expected: str) -> None:
    """Refuse the first marked cell.

    Raises
    ------
    FormatError
        If any cell is marked.
    """
    if not bad.any():
        return
    row = int(bad.arg_true()[0])
    found = str(table[column][row])[:40]
    msg = f"{file}, row {row + 2}, {column} = {found!r}; expected {expected}; correct the cell"
    raise FormatError(msg)


def as_booleans(
    table: pl.DataFrame, column: str, spelled: Mapping[str, bool], file: str
) -> pl.Series:
    """Return a text column as truth values; null stays null.

    Raises
    ------
    FormatError
        If a cell is spelled in none of the ways given.
    """
    text = table[column]
    found = text.replace_strict(spelled, default=None, return_dtype=pl.Boolean)
    bad = text.is_not_null() & found.is_null()
    _refuse(table, column, bad, file, "one of " + ", ".join(spelled))
    return found


def as_whole_numbers(table: pl.DataFrame, column: str, file: str) -> pl.Series:
    """Return a text column as whole numbers of 0 or more; null stays null, 3.0 is 3.

    Raises
    ------
    FormatError
        If a cell is no such number.
    """
    text = table[column]
    found = text.cast(pl.Int64, strict=False)
    if found.null_count() > text.null_count():
        number = text.cast(pl.Float64, strict=False)
        is_whole = (number == number.floor()) & (number.abs() < 2**53)
        found = found.fill_null(number.zip_with(is_whole, number.clear(len(number))).cast(pl.Int64))
    bad = (text.is_not_null() & found.is_null()) | (found < 0).fill_null(value=False)
    _refuse(table, column, bad, file, "a whole number of 0 or more")
    return found


def as_numbers(table: pl.DataFrame, column: str, file: str) -> pl.Series:
    """Return a text column as numbers; null stays null.

    Raises
    ------
    FormatError
        If a cell is no number.
    """
    text = table[column]
    found = text.cast(pl.Float64, strict=False)
    _refuse(table, column, text.is_not_null() & found.is_null(), file, "a number")
    return found


def spelled_booleans(column: str, true: str, false: str) -> pl.Expr:
    """Return a column of truth values as the two words given; null stays null."""
    truth = pl.col(column)
    words = pl.when(truth).then(pl.lit(true)).when(~truth).then(pl.lit(false))
    return words.alias(column)


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8, packed where the name ends in ``.gz``; the same text, the same bytes."""
    raw = text.encode("utf-8")
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)
