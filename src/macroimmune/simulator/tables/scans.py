"""When tumours are scanned after treatment start."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.people import Outcomes
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["FIRST_DAY", "last_scan_days", "planned_scans", "progression_days"]

Values = NDArray[np.float64]

# Nobody is scanned earlier after the start: too early to see a response.
FIRST_DAY = 21
_WITHIN_DAYS = 3
_APART_DAYS = 7


def planned_scans(plan: StudyPlan, n: int) -> NDArray[np.int64]:
    """Return the days of the planned scans of `n` people, shape (n, scans)."""
    rng = random_stream(plan.seed, "tables", "scans")
    offsets = rng.integers(-_WITHIN_DAYS, _WITHIN_DAYS + 1, (n, plan.tumour.scans))
    return plan.tumour.scan_every * np.arange(1, plan.tumour.scans + 1) + offsets


def progression_days(outcomes: Outcomes) -> Values:
    """Return the day of the scan that shows progression; infinite where none was seen."""
    end = np.fmin(outcomes.death_days, outcomes.last_seen_days)
    with np.errstate(invalid="ignore"):
        is_seen = outcomes.progression_days <= end
    day = np.maximum(np.floor(outcomes.progression_days), 1.0)
    return np.where(is_seen, day, np.inf)


def last_scan_days(outcomes: Outcomes) -> Values:
    """Return the last day on which a scan may show no progression.

    Notes
    -----
    Convention: a planned scan less than a week before the one that shows progression is not made.
    """
    end = np.fmin(outcomes.death_days, outcomes.last_seen_days)
    return np.asarray(np.fmin(end, progression_days(outcomes) - _APART_DAYS), dtype=float)
