"""The table of what differs between people: inputs of host and tumour, and some immune values."""

from dataclasses import dataclass
from functools import cache

from macroimmune.mechanism.model import as_record, parameters, table_rows

__all__ = ["DISTRIBUTIONS", "Variation", "variation"]

DISTRIBUTIONS = ("lognormal", "uniform")


@dataclass(frozen=True, slots=True)
class Variation:
    """How one parameter of the model differs between people.

    Parameters
    ----------
    name : str
        A parameter of the model.
    distribution : str
        `lognormal`: the median is what the scenario states, else the value of the parameter
        table. `uniform`: between `low` and `high`; what a scenario states of it holds for all.
    sd : float
        Of the natural logarithm; 0 where uniform.
    low, high : float
        No draw lies outside; those of the parameter table where the row states none.
    grade : str
        `measured` or `estimated`.
    source : str
        Empty where it is estimated.
    meaning : str
    """

    name: str
    distribution: str
    sd: float
    low: float
    high: float
    grade: str
    source: str
    meaning: str


@cache
def variation() -> dict[str, Variation]:
    """Return the rows by name, in the order of the table."""
    return {row["name"]: _variation(row) for row in table_rows("virtual_patients", "variation.csv")}


def _variation(row: dict[str, str]) -> Variation:
    known = parameters()[row["name"]]
    return as_record(
        Variation,
        row,
        sd=float(row["sd"] or 0.0),
        low=float(row["low"] or known.low),
        high=float(row["high"] or known.high),
    )
