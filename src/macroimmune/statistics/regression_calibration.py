"""What a marker that is measured with known errors tells of its true value, person by person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile, wald_p

__all__ = [
    "CorrectedRatio",
    "RegressionCalibration",
    "corrected_ratio",
    "regression_calibration",
]

_FEWEST = 10
_NO_VARIANCE = (
    "people do not differ by more than their errors of measurement: the reliability is 0 and "
    "nothing can be corrected"
)
_UNCERTAIN = (
    "the reliability is too uncertain for an interval of the corrected effect: more people or "
    "smaller errors are needed"
)


@dataclass(frozen=True, slots=True, eq=False)
class RegressionCalibration:
    """The expected true values of a marker; numbers are NaN where `status` says why.

    Parameters
    ----------
    expected : float array, shape (n,)
        Of the true value, given the measured one and the covariates beside it.
    variance : float
        Between people, of the true value given the covariates.
    variance_error : float
        Standard error of `variance`.
    reliability : float in 0..1
        `variance` over `variance` and the mean variance of measurement.
    log_scale_error : float
        Standard error that the estimated variance gives the logarithm of an effect per unit of
        `expected`.
    n : int
    method, convention, status : str
        `status` is empty when all is well.
    """

    expected: NDArray[np.float64]
    variance: float
    variance_error: float
    reliability: float
    log_scale_error: float
    n: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True)
class CorrectedRatio:
    """A log ratio per unit of the true value, with its interval.

    Parameters
    ----------
    log_ratio, ci_low, ci_high, p_value : float
        NaN where `status` says why.
    status : str
    """

    log_ratio: float
    ci_low: float
    ci_high: float
    p_value: float
    status: str


def regression_calibration(
    measured: NDArray[np.float64],
    error_variances: NDArray[np.float64],
    beside: ArrayLike | None = None,
) -> RegressionCalibration:
    """Return the expected true values of a marker whose errors of measurement are known.

    Parameters
    ----------
    measured : float array, shape (n,)
        One value per person, without missing values.
    error_variances : float array, shape (n,), squared unit of the marker
        Of the measurement of each person; 0 where it is exact.
    beside : number or bool array, shape (n,) or (n, covariates), or None
        What else is in the model of the outcome, such as indicators of strata, taken as measured
        without error.

    Returns
    -------
    calibration : RegressionCalibration
        Without numbers below ten people more than covariates, or where people do not differ by
        more than their errors.

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, or a variance is negative.

    Notes
    -----
    Convention: true values are linear in the covariates with one variance between people; errors
    are classical, added and independent of truth and outcome, each with the variance of its own
    person. The variance between people is that of Paule and Mandel: where squared residuals,
    weighted by 1 / (variance + error variance), sum to people less coefficients. The expected
    value lies between the line and the measurement, nearer to the line where the error is large.
    The larger of the normal and the empirical variance of that sum gives `variance_error`.
    Checked against: R `metafor::rma(method = "PM")` with `blup`.

    Examples
    --------
    >>> values = np.array([-3.0, -2, -1, -1, 0, 0, 0, 1, 1, 2, 3, 0])
    >>> found = regression_calibration(values, np.full(12, 0.5))
    >>> round(found.reliability, 2), round(float(found.expected[0]), 2)
    (0.82, -2.45)
    """
    design = _design(measured, error_variances, beside)
    n, size = design.shape
    if n < size + _FEWEST:
        return _without(n, f"{n} people: expected {size + _FEWEST} or more to tell the reliability")
    variance = _between(measured, error_variances, design)
    if not variance > 0.0:
        return _without(n, _NO_VARIANCE, reliability=0.0)
    weights = 1.0 / (variance + error_variances)
    line, trace = _line(measured, weights, design)
    residuals = measured - line
    kept = variance * weights
    expected = line + kept * residuals
    squares = weights * residuals**2
    # The sum of squares has the variance 2 (n - coefficients) where true values are normal.
    of_sum = max(2.0 * (n - size), float(((squares - squares.mean()) ** 2).sum()))
    error = float(np.sqrt(of_sum)) / trace
    # How the expected values stretch with the variance, along themselves.
    stretch = error_variances * weights**2 * residuals
    along = kept * residuals
    slope = float(stretch @ along) / float(along @ along)
    return RegressionCalibration(
        expected=expected,
        variance=variance,
        variance_error=error,
        reliability=variance / (variance + float(error_variances.mean())),
        log_scale_error=slope * error,
        n=n,
        method="regression calibration, Paule and Mandel's variance between people",
        convention="classical errors of known variance; covariates without error",
        status="",
    )


def corrected_ratio(
    log_ratio: float,
    standard_error: float,
    calibration: RegressionCalibration,
    *,
    confidence: float = 0.95,
) -> CorrectedRatio:
    """Return the effect per unit of the true value, with the uncertainty of the correction.

    Parameters
    ----------
    log_ratio, standard_error : float
        Of the expected true values in a model of the outcome that holds the covariates too.
    calibration : RegressionCalibration
    confidence : float

    Returns
    -------
    corrected : CorrectedRatio
        Without an interval where the reliability is too uncertain to divide by.

    Notes
    -----
    Convention: the interval holds every ratio b with (log_ratio - b)^2 <= z^2 (SE^2 + b^2 e^2),
    where e is `log_scale_error` (Fieller's argument); so it excludes 1 exactly where the Wald p of
    the model is below 1 - confidence, and the p-value needs no correction: without an effect a
    wrong scale changes nothing.

    Examples
    --------
    >>> values = np.array([-3.0, -2, -1, -1, 0, 0, 0, 1, 1, 2, 3, 0])
    >>> known = regression_calibration(values, np.full(12, 0.5))
    >>> found = corrected_ratio(0.6, 0.2, known)
    >>> round(found.ci_low, 2), round(found.ci_high, 2), round(found.p_value, 4)
    (0.21, 1.04, 0.0027)
    """
    gap = float("nan")
    if calibration.status:
        return CorrectedRatio(gap, gap, gap, gap, calibration.status)
    z = normal_quantile(confidence)
    p_value = float(wald_p(np.array(log_ratio / standard_error)))
    left = 1.0 - (z * calibration.log_scale_error) ** 2
    if not left > 0.0:
        return CorrectedRatio(log_ratio, gap, gap, p_value, _UNCERTAIN)
    inside = log_ratio**2 - left * (log_ratio**2 - (z * standard_error) ** 2)
    reach = float(np.sqrt(inside))
    return CorrectedRatio(
        log_ratio, (log_ratio - reach) / left, (log_ratio + reach) / left, p_value, ""
    )


def _design(
    measured: NDArray[np.float64], error_variances: NDArray[np.float64], beside: ArrayLike | None
) -> NDArray[np.float64]:
    """Return the columns of the line: a constant and the covariates that vary.

    Raises
    ------
    InputError
        If the arrays do not match or hold what cannot be.
    """
    if measured.ndim != 1 or measured.shape != error_variances.shape:
        msg = f"one error variance per value: {measured.shape}, {error_variances.shape}"
        raise InputError(msg)
    if not np.isfinite(measured).all() or not np.isfinite(error_variances).all():
        msg = "values or error variances are missing; leave out who lacks them"
        raise InputError(msg)
    if (error_variances < 0.0).any():
        msg = "an error variance is below zero; expected the square of a standard error"
        raise InputError(msg)
    constant = np.ones((measured.size, 1))
    if beside is None or np.size(beside) == 0:
        return constant
    columns = covariate_matrix(beside, measured.size)
    columns = columns[:, np.ptp(columns, axis=0) > 0]
    scale = columns.std(axis=0)
    return np.column_stack([constant, (columns - columns.mean(axis=0)) / scale])


def _line(
    measured: NDArray[np.float64], weights: NDArray[np.float64], design: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return the weighted line, and the trace of the matrix of its weighted residuals."""
    root = np.sqrt(weights)
    basis, values, _ = np.linalg.svd(design * root[:, None], full_matrices=False)
    basis = basis[:, values > values[0] * 1e-10]
    line = basis @ (basis.T @ (measured * root)) / root
    return line, float(weights.sum() - (weights[:, None] * basis**2).sum())


def _between(
    measured: NDArray[np.float64], error_variances: NDArray[np.float64], design: NDArray[np.float64]
) -> float:
    """Return the variance between people, 0 where the errors explain all."""
    freedom = measured.size - np.linalg.matrix_rank(design)
    plain, _ = _line(measured, np.ones(measured.size), design)
    most = float(((measured - plain) ** 2).sum()) / freedom

    def beyond(variance: float) -> float:
        weights = 1.0 / (variance + error_variances)
        line, _ = _line(measured, weights, design)
        return float(weights @ (measured - line) ** 2) - float(freedom)

    least = most * 1e-9
    if not most > 0.0 or beyond(least) <= 0.0:
        return 0.0
    # With no errors the variance is that of the residuals; errors can only lower it.
    return float(brentq(beyond, least, most * (1.0 + 1e-9) + least, xtol=most * 1e-13))


def _without(n: int, status: str, reliability: float = float("nan")) -> RegressionCalibration:
    gap = float("nan")
    return RegressionCalibration(
        expected=np.full(n, gap),
        variance=gap,
        variance_error=gap,
        reliability=reliability,
        log_scale_error=gap,
        n=n,
        method="regression calibration, Paule and Mandel's variance between people",
        convention="classical errors of known variance; covariates without error",
        status=status,
    )
