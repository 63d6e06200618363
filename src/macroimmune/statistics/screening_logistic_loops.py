"""Newton's method for one covariate after another in a logistic model with an intercept.

Missing values of a covariate are passed over. Covariates are standardised one by one, so that the
intercept and the slope start uncorrelated and the thresholds of convergence mean the same for all.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.screening_blocks import standardise

__all__ = ["OWN_COLUMNS", "fit_markers"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
# Written of each marker after the columns that all models share.
OWN_COLUMNS = ("intercept", "intercept_standard_error")
_MAX_ITERATIONS = 60
_SMALL_DECREMENT = 1e-10
_LARGE_STEP = 1e-2
_LARGEST_VARIANCE = 25.0
_SINGULAR = 1e-11


@compiled
def _derivatives(x: Floats, event: Whole, intercept: float, slope: float, out: Floats) -> None:
    """Write log likelihood, both slopes and the three curvatures (times minus one) into `out`."""
    log_likelihood, score, score_x = 0.0, 0.0, 0.0
    weights, weights_x, weights_xx = 0.0, 0.0, 0.0
    for i in range(x.size):
        value = x[i]
        if np.isnan(value):
            continue
        predictor = intercept + slope * value
        # The smaller of p and 1 - p over the larger, so that nothing overflows.
        odds = np.exp(-abs(predictor))
        near = 1.0 / (1.0 + odds)
        probability = near if predictor >= 0.0 else odds * near
        weight = odds * near * near
        log_likelihood -= np.log1p(odds)
        if (event[i] == 1) != (predictor >= 0.0):
            log_likelihood -= abs(predictor)
        residual = event[i] - probability
        score += residual
        score_x += residual * value
        weights += weight
        weights_x += weight * value
        weights_xx += weight * value * value
    out[0], out[1], out[2] = log_likelihood, score, score_x
    out[3], out[4], out[5] = weights, weights_x, weights_xx


@compiled
def _is_singular(at: Floats) -> bool:
    """Say whether the information has a direction without curvature, relative to its size."""
    middle = (at[3] + at[5]) / 2.0
    apart = np.sqrt(((at[3] - at[5]) / 2.0) ** 2 + at[4] ** 2)
    # The smaller eigenvalue by the determinant, because the difference would cancel.
    determinant = at[3] * at[5] - at[4] * at[4]
    largest = middle + apart
    return not (largest > 0.0 and determinant > _SINGULAR * largest * largest)


@compiled
def _climb(
    x: Floats, event: Whole, width: float, beta: Floats, here: Floats, there: Floats
) -> tuple[int, bool]:
    """Move `beta` to the maximum; return the steps taken and whether it is worth its name."""
    for iteration in range(1, _MAX_ITERATIONS + 1):
        if _is_singular(here):
            return iteration, False
        determinant = here[3] * here[5] - here[4] * here[4]
        step = (here[5] * here[1] - here[4] * here[2]) / determinant
        step_x = (here[3] * here[2] - here[4] * here[1]) / determinant
        decrement = here[1] * step + here[2] * step_x
        is_last = decrement < _SMALL_DECREMENT
        runs_away = is_last and abs(step_x) * width > _LARGE_STEP
        allowed = here[0] - 1e-9 * (1.0 + abs(here[0]))
        for _ in range(30):
            _derivatives(x, event, beta[0] + step, beta[1] + step_x, there)
            if np.isfinite(there[0]) and there[0] >= allowed:
                beta[0] += step
                beta[1] += step_x
                here[:] = there
                break
            step /= 2.0
            step_x /= 2.0
        if is_last:
            return iteration, not (runs_away or _is_singular(here))
    return _MAX_ITERATIONS, False


@compiled
def fit_markers(x: Floats, event: Whole, found: Floats) -> None:
    """Fit a logistic model to each row of `x` and write what was found.

    Parameters
    ----------
    x : float array, shape (markers, n)
        Standardised in place. NaN where a value is missing.
    event : int array, shape (n,)
        One or zero.
    found : float array, shape (markers, columns)
        The columns of `screening_models` and two more; numbers mean something only where
        `is_regular` is one.
    """
    beta, here, there = np.empty(2), np.empty(6), np.empty(6)
    for marker in range(x.shape[0]):
        row, values = found[marker], x[marker]
        mean, sd, width = standardise(values, event, row[5:7])
        row[7], row[8] = 0.0, 0.0
        fewer = min(row[6], row[5] - row[6])
        if sd == 0.0 or fewer < 1.0:
            continue
        prevalence = row[6] / row[5]
        beta[0], beta[1] = np.log(prevalence / (1.0 - prevalence)), 0.0
        _derivatives(values, event, beta[0], beta[1], here)
        row[4] = here[0]
        # At the prevalence the slope of the intercept is zero, and so is its covariance.
        row[2] = here[2] * here[2] / here[5]
        if fewer < 2.0:
            continue
        iterations, regular = _climb(values, event, width, beta, here, there)
        row[7] = iterations
        determinant = here[3] * here[5] - here[4] * here[4]
        variance = here[3] / determinant
        if regular and variance <= _LARGEST_VARIANCE:
            row[0], row[1] = beta[1] / sd, np.sqrt(variance) / sd
            row[3], row[8] = here[0], 1.0
            # Back from the standardised covariate, whose zero is the mean.
            shift = mean / sd
            spread = here[5] + 2.0 * shift * here[4] + shift * shift * here[3]
            row[9], row[10] = beta[0] - shift * beta[1], np.sqrt(spread / determinant)
