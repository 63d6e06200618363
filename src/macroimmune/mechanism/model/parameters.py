"""The parameter table: every constant of the model with its unit, range, source and grade."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["ROLES", "Parameter", "parameters"]

# What a scenario may set. `immune` belongs to the one immune parameter set and to nobody's
# scenario; the others are the declared inputs of a host, a tumour or a drug.
ROLES = ("immune", "host", "tumour", "drug")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One constant of the model.

    Parameters
    ----------
    name : str
        As the processes spell it.
    value, low, high : float
        The value and its stated range; draws and fits stay within the range.
    unit : str
        `1` is a pure number.
    species : str
        `human`, `mouse`, or both joined by `+`: whose measurement it is.
    role : str
        One of `ROLES`.
    process : str
        The file of `processes/` that it belongs to.
    grade : str
        `measured`, `derived`, `fitted`, `estimated`, or `input` for what scenarios declare.
    source : str
        Where the value comes from; empty where it is estimated.
    meaning : str
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    species: str
    role: str
    process: str
    grade: str
    source: str
    meaning: str


@cache
def parameters() -> dict[str, Parameter]:
    """Return the parameters by name, in the order of the table."""
    table = files("macroimmune.mechanism.model") / "parameters.csv"
    with table.open(encoding="utf-8") as text:
        return {row["name"]: _parameter(row) for row in csv.DictReader(text)}


def _parameter(row: dict[str, str]) -> Parameter:
    texts = ("name", "unit", "species", "role", "process", "grade", "source", "meaning")
    return Parameter(
        value=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        **{text: row[text] for text in texts},
    )
