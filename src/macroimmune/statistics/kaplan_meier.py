"""The Kaplan-Meier curve with log-log intervals and its median."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["KaplanMeier", "kaplan_meier"]

CONVENTION = (
    "probability of no event by a time, right-continuous; Greenwood variance, log-log interval; "
    "the median's interval is where the limits cross one half"
)
# The curve counts as exactly one half within this, as in R.
HALF_TOLERANCE = 1.5e-8


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """A Kaplan-Meier curve, one row per distinct time of event or censoring.

    Parameters
    ----------
    time : float array, shape (times,), days
        Ascending.
    n_at_risk, n_event, n_censored : int array, shape (times,)
        At risk just before the time; events and censorings at it.
    survival, ci_low, ci_high : float array, shape (times,)
        Just after the time. Both limits are one before the first event and NaN once the curve
        has reached zero.
    median, median_ci_low, median_ci_high : float, days
        NaN where the curve or the limit does not come down to one half.
    n, n_events : int
        Participants and events.
    method, convention, status : str
        `status` is empty when all is well.
    entry, exit : float array, shape (n,), days
        When each participant came and left, for `at_risk`; `entry` is None without late entry.
    """

    time: NDArray[np.float64]
    n_at_risk: NDArray[np.intp]
    n_event: NDArray[np.intp]
    n_censored: NDArray[np.intp]
    survival: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    median: float
    median_ci_low: float
    median_ci_high: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str
    entry: NDArray[np.float64] | None
    exit: NDArray[np.float64]

    def at(
        self, times: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the curve and its limits at given times.

        Parameters
        ----------
        times : float array, shape (k,), days

        Returns
        -------
        survival, ci_low, ci_high : float array, shape (k,)
            One before the first time; NaN after the last, where nobody was observed, unless
            all had died by then: then zero, without limits.
        """
        asked = np.atleast_1d(np.asarray(times, dtype=float))
        row = np.searchsorted(self.time, asked, side="right")
        beyond = asked > self.time.max(initial=-np.inf)
        found = []
        for values in (self.survival, self.ci_low, self.ci_high):
            steps = np.concatenate(([1.0], values))[row]
            found.append(np.where(beyond, np.nan, steps))
        if self.survival.size and self.survival[-1] == 0.0:
            found[0][beyond] = 0.0
        return found[0], found[1], found[2]

    def at_risk(self, times: ArrayLike) -> NDArray[np.intp]:
        """Return how many are at risk just before given times.

        Parameters
        ----------
        times : float array, shape (k,), days

        Returns
        -------
        n : int array, shape (k,)
            Participants with entry < t <= time; at t = 0 those who enter at zero.
        """
        asked = np.atleast_1d(np.asarray(times, dtype=float))
        still = self.n - np.searchsorted(np.sort(self.exit), asked, side="left")
        if self.entry is None:
            return still
        # At time zero nobody has "entry < 0": those present from the start are counted.
        later = np.where(asked > 0, asked, np.nextafter(0.0, 1.0))
        return still - (self.n - np.searchsorted(np.sort(self.entry), later, side="left"))


def kaplan_meier(survival: Survival, *, confidence: float = 0.95) -> KaplanMeier:
    """Return the Kaplan-Meier curve of a cohort.

    Parameters
    ----------
    survival : Survival
        Times with events; left truncation is honoured.
    confidence : float
        Level of the pointwise intervals.

    Returns
    -------
    curve : KaplanMeier

    Notes
    -----
    Convention: log-log interval (R's default is "log"); a median that falls on a flat stretch
    at exactly one half is the middle of the stretch; ties are exact equality of times.
    Checked against: R `survfit(conf.type="log-log")` and its median.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 3.0]), event=np.array([True, False, True]))
    >>> kaplan_meier(s).survival.round(3)
    array([0.667, 0.667, 0.   ])
    """
    z = normal_quantile(confidence)
    time, row = np.unique(survival.time, return_inverse=True)
    n_event = np.bincount(row, survival.event, time.size).astype(np.intp)
    n_leaving = np.bincount(row, minlength=time.size)
    n_at_risk = np.cumsum(n_leaving[::-1])[::-1]
    if survival.entry is not None:
        entered = np.searchsorted(np.sort(survival.entry), time, side="left")
        n_at_risk = n_at_risk - (survival.n - entered)

    curve = np.asarray(np.cumprod(1.0 - n_event / np.maximum(n_at_risk, 1)), dtype=float)
    low, high = _limits(curve, n_event, n_at_risk, z)
    return KaplanMeier(
        time=time,
        n_at_risk=n_at_risk,
        n_event=n_event,
        n_censored=n_leaving - n_event,
        survival=curve,
        ci_low=low,
        ci_high=high,
        median=_crossing(time, curve),
        median_ci_low=_crossing(time, low),
        median_ci_high=_crossing(time, high),
        n=survival.n,
        n_events=survival.n_events,
        method="Kaplan-Meier",
        convention=CONVENTION,
        status=_status(survival, time, curve),
        entry=survival.entry,
        exit=survival.time,
    )


def _limits(
    curve: NDArray[np.float64], n_event: NDArray[np.intp], n_at_risk: NDArray[np.intp], z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the log-log limits: one while nobody has died, NaN once nobody is left."""
    survivors = n_at_risk - n_event
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(n_event / (np.maximum(n_at_risk, 1) * survivors))
        reach = z * np.sqrt(greenwood) / -np.log(curve)
        low = curve ** np.exp(reach)
        high = curve ** np.exp(-reach)
    low[curve >= 1.0] = high[curve >= 1.0] = 1.0
    low[curve <= 0.0] = high[curve <= 0.0] = np.nan
    return low, high


def _crossing(time: NDArray[np.float64], steps: NDArray[np.float64]) -> float:
    """Return when a falling step function comes down to one half; NaN where it never does."""
    known = ~np.isnan(steps)
    time, steps = time[known], steps[known]
    below = np.flatnonzero(steps < 0.5 + HALF_TOLERANCE)
    if below.size == 0:
        return float("nan")
    first = below[0]
    further = np.flatnonzero(steps < steps[first])
    if abs(steps[first] - 0.5) < HALF_TOLERANCE and further.size:
        return float((time[first] + time[further[0]]) / 2.0)
    return float(time[first])


def _status(survival: Survival, time: NDArray[np.float64], curve: NDArray[np.float64]) -> str:
    """Say what a reader of the curve must know, or nothing."""
    if survival.n == 0:
        return "no participants, so there is no curve"
    empty = np.flatnonzero(curve <= 0.0)
    if survival.entry is not None and empty.size and empty[0] < time.size - 1:
        return (
            f"everyone at risk at time {time[empty[0]]:g} had the event, so the curve is zero "
            "although later participants were observed; condition on a later start"
        )
    return ""
