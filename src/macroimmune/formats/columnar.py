"""Tables that already have types (Parquet, data frames) as text cells, read like all others."""

import io

import polars as pl

from macroimmune.errors import FormatError

__all__ = ["parquet_frame", "text_frame"]


def parquet_frame(data: bytes, file: str) -> pl.DataFrame:
    """Return the columns of a Parquet file as text.

    Raises
    ------
    FormatError
        If the file is damaged or holds nested columns.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    # A damaged file can make the reader panic, which is no ordinary exception.
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        ValueError,
    ) as error:
        msg = f"{file}: not a Parquet file that can be read ({error}); write it again"
        raise FormatError(msg) from error
    return text_frame(frame, file)


def text_frame(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Return all columns of `frame` as text; NaN and empty text become null.

    Parameters
    ----------
    frame : polars DataFrame
        Text, numbers, booleans, categories, dates.
    file : str
        Its name, for messages.

    Raises
    ------
    FormatError
        If a column is nested or binary.

    Notes
    -----
    Convention: numbers with the fewest digits that give them back exactly, whole ones without
    decimals; booleans as true and false; dates as ISO 8601.
    """
    return frame.select([_text(column, file).alias(column.name) for column in frame])


def _text(column: pl.Series, file: str) -> pl.Series:
    if column.dtype.is_nested() or column.dtype in {pl.Binary, pl.Object}:
        msg = f"{file}, {column.name}: {column.dtype} cells; expected text, numbers or dates"
        raise FormatError(msg)
    if column.dtype.is_float():
        text = column.fill_nan(None).cast(pl.Float64).cast(pl.String)
        return text.str.replace(r"^(-?\d+)\.0$", "$1")
    if column.dtype == pl.Datetime:
        return column.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    text = column.cast(pl.String)
    return text.set(text == "", None)
