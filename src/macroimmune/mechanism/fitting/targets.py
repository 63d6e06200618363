"""The published quantities that a fit is drawn to, each with its spread, source and grade."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from macroimmune.mechanism.fitting.loss import Terms
from macroimmune.mechanism.model import as_record, table_rows

__all__ = ["MEASURES", "Target", "target_terms", "targets"]

# What is taken from the course of an expression.
MEASURES = {
    "level": "value on the last day",
    "parameter": "an expression over parameters, without a run",
    "fold": "value on a day over that of day 0",
    "fold_of_peak": "value on a day over the greatest until then",
    "peak_fold": "greatest value over that of day 0",
    "peak_day": "day of the greatest value",
    "nadir_fold": "least value over that of day 0",
    "nadir_day": "day of the least value",
    "recovery_day": "day after the least value on which 60 % of that of day 0 is reached again",
    "half_life": "half-life as the fall from day 1 to the last day has it",
}
_REACH = 1.959964


@dataclass(frozen=True, slots=True)
class Target:
    """One published quantity.

    Parameters
    ----------
    id : str
    experiment : str
        The run in which it is measured.
    measure : str
        One of `MEASURES`.
    expression : str
        Over populations, cell groups and parameters of the model.
    day : float or None
        Of the measures that need one.
    value, low, high : float
        The value and the range that holds 95 %, in `unit`.
    unit : str
    grade : str
        `measured` (read in the source), `derived` (calculated from what was read) or `estimated`.
    source : str
    meaning : str
    """

    id: str
    experiment: str
    measure: str
    expression: str
    day: float | None
    value: float
    low: float
    high: float
    unit: str
    grade: str
    source: str
    meaning: str


@cache
def targets() -> tuple[Target, ...]:
    """Return the targets in the order of their table."""
    return tuple(as_record(Target, row) for row in table_rows("fitting", "data/targets.csv"))


def target_terms(chosen: tuple[Target, ...]) -> Terms:
    """Return the terms of targets: the log of the value, and its log-sd from the 95 % range."""
    count = len(chosen)
    spread = [np.log(one.high / one.low) / (2 * _REACH) for one in chosen]
    return Terms(
        names=tuple(one.id for one in chosen),
        sections=tuple(one.experiment for one in chosen),
        is_claim=np.zeros(count, dtype=bool),
        centre=np.log([one.value for one in chosen]),
        sd=np.array(spread),
        low=np.full(count, np.nan),
        high=np.full(count, np.nan),
        weight=np.ones(count),
    )
