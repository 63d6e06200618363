"""A cell with the median and the range of what several samples have."""

from collections.abc import Callable

import polars as pl

from macroimmune.report.numbers import MISSING
from macroimmune.report.tables import Cell, number_cell

__all__ = ["decimals", "median_range"]


def decimals(n: int) -> Callable[[float], str]:
    """Return what writes a number with `n` decimals and commas between thousands.

    Examples
    --------
    >>> decimals(1)(1234.56)
    '1,234.6'
    """
    return lambda value: f"{value:,.{n}f}"


def median_range(values: pl.Series, write: Callable[[float], str]) -> Cell:
    """Return the median with the range in parentheses, or the dash where no value is known.

    Parameters
    ----------
    values : polars Series
        Numbers; null where there is none.
    write : callable
        Number to text.

    Examples
    --------
    >>> median_range(pl.Series([1.0, None, 4.0, 2.0]), decimals(0)).text
    '2 (1 to 4)'
    """
    known = values.drop_nulls().cast(pl.Float64).sort().to_list()
    if not known:
        return number_cell(MISSING, None)
    half = (len(known) - 1) / 2
    middle = (known[int(half)] + known[int(half + 0.5)]) / 2
    low, high = write(known[0]), write(known[-1])
    ends = "" if low == high else f" ({low} to {high})"
    return number_cell(f"{write(middle)}{ends}", middle)
