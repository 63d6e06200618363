"""The day of death from the course of the tumour."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules

__all__ = ["day_of_death"]

Values = NDArray[np.float64]


def day_of_death(days: Values, burden: Values, threshold: float, rules: OutcomeRules) -> float:
    """Return when a patient dies, infinite where not within the course.

    Parameters
    ----------
    days : float array, shape (n_days,)
        Rising; the first is where observation starts.
    burden : float array, shape (n_days,), 10^9 tumour cells
    threshold : float
        The cumulative hazard at which this patient dies; a draw from a standard exponential. The
        same patient keeps it in every arm.
    rules : OutcomeRules

    Returns
    -------
    day : float

    Notes
    -----
    Convention: the hazard is `other_hazard` + `death_hazard` x burden / (`half_hazard` + burden),
    a straight line between days; death comes where its sum reaches the threshold, or where the
    burden reaches `lethal`, whichever is earlier.
    """
    hazard = rules.other_hazard + rules.death_hazard * burden / (rules.half_hazard + burden)
    steps = 0.5 * (hazard[1:] + hazard[:-1]) * np.diff(days)
    cumulative = np.concatenate(([0.0], np.cumsum(steps)))
    return min(_reached(days, cumulative, threshold), _reached(days, burden, rules.lethal))


def _reached(days: Values, values: Values, level: float) -> float:
    """Return the first day at which values reach a level, between days by a straight line."""
    places = np.flatnonzero(values >= level)
    if places.size == 0:
        return float("inf")
    place = int(places[0])
    if place == 0:
        return float(days[0])
    low, high = values[place - 1], values[place]
    return float(days[place - 1] + (days[place] - days[place - 1]) * (level - low) / (high - low))
