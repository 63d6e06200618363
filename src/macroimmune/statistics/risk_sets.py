"""Who is at risk at each event time, indexed once so that sums over risk sets need no loop.

A participant in stratum s is at risk at event times t with entry < t <= time. Number the
event times of all strata one after another: then each participant is at risk on one run
`first <= k < stop` of those numbers, and the sum of any value over all risk sets is a
cumulative sum of two histograms. Ties are one event time with several deaths; Efron's l-th
death of d carries the fraction l / d by which the tied deaths leave the denominator.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import Survival

__all__ = ["RiskSets", "risk_sets"]


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """Risk sets of a cohort, from `risk_sets`.

    Parameters
    ----------
    time : float array, shape (event times,), days
        Distinct event times, ascending within each stratum, stratum after stratum.
    deaths : int array, shape (event times,)
        Events at each of them.
    first, stop : int array, shape (participants,)
        At risk at event times first, ..., stop - 1.
    event_rows : int array, shape (events,)
        The participants with an event, in the order of the event times.
    event_index : int array, shape (events,)
        The event time of each of them.
    tie_fraction : float array, shape (events,)
        Efron's l / d, l = 0 ... d - 1; all zero without ties.
    died : float array, shape (participants,)
        One for participants with an event, else zero.
    is_staggered : bool
        True where some participants are not at risk from the first number on: strata, late entry.
    """

    time: NDArray[np.float64]
    deaths: NDArray[np.intp]
    first: NDArray[np.intp]
    stop: NDArray[np.intp]
    event_rows: NDArray[np.intp]
    event_index: NDArray[np.intp]
    tie_fraction: NDArray[np.float64]
    died: NDArray[np.float64]
    is_staggered: bool

    @property
    def has_ties(self) -> bool:
        """True where some event time has more than one death."""
        return self.time.size < self.event_rows.size

    def sum_at_risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of `values`, shape (participants,), over each risk set."""
        size = self.time.size + 1
        # Sums run backwards from the last event time: without strata or late entry nothing is
        # subtracted, so the small risk sets at the end keep full precision.
        total = _sum_from_the_end(np.bincount(self.stop, values, size))
        if self.is_staggered:
            total = total - _sum_from_the_end(np.bincount(self.first, values, size))
        return total

    def sum_of_deaths(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of `values`, shape (events,), over the deaths of each event time."""
        return np.bincount(self.event_index, values, self.time.size).astype(float, copy=False)

    def sum_while_at_risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, per participant, the sum of `values`, shape (event times,), while at risk."""
        running = np.concatenate(([0.0], np.cumsum(values)))
        total = running[self.stop]
        if self.is_staggered:
            total -= running[self.first]
        return total


def risk_sets(survival: Survival, strata: NDArray[np.intp] | None = None) -> RiskSets:
    """Return the risk sets of a cohort.

    Parameters
    ----------
    survival : Survival
        Times with events, left truncation if any.
    strata : int array, shape (participants,), or None
        Codes 0, 1, ... of the strata; patients are compared only within their own.

    Returns
    -------
    risk : RiskSets

    Notes
    -----
    Convention: at risk means entry < t <= time; ties are exact equality of times.

    Examples
    --------
    >>> s = Survival(time=np.array([2.0, 3.0, 3.0]), event=np.array([True, True, False]))
    >>> risk_sets(s).sum_at_risk(np.ones(3))
    array([3., 2.])
    """
    order = np.argsort(survival.time) if strata is None else np.lexsort((survival.time, strata))
    # A block is one distinct time of one stratum; blocks with deaths are the event times.
    block = _blocks(survival.time[order], None if strata is None else strata[order])
    event = survival.event[order]
    deaths = np.bincount(block, event).astype(np.intp)
    event_times_so_far = np.cumsum(deaths > 0)
    stop = np.empty(survival.n, dtype=np.intp)
    stop[order] = event_times_so_far[block]
    event_rows = order[event]
    event_index = stop[event_rows] - 1
    deaths = deaths[deaths > 0]
    last_of_tied = np.cumsum(deaths) - 1
    place = np.arange(event_rows.size) - np.repeat(last_of_tied + 1 - deaths, deaths)
    first = _first(survival, strata, event_rows[last_of_tied])
    return RiskSets(
        time=survival.time[event_rows[last_of_tied]],
        deaths=deaths,
        first=first,
        stop=stop,
        event_rows=event_rows,
        event_index=event_index,
        tie_fraction=place / deaths[event_index],
        died=survival.event.astype(float),
        is_staggered=bool(first.any()),
    )


def _sum_from_the_end(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return, for each value but the last, the sum of all that follow it."""
    return np.asarray(np.cumsum(values[:0:-1])[::-1], dtype=float)


def _blocks(times: NDArray[np.float64], strata: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """Return the number of each run of equal time and stratum in sorted rows: 0, 0, 1, ..."""
    is_new = np.ones(times.size, dtype=np.intp)
    is_new[1:] = times[1:] != times[:-1]
    if strata is not None:
        is_new[1:] |= strata[1:] != strata[:-1]
    return np.cumsum(is_new) - 1


def _first(
    survival: Survival, strata: NDArray[np.intp] | None, representatives: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the first event time at which each participant is at risk.

    `representatives` holds one participant with the event for each event time, in order.
    """
    if strata is None and survival.entry is None:
        return np.zeros(survival.n, dtype=np.intp)
    # One whole number per (stratum, rank of time) keeps strata apart and times in order.
    times = np.unique(survival.time[representatives])
    stratum = np.zeros(survival.n, dtype=np.intp) if strata is None else strata
    rank = np.searchsorted(times, survival.time[representatives], side="right")
    keys = stratum[representatives] * (times.size + 1) + rank
    entry = 0 if survival.entry is None else np.searchsorted(times, survival.entry, side="right")
    return np.searchsorted(keys, stratum * (times.size + 1) + entry, side="right")
