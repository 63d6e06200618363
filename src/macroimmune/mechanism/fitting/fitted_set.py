"""The fitted set: written into the parameter table, and frozen with a hash beside it."""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Parameter, parameters

__all__ = [
    "FittedSet",
    "fitted_sha256",
    "frozen_set",
    "table_with",
    "write_fitted",
    "write_to_model",
]

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FittedSet:
    """What is known of the fit whose values stand in the parameter table.

    Parameters
    ----------
    date : str
        Year-month-day.
    seed, starts, evaluations : int
    loss_before, loss : float
        Of the table before the fit, and of the fitted set.
    n_fitted : int
        Parameters of grade `fitted`.
    sha256 : str
        Of their names and values; empty set: of nothing.
    """

    date: str
    seed: int
    starts: int
    evaluations: int
    loss_before: float
    loss: float
    n_fitted: int
    sha256: str


def fitted_sha256(table: Mapping[str, Parameter] | None = None) -> str:
    """Return the hash of names and values of the parameters of grade `fitted`, in their order."""
    chosen = (parameters() if table is None else table).values()
    lines = "".join(f"{one.name}={one.value!r}\n" for one in chosen if one.grade == "fitted")
    return sha256(lines.encode()).hexdigest()


def frozen_set() -> FittedSet:
    """Return what `fitted.toml` says."""
    text = files("macroimmune.mechanism.fitting") / "data" / "fitted.toml"
    return FittedSet(**tomllib.loads(text.read_text(encoding="utf-8")))


def table_with(text: str, values: Mapping[str, float], source: str) -> str:
    """Return the text of a parameter table in which values are replaced and graded `fitted`.

    Parameters
    ----------
    text : str
        Of the CSV.
    values : mapping
        By name of the parameter.
    source : str
        What is written as source.

    Raises
    ------
    InputError
        If a name is not in the table, or a value is outside its range.
    """
    reader = csv.DictReader(io.StringIO(text))
    rows = list(reader)
    unknown = sorted(set(values) - {row["name"] for row in rows})
    if unknown:
        msg = f"parameter table: no parameter {unknown[0]!r}; expected names of its rows"
        raise InputError(msg)
    for row in rows:
        if row["name"] in values:
            _replace(row, values[row["name"]], source)
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _replace(row: dict[str, str], value: float, source: str) -> None:
    """Put a fitted value into a row.

    Raises
    ------
    InputError
        If it is outside the row's range.
    """
    low, high = float(row["low"]), float(row["high"])
    rounded = min(max(float(f"{value:.{_DIGITS}g}"), low), high)
    if not low * (1 - 1e-6) <= value <= high * (1 + 1e-6):
        msg = f"{row['name']} = {value:g}: outside its range {low:g} to {high:g}"
        raise InputError(msg)
    row.update(value=f"{rounded:g}", grade="fitted", source=source)


def write_fitted(
    values: Mapping[str, float], known: FittedSet, table: Path, frozen: Path
) -> FittedSet:
    """Write fitted values into the parameter table and what is known of the fit beside it.

    Parameters
    ----------
    values : mapping
        By name of the parameter.
    known : FittedSet
        Its count and hash are replaced by those of the table as written.
    table, frozen : Path
        The files that are written.

    Returns
    -------
    frozen : FittedSet
        As written.
    """
    source = f"fitted {known.date}, seed {known.seed}"
    text = table_with(table.read_text(encoding="utf-8"), values, source)
    fitted = [row for row in csv.DictReader(io.StringIO(text)) if row["grade"] == "fitted"]
    lines = "".join(f"{row['name']}={float(row['value'])!r}\n" for row in fitted)
    final = FittedSet(
        known.date,
        known.seed,
        known.starts,
        known.evaluations,
        round(known.loss_before, 4),
        round(known.loss, 4),
        len(fitted),
        sha256(lines.encode()).hexdigest(),
    )
    table.write_text(text, encoding="utf-8")
    frozen.write_text(_toml(final), encoding="utf-8")
    return final


def _toml(known: FittedSet) -> str:
    lines = ["# Of the parameters of grade fitted; a test compares the hash with the table."]
    for name in FittedSet.__dataclass_fields__:
        value = getattr(known, name)
        lines.append(f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}")
    return "\n".join(lines) + "\n"


def write_to_model(values: Mapping[str, float], known: FittedSet) -> FittedSet:
    """Write fitted values into the model's own parameter table; see `write_fitted`.

    Raises
    ------
    InputError
        If the package is not on files that can be written.
    """
    table = Path(str(files("macroimmune.mechanism.model") / "parameters.csv"))
    frozen = Path(str(files("macroimmune.mechanism.fitting") / "data" / "fitted.toml"))
    try:
        return write_fitted(values, known, table, frozen)
    except OSError as error:
        msg = f"{table}: cannot be written ({error}); fit without --write, or in a source checkout"
        raise InputError(msg) from error
