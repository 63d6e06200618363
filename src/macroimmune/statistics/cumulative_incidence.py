"""Cumulative incidence of each cause where several events compete, by Aalen and Johansen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.causes import cause_codes
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["CumulativeIncidence", "cumulative_incidence"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """The probability of an event of one cause by each time.

    Parameters
    ----------
    cause : int
        The code of the cause.
    time : float array, shape (times,), days
        Distinct times of an event of any cause, ascending.
    incidence, standard_error, ci_low, ci_high : float array, shape (times,)
        Just after each time; the limits are NaN while the incidence is zero.
    n_at_risk : int array, shape (times,)
        Just before each time.
    n, n_events, n_competing : int
        Participants, events of the cause, events of other causes.
    method, convention, status : str
    """

    cause: int
    time: NDArray[np.float64]
    incidence: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    n_at_risk: NDArray[np.intp]
    n: int
    n_events: int
    n_competing: int
    method: str
    convention: str
    status: str

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """Return the incidence by given times, zero before the first event of any cause."""
        asked = np.atleast_1d(np.asarray(times, dtype=float))
        row = np.searchsorted(self.time, asked, side="right")
        return np.concatenate(([0.0], self.incidence))[row]

    def interval_at(self, times: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the limits by given times, NaN while the incidence is zero."""
        asked = np.atleast_1d(np.asarray(times, dtype=float))
        row = np.searchsorted(self.time, asked, side="right")
        low, high = (np.concatenate(([np.nan], end))[row] for end in (self.ci_low, self.ci_high))
        return low, high


def cumulative_incidence(
    survival: Survival, cause: ArrayLike, *, of: int = 1, confidence: float = 0.95
) -> CumulativeIncidence:
    """Return the cumulative incidence of a cause among competing ones.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause; without left truncation.
    cause : int array, shape (n,)
        0 where no event was seen, else the code of its cause.
    of : int
        The cause that is asked about.
    confidence : float

    Returns
    -------
    curve : CumulativeIncidence
        With a status where nobody had an event of that cause.

    Raises
    ------
    InputError
        If causes and events do not agree, or participants entered late.

    Notes
    -----
    Convention: one minus a Kaplan-Meier curve that censors the competing events is not this; it
    is always at least as large. Variance by the delta method, interval on the scale log(-log) of
    the incidence. Checked against: R `survfit` with a factor as event.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 3.0, 4.0]), event=np.ones(4, dtype=bool))
    >>> cumulative_incidence(s, [1, 2, 1, 2]).incidence
    array([0.25, 0.25, 0.5 , 0.5 ])
    """
    codes = cause_codes(survival, cause, of)
    z = normal_quantile(confidence)
    time = np.unique(survival.time[survival.event])
    ordered = np.sort(survival.time)
    at_risk = survival.n - np.searchsorted(ordered, time, side="left")
    of_cause, of_any = (_deaths(survival.time[rows], time) for rows in (codes == of, codes > 0))
    free = np.cumprod(1.0 - of_any / np.maximum(at_risk, 1))
    before = np.concatenate(([1.0], free))[:-1]
    incidence = np.cumsum(before * of_cause / np.maximum(at_risk, 1))
    error = np.sqrt(_variance(incidence, before, at_risk, of_cause, of_any))
    low, high = _limits(incidence, error, z)
    n_events = int((codes == of).sum())
    return CumulativeIncidence(
        cause=of,
        time=time,
        incidence=np.asarray(incidence, dtype=float),
        standard_error=error,
        ci_low=low,
        ci_high=high,
        n_at_risk=np.asarray(at_risk, dtype=np.intp),
        n=survival.n,
        n_events=n_events,
        n_competing=int((codes > 0).sum()) - n_events,
        method="Aalen-Johansen cumulative incidence",
        convention="probability of the cause by a time, competing events not censored",
        status="" if n_events else f"nobody had an event of cause {of}",
    )


def _deaths(times: NDArray[np.float64], distinct: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many events fall on each of the distinct times."""
    counts = np.bincount(np.searchsorted(distinct, times), minlength=distinct.size)
    return np.asarray(counts, dtype=float)


def _variance(
    incidence: NDArray[np.float64],
    before: NDArray[np.float64],
    at_risk: NDArray[np.intp],
    of_cause: NDArray[np.float64],
    of_any: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the delta-method variance at each time, from running sums.

    With F the incidence at t and F_j that at an earlier event time, the variance is the sum over j
    of (F - F_j)^2 a_j + b_j - 2 (F - F_j) c_j; multiplied out it needs only cumulative sums.
    """
    survivors = at_risk - of_any
    # Where the last one at risk has an event, F stays where it is and the first term is zero.
    a = np.where(survivors > 0, of_any / (at_risk * np.maximum(survivors, 1.0)), 0.0)
    b = before**2 * of_cause * (at_risk - of_cause) / at_risk.astype(float) ** 3
    c = before * of_cause / at_risk.astype(float) ** 2
    square = incidence**2 * np.cumsum(a) - 2.0 * incidence * np.cumsum(incidence * a)
    square += np.cumsum(incidence**2 * a)
    cross = incidence * np.cumsum(c) - np.cumsum(incidence * c)
    return np.asarray(np.maximum(square + np.cumsum(b) - 2.0 * cross, 0.0), dtype=float)


def _limits(
    incidence: NDArray[np.float64], error: NDArray[np.float64], z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits on the scale log(-log), NaN at zero and one."""
    low, high = np.full(incidence.size, np.nan), np.full(incidence.size, np.nan)
    # A curve that has come to one may miss it by the rounding of its steps.
    inside = (incidence > 0.0) & (incidence < 1.0 - _ROUNDING)
    f = incidence[inside]
    reach = z * error[inside] / (f * np.abs(np.log(f)))
    low[inside], high[inside] = f ** np.exp(reach), f ** np.exp(-reach)
    return low, high
