"""Which share of a cohort has its event before observation ends."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError

__all__ = ["event_proportion"]

_TIMES = np.polynomial.legendre.leggauss(64)
_PEOPLE = np.polynomial.hermite_e.hermegauss(48)


def event_proportion(
    courses: Sequence[tuple[float, float]],
    *,
    enrolment: float,
    follow_up: float,
    loss_rate: float = 0.0,
    log_hazard_mean: float = 0.0,
    log_hazard_sd: float = 0.0,
) -> float:
    """Return the share of a cohort whose event is seen.

    Parameters
    ----------
    courses : sequence of (float, float)
        Median time and Weibull shape of each kind of event, of somebody whose log hazard is zero;
        the first of them to come is the event. Times in one unit, whichever.
    enrolment, follow_up : float
        People enter evenly over `enrolment` and are observed for `follow_up` after the last.
    loss_rate : float
        Hazard of being lost.
    log_hazard_mean, log_hazard_sd : float
        Of the normal distribution of log hazards in the cohort, alike for all kinds.

    Returns
    -------
    share : float

    Raises
    ------
    InputError
        If a time is not positive or a rate is negative.

    Notes
    -----
    Convention: by quadrature: over people, over the length of observation and, where some are lost,
    over time. Checked against: the closed form for a constant hazard, and simulation.

    Examples
    --------
    A median of 12 months, all observed for 12 months:

    >>> round(event_proportion([(12.0, 1.0)], enrolment=0.0, follow_up=12.0), 6)
    0.5
    """
    _check(courses, enrolment, follow_up, loss_rate)
    nodes, weights = _PEOPLE
    log_hazard = log_hazard_mean + log_hazard_sd * nodes
    of_people = weights / weights.sum()
    at, of_times = (_TIMES[0] + 1.0) / 2.0, _TIMES[1] / 2.0
    ends = follow_up + enrolment * at
    seen = _failed(ends, courses, log_hazard)
    if loss_rate > 0.0:
        # Squares put the nodes where a Weibull hazard may be infinite.
        times = ends[:, None] * at**2
        width = 2.0 * ends[:, None] * at * of_times
        lost_later = loss_rate * np.exp(-loss_rate * times) * width
        before = np.einsum("ct,ctp->cp", lost_later, _failed(times, courses, log_hazard))
        seen = seen * np.exp(-loss_rate * ends)[:, None] + before
    return float(of_times @ seen @ of_people)


def _failed(
    times: NDArray[np.float64], courses: Sequence[tuple[float, float]], log_hazard: ArrayLike
) -> NDArray[np.float64]:
    """Return the share with the event by each time (first axes) for each log hazard (last)."""
    total = np.zeros_like(times)
    for median, shape in courses:
        total += np.log(2.0) * (times / median) ** shape
    return np.asarray(-np.expm1(-total[..., None] * np.exp(log_hazard)), dtype=float)


def _check(
    courses: Sequence[tuple[float, float]], enrolment: float, follow_up: float, loss_rate: float
) -> None:
    if not courses or any(not (np.isfinite(one) and one > 0) for pair in courses for one in pair):
        msg = f"median and shape {list(courses)}: expected numbers above 0"
        raise InputError(msg)
    for name, value in (
        ("enrolment", enrolment),
        ("follow-up", follow_up),
        ("loss per time", loss_rate),
    ):
        if not (np.isfinite(value) and value >= 0.0):
            msg = f"{name} {value:g}: expected 0 or more"
            raise InputError(msg)
    if enrolment + follow_up <= 0.0:
        msg = "enrolment and follow-up are both 0: nobody is observed; give one of them"
        raise InputError(msg)
