"""One row of the table of competing risks, and what its causes are called."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData

__all__ = ["CompetingRow", "cause_names", "unknown_causes"]


@dataclass(frozen=True, slots=True)
class CompetingRow:
    """One row of `competing_risks.csv` before its q-value; fields are the columns there."""

    feature: str
    endpoint: str
    landmark_days: float | None
    cause: str
    effect: str
    scale: str
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    n_competing: int
    n_excluded: int
    method: str
    status: str


def cause_names(data: EndpointData) -> tuple[str, str]:
    """Return what the event of interest and the competing ones are called."""
    causes = data.endpoint.causes
    return ("", "") if causes is None else (causes.interest, causes.competing)


def unknown_causes(cause: NDArray[np.int64]) -> str:
    """Say how many events have no known cause, or nothing."""
    unknown = int((cause == 3).sum())
    events = "event" if unknown == 1 else "events"
    return f"{unknown} {events} of an unknown cause counted as competing" if unknown else ""
