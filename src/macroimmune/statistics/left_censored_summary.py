"""Mean, SD and quantiles of values of which some are only known to lie below a limit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.left_censored import (
    CONVENTION,
    Distribution,
    left_censored_regression,
)

__all__ = ["LeftCensoredSummary", "left_censored_summary"]


@dataclass(frozen=True, slots=True, eq=False)
class LeftCensoredSummary:
    """Mean, SD and quantiles of left-censored values; NaN where `status` says why.

    Parameters
    ----------
    mean, sd : float
        Of the values themselves, also where they are log-normal.
    location, location_standard_error, scale : float
        Mean with its error, and SD, of the values or of their logarithms.
    quantiles, ci_low, ci_high : float array, shape (probabilities,)
        Values below which each probability lies, with intervals.
    share_below : float
        Of values that are undetected.
    n, n_below : int
    distribution, method, convention, status : str
    """

    mean: float
    sd: float
    location: float
    location_standard_error: float
    scale: float
    quantiles: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    share_below: float
    n: int
    n_below: int
    distribution: str
    method: str
    convention: str
    status: str


def left_censored_summary(
    values: ArrayLike,
    is_below: ArrayLike,
    *,
    distribution: Distribution = "lognormal",
    probabilities: ArrayLike = (0.25, 0.5, 0.75),
    confidence: float = 0.95,
) -> LeftCensoredSummary:
    """Return mean, SD and quantiles of values of which some are below their limits.

    Parameters
    ----------
    values : float array, shape (n,)
        The value, or the limit of detection where it is undetected; each may have its own limit.
    is_below : bool array, shape (n,)
        True where the value is undetected.
    distribution : {"normal", "lognormal"}
    probabilities : float array, shape (probabilities,)
        Strictly between 0 and 1.
    confidence : float
        Level of the intervals.

    Returns
    -------
    summary : LeftCensoredSummary
        NaN and a sentence where more than half are undetected (what is left to say is detected
        or not), all are, or those detected do not vary.

    Raises
    ------
    InputError
        If a value or limit is missing, shapes differ, a log-normal value is not above zero, or a
        probability does not lie between 0 and 1.

    Notes
    -----
    Convention: maximum likelihood; without undetected values it is the mean and the SD with
    divisor n. Checked against: R `survival::survreg(Surv(x, detected, type = "left"))`, to 1e-6.

    Examples
    --------
    >>> found = left_censored_summary([1.0, 2.0, 3.0], np.zeros(3, bool), distribution="normal")
    >>> round(found.mean, 4), round(found.sd, 4)
    (2.0, 0.8165)
    """
    asked = np.atleast_1d(np.asarray(probabilities, dtype=float))
    if not ((asked > 0) & (asked < 1)).all():
        msg = f"probabilities lie between 0 and 1, found {asked.tolist()}; write 0.5 for the median"
        raise InputError(msg)
    fit = left_censored_regression(
        values, is_below, None, distribution=distribution, confidence=confidence
    )
    z = special.ndtri(asked)
    location, scale = float(fit.coefficients[0]), fit.sd
    # The quantile is location + z exp(log scale): its gradient is (1, z scale).
    gradient = np.column_stack([np.ones(z.size), z * scale])
    error = np.sqrt(np.einsum("ij,jk,ik->i", gradient, fit.covariance, gradient))
    reach = normal_quantile(confidence) * error
    levels = location + z * scale
    back = np.exp if distribution == "lognormal" else np.asarray
    mean, sd = location, scale
    if distribution == "lognormal":
        mean = float(np.exp(location + scale**2 / 2.0))
        sd = mean * float(np.sqrt(np.expm1(scale**2)))
    return LeftCensoredSummary(
        mean=mean,
        sd=sd,
        location=location,
        location_standard_error=float(fit.standard_errors[0]),
        scale=scale,
        quantiles=back(levels),
        ci_low=back(levels - reach),
        ci_high=back(levels + reach),
        share_below=fit.n_below / fit.n if fit.n else float("nan"),
        n=fit.n,
        n_below=fit.n_below,
        distribution=distribution,
        method=fit.method,
        convention=CONVENTION,
        status=fit.status,
    )
