"""Newton's method for one covariate after another, on participants that were sorted once.

Participants stand by stratum and, within one, from the last day to the first, so that the sums over
those at risk grow as the walk goes on. A day with d events takes Efron's d denominators. Missing
values of a covariate are passed over. Covariates are standardised one by one, because the steps and
the thresholds of convergence are meant for a standard deviation of one.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["COLUMNS", "fit_markers"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
# What `fit_markers` writes of each marker, in this order.
COLUMNS = (
    "coefficient",
    "standard_error",
    "score_statistic",
    "log_likelihood",
    "null_log_likelihood",
    "n",
    "n_events",
    "iterations",
    "is_regular",
)
_MAX_ITERATIONS = 40
_SMALL_DECREMENT = 1e-10
_LARGE_STEP = 1e-2
_LARGEST_ERROR = 5.0
_SMALLEST_INFORMATION = 1e-13


@compiled
def _derivatives(
    x: Floats, event: Whole, day_stop: Whole, opens_stratum: Whole, beta: float, out: Floats
) -> None:
    """Write the log likelihood, its slope and its curvature (times minus one) into `out`."""
    log_likelihood, score, information = 0.0, 0.0, 0.0
    at_risk, first, second = 0.0, 0.0, 0.0
    start = 0
    for day in range(day_stop.size):
        if opens_stratum[day] == 1:
            at_risk, first, second = 0.0, 0.0, 0.0
        deaths, died, died_first, died_second = 0, 0.0, 0.0, 0.0
        for i in range(start, day_stop[day]):
            value = x[i]
            if np.isnan(value):
                continue
            hazard = np.exp(beta * value)
            at_risk += hazard
            first += hazard * value
            second += hazard * value * value
            if event[i] == 1:
                deaths += 1
                died += hazard
                died_first += hazard * value
                died_second += hazard * value * value
                log_likelihood += beta * value
                score += value
        for death in range(deaths):
            gone = death / deaths
            total = at_risk - gone * died
            mean = (first - gone * died_first) / total
            log_likelihood -= np.log(total)
            score -= mean
            information += (second - gone * died_second) / total - mean * mean
        start = day_stop[day]
    out[0], out[1], out[2] = log_likelihood, score, information


@compiled
def _standardise(x: Floats, event: Whole, counts: Floats) -> tuple[float, float]:
    """Centre and scale the values that are there; return the SD and the range after it."""
    n, n_events, total = 0.0, 0.0, 0.0
    for i in range(x.size):
        if not np.isnan(x[i]):
            n += 1.0
            n_events += event[i]
            total += x[i]
    counts[0], counts[1] = n, n_events
    if n < 2.0:
        return 0.0, 0.0
    mean, squares, largest = total / n, 0.0, 0.0
    low, high = np.inf, -np.inf
    for i in range(x.size):
        if not np.isnan(x[i]):
            largest = max(largest, abs(x[i]))
            low, high = min(low, x[i]), max(high, x[i])
            squares += (x[i] - mean) ** 2
    sd = np.sqrt(squares / n)
    if high - low <= 1e-12 * largest or not sd > 0.0:
        return 0.0, 0.0
    for i in range(x.size):
        x[i] = (x[i] - mean) / sd
    return sd, (high - low) / sd


@compiled
def _climb(
    x: Floats,
    event: Whole,
    day_stop: Whole,
    opens_stratum: Whole,
    width: float,
    here: Floats,
    there: Floats,
) -> tuple[float, int, bool]:
    """Return the coefficient, the steps taken, and whether it is a maximum worth its name."""
    beta = 0.0
    for iteration in range(1, _MAX_ITERATIONS + 1):
        if not here[2] > _SMALLEST_INFORMATION:
            return beta, iteration, False
        step = here[1] / here[2]
        decrement = here[1] * step
        allowed = here[0] - 1e-9 * (1.0 + abs(here[0]))
        moved = False
        for _ in range(30):
            _derivatives(x, event, day_stop, opens_stratum, beta + step, there)
            if np.isfinite(there[0]) and there[0] >= allowed:
                beta += step
                here[:] = there
                moved = True
                break
            step /= 2.0
        if decrement < _SMALL_DECREMENT or not moved:
            regular = moved and abs(step) * width <= _LARGE_STEP and here[2] > 0.0
            return beta, iteration, regular and 1.0 / np.sqrt(here[2]) <= _LARGEST_ERROR
    return beta, _MAX_ITERATIONS, False


@compiled
def fit_markers(
    x: Floats, event: Whole, day_stop: Whole, opens_stratum: Whole, found: Floats
) -> None:
    """Fit a Cox model to each row of `x` and write what was found.

    Parameters
    ----------
    x : float array, shape (markers, n)
        Sorted as the module says; standardised in place. NaN where a value is missing.
    event : int array, shape (n,)
    day_stop : int array, shape (days,)
        Where each day of a stratum ends.
    opens_stratum : int array, shape (days,)
        One where a day is the first of its stratum.
    found : float array, shape (markers, columns)
        The columns of `COLUMNS`; numbers mean something only where `is_regular` is one.
    """
    here, there = np.empty(3), np.empty(3)
    for marker in range(x.shape[0]):
        row, values = found[marker], x[marker]
        sd, width = _standardise(values, event, row[5:7])
        row[7], row[8] = 0.0, 0.0
        if sd == 0.0 or row[6] < 2.0:
            continue
        _derivatives(values, event, day_stop, opens_stratum, 0.0, here)
        row[4] = here[0]
        if not here[2] > _SMALLEST_INFORMATION:
            continue
        row[2] = here[1] * here[1] / here[2]
        beta, iterations, regular = _climb(
            values, event, day_stop, opens_stratum, width, here, there
        )
        row[7] = iterations
        if regular:
            row[0], row[1], row[3], row[8] = beta / sd, 1.0 / np.sqrt(here[2]) / sd, here[0], 1.0
