"""One logistic slope per biomarker with an intercept per stratum, for few and large strata."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.logistic import checked_outcome
from macroimmune.statistics.screening_blocks import checked_markers

__all__ = ["stratified_logistic_slopes"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_MAX_ITERATIONS = 50
_SMALL_DECREMENT = 1e-12
_LARGEST_VARIANCE = 25.0


@compiled
def _sums(x: Floats, event: Whole, stratum: Whole, beta: Floats, slope: float, out: Floats) -> None:
    """Write, per stratum: residuals, residuals x, weights, weights x, weights x squared."""
    out[:] = 0.0
    for i in range(x.size):
        row = out[stratum[i]]
        probability = 1.0 / (1.0 + np.exp(-(beta[stratum[i]] + slope * x[i])))
        residual, weight = event[i] - probability, probability * (1.0 - probability)
        row[0] += residual
        row[1] += residual * x[i]
        row[2] += weight
        row[3] += weight * x[i]
        row[4] += weight * x[i] * x[i]


@compiled
def _fit(x: Floats, event: Whole, stratum: Whole, beta: Floats) -> tuple[float, float]:
    """Return slope and its variance; NaN where Newton's steps do not end at a maximum."""
    slope, sums = 0.0, np.empty((beta.size, 5))
    for _ in range(_MAX_ITERATIONS):
        _sums(x, event, stratum, beta, slope, sums)
        # The intercepts are eliminated: what is left of score and information is the slope's own.
        score, information = 0.0, 0.0
        for k in range(beta.size):
            score += sums[k, 1] - sums[k, 3] * sums[k, 0] / sums[k, 2]
            information += sums[k, 4] - sums[k, 3] * sums[k, 3] / sums[k, 2]
        step = score / information
        decrement = score * step
        for k in range(beta.size):
            own = (sums[k, 0] - sums[k, 3] * step) / sums[k, 2]
            decrement += sums[k, 0] * own
            beta[k] += own
        slope += step
        if not (np.isfinite(slope) and information > 0.0):
            break
        if abs(decrement) < _SMALL_DECREMENT:
            # Per SD: where outcomes are separated, or all but, the curve has no curvature left.
            if 1.0 / information > _LARGEST_VARIANCE:
                break
            return slope, 1.0 / information
    return np.nan, np.nan


def stratified_logistic_slopes(
    outcome: NDArray[np.bool_], markers: ArrayLike, strata: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the log odds ratio of every biomarker, common to all strata, and its error.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    markers : float array, shape (n, markers)
        Without missing values.
    strata : int or text array, shape (n,)
        Each has an intercept of its own.

    Returns
    -------
    coefficients, standard_errors : float array, shape (markers,)
        Per unit of the biomarker; NaN where it does not vary within strata or separates the
        outcomes.

    Raises
    ------
    InputError
        If shapes differ or a value is missing.

    Notes
    -----
    Convention: unconditional likelihood, which suits strata of thousands; small ones bias it, and
    `conditional_logistic` is the model for them. A stratum with only one outcome tells nothing and
    is passed over. Checked against: `logistic` with an indicator per
    stratum.

    Examples
    --------
    >>> y = np.array([False, True, False, True] * 2)
    >>> x = np.array([0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 3.0, 5.0])
    >>> slope, error = stratified_logistic_slopes(y, x[:, None], [0] * 4 + [1] * 4)
    >>> round(float(slope[0]), 3), round(float(error[0]), 3)
    (1.352, 1.243)
    """
    response = checked_outcome(outcome)
    given = checked_markers(markers, response.size)
    stratum, _ = label_codes(strata, response.size, "stratum")
    if np.isnan(given).any():
        msg = "biomarkers hold missing values; leave these participants out before"
        raise InputError(msg)
    found = np.full((given.shape[1], 2), np.nan)
    tells = np.isin(stratum, np.intersect1d(stratum[response], stratum[~response]))
    if not tells.any():
        return found[:, 0], found[:, 1]
    codes = np.unique(stratum[tells], return_inverse=True)[1].astype(np.int64)
    event = response[tells].astype(np.int64)
    sizes, events = np.bincount(codes), np.bincount(codes, weights=event)
    start = np.log(events / (sizes - events))
    for place in range(given.shape[1]):
        x = np.ascontiguousarray(given[tells, place])
        mean, sd = float(x.mean()), float(x.std())
        if sd > 0.0:
            slope, variance = _fit((x - mean) / sd, event, codes, start.copy())
            found[place] = slope / sd, np.sqrt(variance) / sd
    return found[:, 0], found[:, 1]
