"""The marker of each of many cohorts tested in a model of its own: thousands of cohorts quickly."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.screening_blocks import Walk
from macroimmune.statistics.screening_cox_loops import fit_markers as fit_cox
from macroimmune.statistics.screening_logistic_loops import OWN_COLUMNS
from macroimmune.statistics.screening_logistic_loops import fit_markers as fit_logistic
from macroimmune.statistics.screening_models import COLUMNS

__all__ = ["cox_of_cohorts", "logistic_of_cohorts"]

_ESTIMATE, _ERROR = COLUMNS.index("coefficient"), COLUMNS.index("standard_error")
_REGULAR = COLUMNS.index("is_regular")

Values = NDArray[np.float64]


def cox_of_cohorts(time: Values, event: NDArray[np.bool_], marker: Values) -> tuple[Values, Values]:
    """Return a univariable Cox model of each cohort.

    Parameters
    ----------
    time, marker : float array, shape (cohorts, n)
        Without missing values. No two events of a cohort may be on the same day: times that were
        drawn, not rounded.
    event : bool array, shape (cohorts, n)

    Returns
    -------
    coefficients, standard_errors : float array, shape (cohorts,)
        NaN where the marker separates the events, or there is nothing to estimate.

    Raises
    ------
    InputError
        If the arrays differ in shape.

    Notes
    -----
    Convention: log hazard ratio per unit of the marker. Checked against: `cox`, cohort by cohort.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> time = rng.exponential(size=(3, 50))
    >>> beta, error = cox_of_cohorts(time, time > 0, rng.normal(size=(3, 50)))
    >>> beta.shape
    (3,)
    """
    _check(time, event, marker)
    n = time.shape[1]
    order = np.argsort(-time, axis=1)
    x = np.take_along_axis(marker, order, axis=1)
    events = np.take_along_axis(event, order, axis=1).astype(np.int64)
    days = np.arange(1, n + 1, dtype=np.int64)
    opens = (days == 1).astype(np.int64)
    nobody, never = np.zeros(0, dtype=np.int64), np.zeros(n, dtype=np.int64)
    found = np.full((len(x), len(COLUMNS)), np.nan)
    for cohort in range(len(x)):
        row = slice(cohort, cohort + 1)
        walk = Walk(days, events[cohort], days, opens, nobody, never, never)
        fit_cox(x[row], walk, found[row])
    return _estimates(found)


def logistic_of_cohorts(outcome: NDArray[np.bool_], marker: Values) -> tuple[Values, Values]:
    """Return a univariable logistic model of each cohort.

    Parameters
    ----------
    outcome : bool array, shape (cohorts, n)
    marker : float array, shape (cohorts, n)
        Without missing values.

    Returns
    -------
    coefficients, standard_errors : float array, shape (cohorts,)
        NaN where the marker separates the outcomes, or there is nothing to estimate.

    Raises
    ------
    InputError
        If the arrays differ in shape.

    Notes
    -----
    Convention: log odds ratio per unit of the marker. Checked against: `logistic`, cohort by
    cohort.
    """
    _check(marker, outcome, marker)
    x, events = marker.copy(), outcome.astype(np.int64)
    found = np.full((len(x), len(COLUMNS) + len(OWN_COLUMNS)), np.nan)
    for cohort in range(len(x)):
        row = slice(cohort, cohort + 1)
        fit_logistic(x[row], events[cohort], found[row])
    return _estimates(found)


def _estimates(found: Values) -> tuple[Values, Values]:
    regular = found[:, _REGULAR] == 1.0
    return (
        np.where(regular, found[:, _ESTIMATE], np.nan),
        np.where(regular, found[:, _ERROR], np.nan),
    )


def _check(time: Values, event: NDArray[np.bool_], marker: Values) -> None:
    if marker.ndim != 2 or not time.shape == event.shape == marker.shape:
        msg = (
            f"cohorts of shape {time.shape}, {event.shape}, {marker.shape}; expected one row per "
            "cohort and one column per participant in each"
        )
        raise InputError(msg)
