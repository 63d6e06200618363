"""Observables: what claims name, declared as expressions over the columns of the model."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import FormatError, InputError

__all__ = [
    "Observable",
    "Observables",
    "Step",
    "observables",
    "read_observables",
]

_TERMS = "terms"
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Step:
    """One column that is computed from columns before it.

    Parameters
    ----------
    column : str
        Its name in the frame.
    expression : polars.Expr
    needs : frozenset of str
        Columns, parameters, terms and observables that it names.
    """

    column: str
    expression: pl.Expr
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Observable:
    """One observable in one compartment.

    Parameters
    ----------
    compartment, name : str
        As the claims spell them.
    expression : str
        In SQL, over columns of the model, `day`, parameters, terms and earlier observables.
    """

    compartment: str
    name: str
    expression: str

    @property
    def column(self) -> str:
        """Return its name in a frame, in which one name may stand for several compartments."""
        return f"{self.name} in {self.compartment}"


@dataclass(frozen=True, slots=True)
class Observables:
    """A set of observables, ready to compute.

    Parameters
    ----------
    entries : mapping
        By (compartment, name), in the order of the file.
    steps : mapping
        Of terms and observables, by column; each needs only earlier ones.
    """

    entries: Mapping[tuple[str, str], Observable]
    steps: Mapping[str, Step]

    def find(self, compartment: str, name: str) -> Observable:
        """Return one observable.

        Raises
        ------
        InputError
            If there is no such compartment or observable; names the nearest.
        """
        if (compartment, name) in self.entries:
            return self.entries[compartment, name]
        places = list(dict.fromkeys(place for place, _ in self.entries))
        if compartment not in places:
            msg = f"compartment {compartment!r} has no observables. "
            raise InputError(msg + did_you_mean(compartment, places))
        known = [key for place, key in self.entries if place == compartment]
        msg = f"observable {name!r} in {compartment} is unknown. {did_you_mean(name, known)}"
        raise InputError(msg)


@cache
def observables() -> Observables:
    """Return the observables of the package."""
    path = files("macroimmune.mechanism.scenarios") / "data" / "observables.toml"
    return read_observables(path.read_text("utf-8"))


def read_observables(text: str, where: str = "observables.toml") -> Observables:
    """Return the observables that a TOML text declares.

    Parameters
    ----------
    text : str
        `[terms]` with shared sub-expressions, then a table per compartment: the observable as the
        claims spell it = an SQL expression. Another entry of the same compartment is named in
        double quotes; one of another compartment as `"name in compartment"`.
    where : str
        For messages.

    Raises
    ------
    FormatError
        With every entry that is not an expression, or needs one that stands after it.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{where}: not TOML: {error}"
        raise FormatError(msg) from error
    problems: list[str] = []
    entries = {
        (compartment, name): Observable(compartment, name, expression)
        for compartment, name, expression in _declared(table, where, problems)
    }
    steps: dict[str, Step] = {}
    later = {entry.column for entry in entries.values()} | set(table.get(_TERMS, {}))
    for (compartment, name), entry in entries.items():
        column = name if compartment == _TERMS else entry.column
        _add_step(steps, column, entry, entries, f"{where}: {compartment}: {name}", problems)
    for step in steps.values():
        problems += _order_problems(step, steps, later, where)
    if problems:
        raise FormatError("; ".join(problems))
    shown = {key: entry for key, entry in entries.items() if key[0] != _TERMS}
    return Observables(shown, steps)


def _declared(
    table: Mapping[str, Any], where: str, problems: list[str]
) -> Iterator[tuple[str, str, str]]:
    """Return compartment, name and expression of each entry; the terms first."""
    for compartment in sorted(table, key=lambda name: name != _TERMS):
        section = table[compartment]
        if not isinstance(section, dict):
            problems.append(f"{where}: {compartment}: expected a table of observables")
            continue
        for name, expression in section.items():
            if isinstance(expression, str):
                yield compartment, name, expression
            else:
                problems.append(f"{where}: {compartment}: {name}: expected an expression in quotes")


def _add_step(
    steps: dict[str, Step],
    column: str,
    entry: Observable,
    entries: Mapping[tuple[str, str], Observable],
    where: str,
    problems: list[str],
) -> None:
    def spelled(match: re.Match[str]) -> str:
        key = (entry.compartment, match.group(1))
        known = key in entries and entry.compartment != _TERMS
        return f'"{entries[key].column}"' if known else match.group(0)

    text = " ".join(_QUOTED.sub(spelled, entry.expression).split())
    try:
        expression = pl.sql_expr(text)
    except pl.exceptions.PolarsError as error:
        problems.append(f"{where}: {entry.expression!r} is no expression: {error}")
        return
    needs = frozenset(expression.meta.root_names())
    steps[column] = Step(column, expression.cast(pl.Float64).alias(column), needs)


def _order_problems(
    step: Step, steps: Mapping[str, Step], later: set[str], where: str
) -> Iterator[str]:
    before = set()
    for column in steps:
        if column == step.column:
            break
        before.add(column)
    for name in sorted((step.needs & later) - before):
        yield f"{where}: {step.column!r} uses {name!r}, which stands after it: move it up"
