"""What is kept of a course: columns of the model and quantities made of them, by name."""

from collections.abc import Sequence

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.virtual_patients.physiological_ranges import physiological_ranges

__all__ = ["kept"]


def kept(course: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return `day` and these quantities of a course.

    Raises
    ------
    InputError
        If a name is neither a column of the model nor an observable; with the nearest one.
    """
    made = {one.quantity: one.expression for one in physiological_ranges()}
    for name in names:
        if name not in made and name not in course.columns:
            msg = f"{name!r}: no such observable. {did_you_mean(name, [*made, *course.columns])}"
            raise InputError(msg)
    return course.select(
        "day", *(pl.sql_expr(made[name]).alias(name) if name in made else name for name in names)
    )
