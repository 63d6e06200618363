"""The parameter table: every constant of the model with its unit, range, source and grade."""

from dataclasses import dataclass
from functools import cache

from macroimmune.mechanism.model.table_records import as_record, table_rows

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
    return {row["name"]: as_record(Parameter, row) for row in table_rows("model", "parameters.csv")}
