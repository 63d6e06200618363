"""The parameter table: every constant of the model with its unit, range, source and grade."""

from dataclasses import dataclass
from functools import cache

from macroimmune.mechanism.model.table_records import as_record, table_rows

__all__ = ["ROLES", "Parameter", "parameters"]

# `immune` belongs to the one immune parameter set and to nobody's scenario; `host`, `tumour` and
# `drug` are the declared inputs, which scenarios set. `readout` is how a reading is made of states:
# no process knows it, no scenario sets it, and no draw or fit of the immune parameters moves it.
ROLES = ("immune", "host", "tumour", "drug", "readout")


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
        The file of `processes/` that it belongs to; `hosts` and `readouts` have none.
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
