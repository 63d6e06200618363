"""What is kept of a course, by name: columns of the model, observables, blood counts."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import observable_columns, observables, observe
from macroimmune.mechanism.virtual_patients.physiological_ranges import physiological_ranges

__all__ = ["checked_names", "columns_of", "kept"]


def checked_names(names: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse names of nothing.

    Parameters
    ----------
    names : sequence of str
    columns : sequence of str
        Of the model.

    Raises
    ------
    InputError
        If a name is no column, no observable (`name in compartment`) and no quantity of the
        physiological ranges; with the nearest one.
    """
    known = [*_counts(), *_observed(), *columns]
    for name in sorted(set(names).difference(known)):
        msg = f"{name!r}: no such observable. {did_you_mean(name, known)}"
        raise InputError(msg)


def kept(
    course: pl.DataFrame, names: Sequence[str], values: Mapping[str, float] | None = None
) -> pl.DataFrame:
    """Return `day` and these quantities of a course.

    Parameters
    ----------
    course : polars DataFrame
        `day` and the columns of the model.
    names : sequence of str
        As `checked_names` accepts.
    values : mapping or None
        Parameters of the run that differ from the table.

    Raises
    ------
    InputError
        As `checked_names`.
    """
    checked_names(names, course.columns)
    counts, observed = _counts(), _observed()
    wanted = [observed[name] for name in names if name in observed and name not in counts]
    computed: dict[str, pl.Expr | pl.Series] = {
        name: counts[name].alias(name) for name in names if name in counts
    }
    if wanted:
        seen = observe(course, wanted, values=values).drop("day")
        computed |= {column.name: column for column in seen}
    return course.select("day", *(computed.get(name, name) for name in names))


def columns_of(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return which of the model's columns these quantities need.

    Parameters
    ----------
    names : sequence of str
        As `checked_names` accepts.
    columns : sequence of str
        Of the model.
    """
    counts, observed = _counts(), _observed()
    roots = [counts[name].meta.root_names() for name in names if name in counts]
    wanted = [observed[name] for name in names if name in observed and name not in counts]
    needed = {*names, *chain(*roots), *observable_columns(wanted, columns)}
    return [name for name in columns if name in needed]


@cache
def _counts() -> dict[str, pl.Expr]:
    return {one.quantity: pl.sql_expr(one.expression) for one in physiological_ranges()}


@cache
def _observed() -> dict[str, tuple[str, str]]:
    """Return the keys of observables by the name of their column."""
    return {one.column: key for key, one in observables().entries.items()}
