"""The cells of one of the user's columns: missing codes taken out, codes replaced."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from macroimmune.inputs.column_spec import BUILT_IN_MISSING, ColumnSpec

__all__ = ["Cells", "cells_of", "code_key", "code_keys"]

_POINT_ZERO = r"^(-?[0-9]+)\.0*$"
_SPACES = "\u00a0\u2007\u202f\ufeff"
# Other spellings of the built-in codes that programs write; "none" can be a word of the user's
# (no stimulus), so it counts only outside text.
_IN_TEXT = (*BUILT_IN_MISSING, "n/a", "nan", "NAN", "NULL", "<NA>", "#N/A", "#VALUE!", "#DIV/0!")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of a user's table, stripped, missing codes null, codes replaced.

    Parameters
    ----------
    text : polars Series of String
    rows : tuple of int
        Row of each cell as a spreadsheet numbers it.
    place, column : str
        File and heading, for messages.
    decimal_comma : bool
        Whether the file separates its cells by semicolons, as is done where commas are decimal.
    """

    text: pl.Series
    rows: tuple[int, ...]
    place: str
    column: str
    decimal_comma: bool


def code_key(code: str) -> str:
    """Return a code as codes are compared: without outer space, case and a trailing ".0".

    Examples
    --------
    >>> code_key(" Y ") == code_key("y"), code_key("1.0") == code_key("1")
    (True, True)
    """
    return re.sub(_POINT_ZERO, r"\1", code.strip().lower())


def code_keys(series: pl.Series) -> pl.Series:
    """Return `code_key` of every cell."""
    return series.str.strip_chars().str.to_lowercase().str.replace(_POINT_ZERO, "$1")


def cells_of(
    series: pl.Series,
    spec: ColumnSpec,
    *,
    rows: tuple[int, ...],
    place: str,
    missing: Iterable[str],
    kind: Literal["text", "number", "boolean", "category"],
    decimal_comma: bool,
) -> Cells:
    """Return the cells of one column, ready to be read as its kind.

    Parameters
    ----------
    series : polars Series of String
        As written.
    spec : ColumnSpec
        Its codes and further missing codes.
    rows, place, decimal_comma
        As in `Cells`.
    missing : iterable of str
        Codes that mean missing in the whole table.
    kind : {"text", "number", "boolean", "category"}
        In text the built-in missing codes count only as spelled.
    """
    text = series.str.strip_chars().str.strip_chars(_SPACES + " \t\r\n")
    keys = code_keys(text)
    own = [code_key(code) for code in (*missing, *spec.missing)]
    absent = text.is_in(_IN_TEXT) | keys.is_in(own)
    if kind != "text":
        absent |= keys.is_in([code_key(code) for code in _IN_TEXT])
    text = text.set(absent.fill_null(value=True), None)
    if spec.values:
        text = _replaced(text, keys, spec.values)
    return Cells(text, rows, place, spec.column, decimal_comma)


def _replaced(text: pl.Series, keys: pl.Series, values: Mapping[str, str]) -> pl.Series:
    """Replace codes; spelled exactly first, then without case and a trailing ".0"."""
    by_key = {code_key(code): word for code, word in values.items()}
    loose = keys.replace_strict(list(by_key), list(by_key.values()), default=None)
    exact = text.replace_strict(
        list(values), list(values.values()), default=None, return_dtype=pl.String
    )
    frame = pl.DataFrame({"exact": exact, "loose": loose, "text": text})
    replaced = frame.select(
        pl.when(pl.col("text").is_not_null()).then(pl.coalesce("exact", "loose", "text"))
    )
    return replaced.to_series()
