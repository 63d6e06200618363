"""Frames brought to the declared columns of their table, in order and kind."""

import polars as pl

from macroimmune.errors import ResultsError
from macroimmune.results.contract import RESULT_TABLES
from macroimmune.results.result_table import NUMBER, TEXT

__all__ = ["conform", "empty"]


def empty(table: str) -> pl.DataFrame:
    """Return the table named `table` without rows."""
    return pl.DataFrame(schema=RESULT_TABLES[table].schema)


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the declared columns of `table`, in order and kind.

    Parameters
    ----------
    table : str
        Name of a declared result table.
    frame : polars DataFrame
        NaN and infinity become null, a missing text the empty text: in a results folder nothing
        is written where nothing is known.

    Returns
    -------
    frame : polars DataFrame

    Raises
    ------
    ResultsError
        If a declared column is missing or an undeclared one is present.
    """
    declared = RESULT_TABLES[table].schema
    missing = [name for name in declared if name not in frame.columns]
    extra = [name for name in frame.columns if name not in declared]
    if missing or extra:
        msg = f"table {table}: columns missing {missing}, not declared {extra}"
        raise ResultsError(msg)
    texts = [name for name, kind in declared.items() if kind == TEXT]
    numbers = [name for name, kind in declared.items() if kind == NUMBER]
    return (
        frame
        .select(list(declared))
        .cast(pl.Schema(declared))
        .with_columns(_finite(numbers), pl.col(texts).fill_null(""))
    )


def _finite(numbers: list[str]) -> pl.Expr:
    """Return number columns with null where a value is not finite."""
    return pl.when(pl.col(numbers).is_finite()).then(pl.col(numbers)).name.keep()
