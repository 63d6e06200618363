"""Wald intervals and tests, and what a study of a given precision could have seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence

__all__ = [
    "Contrast",
    "chi_squared_p",
    "minimal_detectable_effect",
    "normal_quantile",
    "wald_contrast",
    "wald_p",
]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A linear combination of coefficients with its Wald interval, on the scale of the model.

    Parameters
    ----------
    estimate, standard_error, ci_low, ci_high : float
        For Cox and logistic models on the log scale; NaN where the fit has none.
    p_value : float
        Two-sided, against zero.
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float


def normal_quantile(confidence: float) -> float:
    """Return how many standard errors reach to each side of a two-sided interval.

    Parameters
    ----------
    confidence : float
        Level of the interval, such as 0.95.

    Returns
    -------
    z : float

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    check_confidence(confidence)
    return float(special.ndtri(0.5 + confidence / 2.0))


def wald_p(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two-sided p-value of standard normal statistics, any shape; NaN stays NaN."""
    return np.asarray(2.0 * special.ndtr(-np.abs(z)))


def chi_squared_p(statistic: float, degrees_of_freedom: int) -> float:
    """Return the upper tail of the chi-squared distribution; NaN for a NaN statistic."""
    return float(special.chdtrc(degrees_of_freedom, max(statistic, 0.0)))


def wald_contrast(
    coefficients: NDArray[np.float64],
    covariance: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    confidence: float = 0.95,
) -> Contrast:
    """Return a linear combination of coefficients with its interval and test against zero.

    Parameters
    ----------
    coefficients : float array, shape (coefficients,)
    covariance : float array, shape (coefficients, coefficients)
    weights : float array, shape (coefficients,)
        The combination, such as (1, 0, 1) for a main effect plus its interaction.
    confidence : float
        Level of the interval.

    Returns
    -------
    contrast : Contrast

    Notes
    -----
    Convention: normal quantiles, also in small samples. Checked against: hand calculation.

    Examples
    --------
    >>> c = wald_contrast(np.array([1.0, 2.0]), np.eye(2), np.array([1.0, 1.0]))
    >>> round(c.standard_error, 4)
    1.4142
    """
    estimate = float(weights @ coefficients)
    variance = float(weights @ covariance @ weights)
    standard_error = float(np.sqrt(variance)) if variance > 0 else float("nan")
    reach = normal_quantile(confidence) * standard_error
    p_value = float(wald_p(np.asarray(estimate / standard_error)))
    return Contrast(estimate, standard_error, estimate - reach, estimate + reach, p_value)


def minimal_detectable_effect(
    standard_error: float, *, power: float = 0.8, confidence: float = 0.95
) -> float:
    """Return the effect that a test with this standard error finds with the given power.

    Parameters
    ----------
    standard_error : float
        Of the estimate, on the scale on which it is normal (log hazard ratio, ...).
    power : float
        Probability of a significant result.
    confidence : float
        One minus the two-sided level of the test.

    Returns
    -------
    effect : float
        (z(confidence) + z(power)) standard errors, on the same scale, positive.

    Raises
    ------
    InputError
        If power or confidence does not lie strictly between 0 and 1.

    Notes
    -----
    Convention: the far tail of the two-sided test is neglected. Checked against: hand
    calculation.

    Examples
    --------
    >>> round(minimal_detectable_effect(1.0), 4)
    2.8016
    """
    if not 0.0 < power < 1.0:
        msg = f"power lies between 0 and 1, found {power}; write 0.8 for 80 %"
        raise InputError(msg)
    return (normal_quantile(confidence) + float(special.ndtri(power))) * standard_error
