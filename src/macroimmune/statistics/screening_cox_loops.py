"""Newton's method for one covariate after another, on participants that were sorted once.

The sums over those at risk follow the walk from the last day to the first; who entered late leaves
them on the way. A day with d events takes Efron's d denominators. Missing values of a covariate are
passed over. Covariates are standardised one by one, because the steps and the thresholds of
convergence are meant for a standard deviation of one.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.screening_blocks import Walk, standardise

__all__ = ["fit_markers"]

Floats = NDArray[np.float64]
_MAX_ITERATIONS = 40
_SMALL_DECREMENT = 1e-10
_LARGE_STEP = 1e-2
_LARGEST_ERROR = 5.0
_SMALLEST_INFORMATION = 1e-13
# The hazards of two participants differ by less than this logarithm where rounding leaves digits.
_WIDEST_LOG_RATIO = 30.0
_ROUNDING = 1e-9


@compiled
def _derivatives(x: Floats, walk: Walk, beta: float, out: Floats) -> None:
    """Write the log likelihood, its slope and its curvature (times minus one) into `out`."""
    log_likelihood, score, information = 0.0, 0.0, 0.0
    at_risk, first, second = 0.0, 0.0, 0.0
    start, present = 0, 0
    for day in range(walk.day_stop.size):
        if walk.opens_stratum[day] == 1:
            at_risk, first, second, present = 0.0, 0.0, 0.0, 0
        for place in range(walk.leave_start[day], walk.leave_stop[day]):
            value = x[walk.leaving[place]]
            if np.isnan(value):
                continue
            hazard = np.exp(beta * value)
            at_risk -= hazard
            first -= hazard * value
            second -= hazard * value * value
            present -= 1
        if present == 0:
            # What rounding left of the subtractions would stay in every later sum.
            at_risk, first, second = 0.0, 0.0, 0.0
        deaths, died, died_first, died_second = 0, 0.0, 0.0, 0.0
        for i in range(start, walk.day_stop[day]):
            value = x[i]
            if np.isnan(value):
                continue
            present += 1
            hazard = np.exp(beta * value)
            at_risk += hazard
            first += hazard * value
            second += hazard * value * value
            if walk.event[i] == 1:
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
        start = walk.day_stop[day]
    out[0], out[1], out[2] = log_likelihood, score, information


@compiled
def _is_plausible(beta: float, width: float, information: float, deaths: float) -> bool:
    """Say whether an information is that of a maximum, not what cancellation left of it.

    Each death adds the variance of a covariate among those at risk, which is never above a quarter
    of its squared width; far out, where all hazard sits on one participant, rounding can put
    anything in its place.
    """
    largest = deaths * width * width / 4.0
    if not 0.0 < information <= largest * (1.0 + _ROUNDING):
        return False
    return abs(beta) * width <= _WIDEST_LOG_RATIO and 1.0 / np.sqrt(information) <= _LARGEST_ERROR


@compiled
def _climb(
    x: Floats, walk: Walk, width: float, deaths: float, here: Floats, there: Floats
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
            _derivatives(x, walk, beta + step, there)
            if np.isfinite(there[0]) and there[0] >= allowed:
                beta += step
                here[:] = there
                moved = True
                break
            step /= 2.0
        if decrement < _SMALL_DECREMENT or not moved:
            regular = moved and abs(step) * width <= _LARGE_STEP
            return beta, iteration, regular and _is_plausible(beta, width, here[2], deaths)
    return beta, _MAX_ITERATIONS, False


@compiled
def fit_markers(x: Floats, walk: Walk, found: Floats) -> None:
    """Fit a Cox model to each row of `x` and write what was found.

    Parameters
    ----------
    x : float array, shape (markers, n)
        In the order of the walk; standardised in place. NaN where a value is missing.
    walk : Walk
    found : float array, shape (markers, columns)
        The columns of `screening_models`; numbers mean something only where `is_regular` is one.
    """
    here, there = np.empty(3), np.empty(3)
    for marker in range(x.shape[0]):
        row, values = found[marker], x[marker]
        _, sd, width = standardise(values, walk.event, row[5:7])
        row[7], row[8] = 0.0, 0.0
        if sd == 0.0 or row[6] < 2.0:
            continue
        _derivatives(values, walk, 0.0, here)
        row[4] = here[0]
        if not here[2] > _SMALLEST_INFORMATION:
            continue
        row[2] = here[1] * here[1] / here[2]
        beta, iterations, regular = _climb(values, walk, width, row[6], here, there)
        row[7] = iterations
        if regular:
            row[0], row[1], row[3], row[8] = beta / sd, 1.0 / np.sqrt(here[2]) / sd, here[0], 1.0
