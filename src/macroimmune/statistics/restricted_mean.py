"""Restricted mean survival time: mean time without the event up to a horizon fixed in advance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.kaplan_meier import kaplan_meier

__all__ = [
    "RestrictedMean",
    "RestrictedMeanDifference",
    "restricted_mean",
    "restricted_mean_difference",
]

CONVENTION = (
    "area under the Kaplan-Meier curve from 0 to the horizon; Greenwood-type variance of the "
    "estimate; Wald interval"
)
_NO_SPREAD = (
    "no events up to the horizon, or all on one day: the error of the mean cannot be estimated"
)


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedMean:
    """A restricted mean survival time; NaN where `status` says why there is none.

    Parameters
    ----------
    mean, standard_error, ci_low, ci_high : float, days
        The mean stands alone where only its error cannot be estimated.
    horizon_days : float
    n, n_events : int
        Participants; events up to the horizon.
    method, convention, status : str
    """

    mean: float
    standard_error: float
    ci_low: float
    ci_high: float
    horizon_days: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedMeanDifference:
    """The restricted mean of a second group less that of a first.

    Parameters
    ----------
    first, second : RestrictedMean
    difference, standard_error, ci_low, ci_high : float, days
    p_value : float
        Wald, two-sided.
    horizon_days : float
    n, n_events : int
    method, convention, status : str
    """

    first: RestrictedMean
    second: RestrictedMean
    difference: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    horizon_days: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def restricted_mean(
    survival: Survival, *, horizon_days: float, confidence: float = 0.95
) -> RestrictedMean:
    """Return the mean time without the event up to the horizon.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    horizon_days : float
        Fixed before looking at the data. It may not lie past the last follow-up, unless the curve
        has come down to zero.
    confidence : float

    Returns
    -------
    found : RestrictedMean

    Raises
    ------
    InputError
        If the horizon is not a positive, finite day.

    Notes
    -----
    Convention: the variance is that of the estimate, not the spread of min(T, horizon) among
    patients. Checked against: R `summary(survfit(...), rmean = horizon)`.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 3.0]), event=np.array([True, True]))
    >>> restricted_mean(s, horizon_days=2.0).mean
    1.5
    """
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        msg = f"a horizon is a day after time zero, found {horizon_days}; fix it in advance"
        raise InputError(msg)
    z = normal_quantile(confidence)
    curve = kaplan_meier(survival)
    status = (
        curve.status
        or _unseen_start(survival)
        or _past_follow_up(survival, curve.survival, horizon_days)
    )
    mean = error = float("nan")
    if not status:
        mean, error = _area(
            curve.time, curve.survival, curve.n_event, curve.n_at_risk, horizon_days
        )
    if not status and error == 0.0:
        error, status = float("nan"), _NO_SPREAD
    return RestrictedMean(
        mean=mean,
        standard_error=error,
        ci_low=mean - z * error,
        ci_high=mean + z * error,
        horizon_days=float(horizon_days),
        n=survival.n,
        n_events=int((survival.event & (survival.time <= horizon_days)).sum()),
        method=f"restricted mean survival time up to day {horizon_days:g}",
        convention=CONVENTION,
        status=status,
    )


def restricted_mean_difference(
    first: Survival, second: Survival, *, horizon_days: float, confidence: float = 0.95
) -> RestrictedMeanDifference:
    """Return how much longer the second group stays without the event, up to the horizon.

    Parameters
    ----------
    first, second : Survival
        Different participants.
    horizon_days : float
        Fixed before looking; at most the smaller of the two last follow-ups.
    confidence : float

    Returns
    -------
    found : RestrictedMeanDifference

    Raises
    ------
    InputError
        If the horizon is not a positive, finite day.

    Notes
    -----
    Convention: above zero = longer in the second group. Needs no proportional hazards.
    """
    one, two = (restricted_mean(s, horizon_days=horizon_days) for s in (first, second))
    z = normal_quantile(confidence)
    difference = two.mean - one.mean
    error = float(np.hypot(one.standard_error, two.standard_error))
    status = "; ".join(
        f"{name} group: {item.status}"
        for name, item in (("first", one), ("second", two))
        if item.status
    )
    known = not status
    return RestrictedMeanDifference(
        first=one,
        second=two,
        difference=difference,
        standard_error=error,
        ci_low=difference - z * error if known else float("nan"),
        ci_high=difference + z * error if known else float("nan"),
        p_value=float(wald_p(np.array([difference / error]))[0]) if known else float("nan"),
        horizon_days=float(horizon_days),
        n=one.n + two.n,
        n_events=one.n_events + two.n_events,
        method=f"difference of {one.method}",
        convention="second less first; Wald, independent groups",
        status=status,
    )


def _unseen_start(survival: Survival) -> str:
    """Say that nobody was under observation at first, or nothing."""
    if survival.entry is None or survival.entry.min() == 0.0:
        return ""
    return (
        f"nobody was under observation before day {survival.entry.min():g}, so a mean time from "
        "day 0 cannot be estimated"
    )


def _past_follow_up(survival: Survival, curve: NDArray[np.float64], horizon: float) -> str:
    """Say that the curve does not reach the horizon, or nothing."""
    last = float(survival.time.max())
    if horizon <= last or curve[-1] == 0.0:
        return ""
    return (
        f"the horizon of {horizon:g} days lies past the last follow-up of {last:g} days; choose an "
        "earlier one"
    )


def _area(
    time: NDArray[np.float64],
    curve: NDArray[np.float64],
    n_event: NDArray[np.intp],
    n_at_risk: NDArray[np.intp],
    horizon: float,
) -> tuple[float, float]:
    """Return the area under the curve up to the horizon and its standard error."""
    inside = time < horizon
    edges = np.concatenate(([0.0], time[inside], [horizon]))
    pieces = np.diff(edges) * np.concatenate(([1.0], curve[inside]))
    # What is still to come after each time: an event there moves the curve on all of it.
    to_come = np.cumsum(pieces[::-1])[::-1][1:]
    survivors = n_at_risk[inside] - n_event[inside]
    # Where the last participant at risk had the event nothing is to come, so the term is zero.
    weight = n_event[inside] / (n_at_risk[inside] * np.maximum(survivors, 1))
    return float(pieces.sum()), float(np.sqrt(np.sum(to_come**2 * weight)))
