"""Observables computed of the course of a run."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.scenarios.observables import Observables, Step, observables

__all__ = ["observable_columns", "observe"]


def observe(
    course: pl.DataFrame,
    wanted: Iterable[tuple[str, str]] | None = None,
    *,
    values: Mapping[str, float] | None = None,
    catalogue: Observables | None = None,
) -> pl.DataFrame:
    """Return `day` and a column per observable.

    Parameters
    ----------
    course : polars.DataFrame
        `day` and the columns of the model, a row per day.
    wanted : iterable of (compartment, name), optional
        All of the catalogue if not given.
    values : mapping of str to float, optional
        Parameters of the run that differ from the table, for expressions that name parameters.
    catalogue : Observables, optional
        Those of the package if not given.

    Returns
    -------
    polars.DataFrame
        Columns are named `name in compartment`. A value is null on a day on which the expression
        has none (0/0); never NaN.

    Raises
    ------
    InputError
        If an observable is unknown, or names a column that the model does not have.
    """
    known = observables() if catalogue is None else catalogue
    keys = list(known.entries) if wanted is None else list(wanted)
    columns = [known.find(*key).column for key in keys]
    steps = list(_needed(columns, known))
    if not steps:
        return course.select("day")
    constants = _constants(steps, course, values or {}, known)
    frame = course.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    for level in _levels(steps):
        frame = frame.with_columns(step.expression for step in level)
    finite = (pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in columns)
    return frame.select("day", *finite)


def observable_columns(wanted: Iterable[tuple[str, str]], columns: Iterable[str]) -> list[str]:
    """Return which of the model's columns these observables need.

    Parameters
    ----------
    wanted : iterable of (compartment, name)
        An unknown one needs none.
    columns : iterable of str
        Of the model.
    """
    known = observables()
    names = [known.entries[key].column for key in wanted if key in known.entries]
    needed = set().union(*(step.needs for step in _needed(names, known)))
    return [name for name in columns if name in needed]


def _needed(columns: Iterable[str], known: Observables) -> Iterator[Step]:
    """Return the steps to the columns, in the order of the catalogue."""
    waiting = list(columns)
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in known.steps and name not in needed:
            needed.add(name)
            waiting += known.steps[name].needs
    return (step for step in known.steps.values() if step.column in needed)


def _levels(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Return steps in groups that need nothing of one another."""
    level: list[Step] = []
    for step in steps:
        if step.needs & {other.column for other in level}:
            yield level
            level = []
        level.append(step)
    if level:
        yield level


def _constants(
    steps: Iterable[Step],
    course: pl.DataFrame,
    values: Mapping[str, float],
    known: Observables,
) -> dict[str, float]:
    """Return the parameters that the steps name.

    Raises
    ------
    InputError
        If a step names what is neither column, parameter, term nor observable.
    """
    table = parameters()
    found: dict[str, float] = {}
    problems = []
    for step in steps:
        for name in sorted(step.needs - set(course.columns) - set(known.steps)):
            if name in table:
                found[name] = values.get(name, table[name].value)
            else:
                advice = did_you_mean(name, [*course.columns, *known.steps, *table])
                problems.append(f"{step.column}: the model has no column {name!r}. {advice}")
    if problems:
        raise InputError("; ".join(problems))
    return found
