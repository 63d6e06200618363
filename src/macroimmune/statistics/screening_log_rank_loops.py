"""Counting groups at risk day by day, for one biomarker after another."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.screening_blocks import Walk

__all__ = ["count_groups"]

Floats = NDArray[np.float64]


@compiled
def _leave(codes: NDArray[np.int64], walk: Walk, day: int, at_risk: Floats) -> None:
    """Take those who came on this day or later off those at risk; all at a new stratum."""
    if walk.opens_stratum[day] == 1:
        at_risk[:] = 0.0
    for place in range(walk.leave_start[day], walk.leave_stop[day]):
        group = codes[walk.leaving[place]]
        if group >= 0:
            at_risk[group] -= 1.0


@compiled
def _add_day(at_risk: Floats, deaths: float, expected: Floats, variance: Floats) -> None:
    """Add the expected deaths of a day and their hypergeometric covariance."""
    total = at_risk.sum()
    # One patient alone at risk carries no information about the split of the deaths.
    spread = deaths * (total - deaths) / max(total - 1.0, 1.0)
    for group in range(at_risk.size):
        share = at_risk[group] / total
        expected[group] += deaths * share
        variance[group, group] += spread * share * (1.0 - share)
        for other in range(group):
            covariance = spread * share * at_risk[other] / total
            variance[group, other] -= covariance
            variance[other, group] -= covariance


@compiled
def count_groups(
    codes: NDArray[np.int64],
    walk: Walk,
    group_n: Floats,
    observed: Floats,
    expected: Floats,
    variance: Floats,
) -> None:
    """Add up participants, events, expected events and their covariance for each marker.

    Parameters
    ----------
    codes : int array, shape (markers, n)
        The group of each participant in the order of the walk, -1 where it is missing.
    walk : Walk
    group_n, observed, expected : float array, shape (markers, groups)
        Zero before.
    variance : float array, shape (markers, groups, groups)
        Zero before.
    """
    at_risk = np.empty(observed.shape[1])
    for marker in range(codes.shape[0]):
        start = 0
        for day in range(walk.day_stop.size):
            _leave(codes[marker], walk, day, at_risk)
            deaths = 0.0
            for i in range(start, walk.day_stop[day]):
                group = codes[marker, i]
                if group < 0:
                    continue
                at_risk[group] += 1.0
                group_n[marker, group] += 1.0
                if walk.event[i] == 1:
                    deaths += 1.0
                    observed[marker, group] += 1.0
            start = walk.day_stop[day]
            if deaths > 0.0:
                _add_day(at_risk, deaths, expected[marker], variance[marker])
