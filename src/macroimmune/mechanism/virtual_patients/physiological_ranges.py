"""Which virtual patients are like people: the ranges of their blood before treatment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from macroimmune.mechanism.model import as_record, table_rows

__all__ = ["PhysiologicalRange", "out_of_range", "physiological_ranges"]


@dataclass(frozen=True, slots=True)
class PhysiologicalRange:
    """Where a quantity of people lies.

    Parameters
    ----------
    quantity : str
    expression : str
        Of columns of the model; blood is taken as 5 L.
    host : str
        `patient` before treatment, or `healthy`.
    low, high : float
    unit, grade, source, meaning : str
        `grade` is `measured` or `estimated`; `source` is empty where it is estimated.
    """

    quantity: str
    expression: str
    host: str
    low: float
    high: float
    unit: str
    grade: str
    source: str
    meaning: str


@cache
def physiological_ranges(host: str = "patient") -> tuple[PhysiologicalRange, ...]:
    """Return the ranges that people of a host keep to, in the order of the table."""
    rows = table_rows("virtual_patients", "physiological_ranges.csv")
    return tuple(as_record(PhysiologicalRange, row) for row in rows if row["host"] == host)


def out_of_range(values: Mapping[str, float | None], ranges: Sequence[PhysiologicalRange]) -> str:
    """Return why somebody is unlike people, empty where nothing is out of range.

    Parameters
    ----------
    values : mapping from quantity to value
        None where it cannot be computed.
    ranges : sequence of PhysiologicalRange

    Returns
    -------
    reason : str
        The first quantity that is outside, without its value, so that reasons can be counted.

    Examples
    --------
    >>> out_of_range({"neutrophils": 4.0}, physiological_ranges())
    ''
    >>> out_of_range({"neutrophils": 0.2}, physiological_ranges())
    'neutrophils below 1.5 10^9/L'
    """
    for known in ranges:
        value = values.get(known.quantity)
        if value is None:
            continue
        if value < known.low:
            return f"{known.quantity} below {known.low:g} {known.unit}"
        if value > known.high:
            return f"{known.quantity} above {known.high:g} {known.unit}"
    return ""
