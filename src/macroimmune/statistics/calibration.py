"""Whether predicted risks are as high as what happened: the result that all outcomes share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence
from macroimmune.statistics.spline import KNOT_QUANTILES

__all__ = [
    "GRID_POINTS",
    "LARGEST_RISK",
    "Calibration",
    "calibration_distances",
    "calibration_knots",
    "checked_risk",
    "distance_limits",
    "empty_calibration",
]

GRID_POINTS = 51
# A bootstrap interval that rests on fewer of its samples describes another population.
SMALLEST_SHARE = 0.9
# A risk of 1 - 1e-17 is 1 to a computer, and then has no log odds.
LARGEST_RISK = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How predicted risks compare with what was observed; NaN where `status` says why.

    Parameters
    ----------
    observed, expected : float
        Share with the event (Kaplan-Meier at the horizon where times are censored), and mean of
        the predicted risks.
    ratio, ratio_ci_low, ratio_ci_high : float
        Observed by expected: above one = the risks are too low.
    slope, slope_ci_low, slope_ci_high : float
        One where the risks are as spread as they should be; below one = too extreme, as those of
        an overfitted model.
    intercept, intercept_ci_low, intercept_ci_high : float
        Calibration in the large of a binary outcome, on the log odds: above zero = the risks are
        too low. NaN for survival, where the ratio tells it.
    ici, ici_ci_low, ici_ci_high : float
        Mean distance between the predicted and the smoothed observed risk over the participants.
    e50, e50_ci_low, e50_ci_high, e90, e90_ci_low, e90_ci_high : float
        Median and 90th percentile of the distances. Limits of all distances are percentiles of
        bootstrap samples of the participants, the predictions being kept. A distance is never
        below zero: a lower limit above zero is no sign of poor calibration.
    predicted : float array, shape (points,)
        Grid from the smallest to the largest predicted risk, for the curve.
    smoothed, smoothed_ci_low, smoothed_ci_high : float array, shape (points,)
        Observed risk at the predicted one, with pointwise limits.
    n, n_events : int
    replicates : int
        Bootstrap samples that gave an answer.
    method, convention, status : str
    """

    observed: float
    expected: float
    ratio: float
    ratio_ci_low: float
    ratio_ci_high: float
    slope: float
    slope_ci_low: float
    slope_ci_high: float
    intercept: float
    intercept_ci_low: float
    intercept_ci_high: float
    ici: float
    ici_ci_low: float
    ici_ci_high: float
    e50: float
    e50_ci_low: float
    e50_ci_high: float
    e90: float
    e90_ci_low: float
    e90_ci_high: float
    predicted: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    smoothed_ci_low: NDArray[np.float64]
    smoothed_ci_high: NDArray[np.float64]
    n: int
    n_events: int
    replicates: int
    method: str
    convention: str
    status: str


def checked_risk(predicted_risk: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return predicted risks as an array, or refuse what is none.

    Parameters
    ----------
    predicted_risk : float array, shape (n,), in [0, 1]
        Without missing values.
    n : int
        Participants of the outcome.

    Returns
    -------
    risk : float array, shape (n,)

    Raises
    ------
    InputError
        If there is not one per participant, some are missing, or some lie outside [0, 1].
    """
    given = np.asarray(predicted_risk)
    if given.dtype.kind not in "fiub" or given.shape not in {(n,), (n, 1)}:
        msg = (
            f"one predicted risk per participant: {n} participants, found {given.dtype} of shape "
            f"{given.shape}"
        )
        raise InputError(msg)
    risk = given.astype(float).reshape(n)
    if np.isnan(risk).any():
        msg = (
            f"{int(np.isnan(risk).sum())} of {n} predicted risks are missing; leave those "
            "participants out and say so"
        )
        raise InputError(msg)
    outside = (risk < 0.0) | (risk > 1.0)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        msg = (
            f"{int(outside.sum())} predicted risks lie outside 0 to 1, the first in row {row}: "
            f"{risk[row]:g}; give probabilities of the event, not scores or percentages"
        )
        raise InputError(msg)
    return risk


def calibration_knots(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """Return the knots of the smooth curve, or why there is none.

    Parameters
    ----------
    values : float array, shape (n,)
        Predicted risks on the scale of the model; infinite at risks of 0.

    Returns
    -------
    knots : float array, shape (3,)
    status : str
        Empty when all is well.
    """
    gap = np.full(len(KNOT_QUANTILES), np.nan)
    infinite = int((~np.isfinite(values)).sum())
    if infinite:
        return gap, f"{infinite} predicted risks are exactly 0, which no slope can recalibrate"
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        return gap, "the predicted risks do not vary, so there is neither a slope nor a curve"
    knots = np.asarray(np.quantile(values, KNOT_QUANTILES), dtype=float)
    if np.unique(values).size < 3 or (np.diff(knots) <= 1e-9 * np.ptp(values)).any():
        return knots, (
            "the predicted risks have too few different values for a smooth curve; compare "
            "observed and expected within each value"
        )
    return knots, ""


def calibration_distances(
    predicted: NDArray[np.float64], smoothed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean, the median and the 90th percentile of the distances of two risks."""
    distance = np.abs(predicted - smoothed)
    return np.array([distance.mean(), *np.quantile(distance, [0.5, 0.9])])


def distance_limits(
    distances: Callable[[NDArray[np.intp]], NDArray[np.float64]],
    n: int,
    *,
    replicates: int,
    rng: np.random.Generator,
    confidence: float,
) -> tuple[NDArray[np.float64], int, str]:
    """Return bootstrap percentile limits of the distances.

    Parameters
    ----------
    distances : function
        From rows of participants to mean, median and 90th percentile; NaN where none can be had.
    n : int
        Participants.
    replicates : int
        Bootstrap samples; with 0 there are no limits.
    rng : numpy Generator
    confidence : float

    Returns
    -------
    limits : float array, shape (3, 2)
    replicates : int
        Samples that gave an answer.
    status : str

    Raises
    ------
    InputError
        If `replicates` is negative.
    """
    check_confidence(confidence)
    if replicates < 0:
        msg = f"the number of bootstrap samples is 0 or more, found {replicates}"
        raise InputError(msg)
    limits = np.full((3, 2), np.nan)
    if replicates == 0:
        return limits, 0, ""
    found = np.array([distances(rng.integers(0, n, n)) for _ in range(replicates)])
    found = found[~np.isnan(found).any(axis=1)]
    if len(found) < SMALLEST_SHARE * replicates:
        return (
            limits,
            len(found),
            f"{len(found)} of {replicates} bootstrap samples gave a curve, too few for limits of "
            "the distances",
        )
    tail = (1.0 - confidence) / 2.0
    return np.quantile(found, [tail, 1.0 - tail], axis=0).T, len(found), ""


def empty_calibration(
    *,
    n: int,
    n_events: int,
    observed: float,
    expected: float,
    method: str,
    convention: str,
    status: str,
) -> Calibration:
    """Return a calibration of the usual shape without any estimate; `replace` fills it."""
    nan, gap = float("nan"), np.full(GRID_POINTS, np.nan)
    return Calibration(
        observed=observed,
        expected=expected,
        ratio=nan,
        ratio_ci_low=nan,
        ratio_ci_high=nan,
        slope=nan,
        slope_ci_low=nan,
        slope_ci_high=nan,
        intercept=nan,
        intercept_ci_low=nan,
        intercept_ci_high=nan,
        ici=nan,
        ici_ci_low=nan,
        ici_ci_high=nan,
        e50=nan,
        e50_ci_low=nan,
        e50_ci_high=nan,
        e90=nan,
        e90_ci_low=nan,
        e90_ci_high=nan,
        predicted=gap,
        smoothed=gap,
        smoothed_ci_low=gap,
        smoothed_ci_high=gap,
        n=n,
        n_events=n_events,
        replicates=0,
        method=method,
        convention=convention,
        status=status,
    )
