"""Linear models of values of which some are only known to lie below a limit.

With theta = 1 / SD and gamma = coefficients / SD, the log likelihood of a detected value x with
covariates z is log theta - (theta x - z gamma)^2 / 2, and that of an undetected one with limit l
is log Phi(theta l - z gamma). Both are concave in (gamma, theta), so Newton's method finds the
one maximum, whatever the limits are.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.newton import Maximum, maximise

__all__ = [
    "Distribution",
    "CONVENTION",
    "LARGEST_SHARE",
    "LeftCensoredRegression",
    "checked_limits",
    "left_censored_regression",
]

Distribution = Literal["normal", "lognormal"]
LARGEST_SHARE = 0.5
CONVENTION = (
    "maximum likelihood, the SD without a correction for its degrees of freedom; log-normal values "
    "on the natural logarithm; Wald intervals"
)
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class LeftCensoredRegression:
    """A linear model of left-censored values; NaN where `status` says why there is none.

    Parameters
    ----------
    coefficients : float array, shape (1 + covariates,)
        The intercept first; per unit of the value, or of its logarithm.
    sd : float
        Of the residuals, on the same scale.
    covariance : float array, shape (2 + covariates, 2 + covariates)
        Of the coefficients and, last, of the logarithm of the SD.
    standard_errors, ci_low, ci_high, p_values : float array, shape (1 + covariates,)
        Of the coefficients.
    log_likelihood : float
        Of the values as they are, also where their logarithm is modelled.
    n, n_below : int
        Values, and undetected ones among them.
    distribution, method, convention, status : str
    """

    coefficients: NDArray[np.float64]
    sd: float
    covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_values: NDArray[np.float64]
    log_likelihood: float
    n: int
    n_below: int
    distribution: str
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Censored:
    """The log likelihood in (gamma, theta) with its derivatives."""

    log_likelihood: float
    score: NDArray[np.float64]
    information: NDArray[np.float64]


def left_censored_regression(
    values: ArrayLike,
    is_below: ArrayLike,
    covariates: ArrayLike | None,
    *,
    distribution: Distribution = "lognormal",
    confidence: float = 0.95,
) -> LeftCensoredRegression:
    """Return the linear model of values of which some are below their limits.

    Parameters
    ----------
    values : float array, shape (n,)
        The value, or the limit of detection where it is undetected; each may have its own limit.
    is_below : bool array, shape (n,)
    covariates : number or bool array, shape (n,) or (n, covariates), or None
        Without missing values, such as 0/1 for two groups; the intercept is added.
    distribution : {"normal", "lognormal"}
        Of the residuals; log-normal models the natural logarithm.
    confidence : float

    Returns
    -------
    fit : LeftCensoredRegression
        NaN and a sentence where more than half are undetected, all are, those detected do not
        vary or are too few, or a group has none detected.

    Raises
    ------
    InputError
        If a value, limit or covariate is missing, shapes differ, or a log-normal value is not
        above zero.

    Notes
    -----
    Convention: Wald intervals and p by the normal distribution; the SD by maximum likelihood.
    Checked against: R `survival::survreg(Surv(x, detected, type = "left"))`, to 1e-6.

    Examples
    --------
    >>> x, below = np.array([1.0, 1.0, 4.0, 2.0, 8.0, 16.0]), np.array([1, 0, 0, 0, 0, 0]) == 1
    >>> fit = left_censored_regression(x, below, np.repeat([0, 1], 3))
    >>> round(float(fit.coefficients[1]), 2)
    1.59
    """
    level, below = checked_limits(values, is_below, distribution)
    n, n_below = level.size, int(below.sum())
    size = 1
    design = np.ones((n, 1))
    if covariates is not None:
        design = np.column_stack([design, covariate_matrix(covariates, n)])
        size = design.shape[1]
    status = _problem_of_data(level, below, design)
    if status:
        return _without_fit(size, n, n_below, distribution, status)
    centre, spread = design[:, 1:].mean(axis=0), design[:, 1:].std(axis=0)
    middle, width = float(level.mean()), float(level.std())
    standard = design.copy()
    standard[:, 1:] = (design[:, 1:] - centre) / spread
    scaled = (level - middle) / width
    start = np.zeros(size + 1)
    start[-1] = 1.0
    maximum = maximise(
        lambda at: _likelihood(standard, scaled, below, at),
        start,
        np.append(np.ptp(standard, axis=0), np.ptp(scaled)),
    )
    if maximum.problem:
        return _without_fit(size, n, n_below, distribution, _sentence(maximum.problem))
    coefficients, sd, covariance = _on_own_scale(maximum, centre, spread, middle, width)
    errors = np.sqrt(np.diag(covariance)[:-1])
    reach = normal_quantile(confidence) * errors
    constant = -_HALF_LOG_2PI * (n - n_below) - float(np.log(width)) * (n - n_below)
    if distribution == "lognormal":
        constant -= float(level[~below].sum())
    return LeftCensoredRegression(
        coefficients=coefficients,
        sd=sd,
        covariance=covariance,
        standard_errors=errors,
        ci_low=coefficients - reach,
        ci_high=coefficients + reach,
        p_values=wald_p(coefficients / errors),
        log_likelihood=maximum.at.log_likelihood + constant,
        n=n,
        n_below=n_below,
        distribution=distribution,
        method=_method(distribution),
        convention=CONVENTION,
        status="",
    )


def checked_limits(
    values: ArrayLike, is_below: ArrayLike, distribution: Distribution
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the values (or their logarithms) and which of them are limits.

    Raises
    ------
    InputError
        If the arrays do not match, a value or limit is missing, or has no logarithm.
    """
    level, below = np.asarray(values, dtype=float), np.asarray(is_below)
    if below.dtype != np.bool_:
        msg = f"is_below must be boolean (True = undetected), found {below.dtype}; map the codes"
        raise InputError(msg)
    if level.ndim != 1 or level.shape != below.shape:
        msg = f"one mark per value: shapes {level.shape} and {below.shape}"
        raise InputError(msg)
    absent = ~np.isfinite(level)
    if absent.any():
        first = int(np.flatnonzero(absent)[0])
        what = "limit of detection of an undetected value" if below[first] else "value"
        msg = (
            f"{int(absent.sum())} values are missing or infinite; the first, at position {first}, "
            f"is the {what}: give the limit, or leave the row out"
        )
        raise InputError(msg)
    if distribution == "lognormal":
        if (level <= 0).any():
            msg = (
                f"log-normal values lie above zero, found {level.min():g}; values that are "
                'logarithms already (NPX) take distribution="normal"'
            )
            raise InputError(msg)
        level = np.log(level)
    return level, below


def _likelihood(
    design: NDArray[np.float64],
    level: NDArray[np.float64],
    below: NDArray[np.bool_],
    at: NDArray[np.float64],
) -> _Censored:
    """Return the log likelihood without its constant, and its derivatives."""
    columns = np.column_stack([-design, level])
    theta = at[-1]
    if theta <= 0:
        size = at.size
        return _Censored(-np.inf, np.zeros(size), np.eye(size))
    residual = columns @ at
    seen = ~below
    log_tail = special.log_ndtr(residual[below])
    # phi / Phi, by logarithms: both underflow far below the limit.
    ratio = np.exp(-0.5 * residual[below] ** 2 - _HALF_LOG_2PI - log_tail)
    first, second = np.empty(level.size), np.empty(level.size)
    first[seen], second[seen] = -residual[seen], 1.0
    first[below], second[below] = ratio, ratio * (ratio + residual[below])
    score = columns.T @ first
    information = (columns * second[:, None]).T @ columns
    n_seen = int(seen.sum())
    score[-1] += n_seen / theta
    information[-1, -1] += n_seen / theta**2
    log_likelihood = n_seen * np.log(theta) - 0.5 * (residual[seen] ** 2).sum() + log_tail.sum()
    return _Censored(float(log_likelihood), score, information)


def _on_own_scale(
    maximum: Maximum[_Censored],
    centre: NDArray[np.float64],
    spread: NDArray[np.float64],
    middle: float,
    width: float,
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Return coefficients, SD, and the covariance of the coefficients and of log SD."""
    gamma, theta = maximum.coefficients[:-1], float(maximum.coefficients[-1])
    size = gamma.size
    # beta = gamma / theta and log SD = -log theta, on standardised values and covariates.
    jacobian = np.zeros((size + 1, size + 1))
    jacobian[:size, :size] = np.eye(size) / theta
    jacobian[:size, -1] = -gamma / theta**2
    jacobian[-1, -1] = -1.0 / theta
    back = np.eye(size + 1)
    back[1:size, 1:size] = np.diag(1.0 / spread)
    back[0, 1:size] = -centre / spread
    back[:size] *= width
    jacobian = back @ jacobian
    covariance = jacobian @ np.linalg.inv(maximum.at.information) @ jacobian.T
    coefficients = back[:size, :size] @ (gamma / theta)
    coefficients[0] += middle
    return coefficients, width / theta, np.asarray(covariance, dtype=float)


def _problem_of_data(
    level: NDArray[np.float64], below: NDArray[np.bool_], design: NDArray[np.float64]
) -> str:
    """Say why no fit can be tried, or nothing."""
    n, n_below = level.size, int(below.sum())
    if n == 0:
        return "no values"
    if n_below == n:
        return f"all {n} values are undetected, so nothing is known but that"
    if n_below > LARGEST_SHARE * n:
        return (
            f"{n_below} of {n} values are undetected, more than half: what can be said is detected "
            "or not"
        )
    seen = level[~below]
    if np.ptp(seen) <= 1e-12 * np.abs(seen).max():
        return "the detected values do not vary, so their spread cannot be estimated"
    if seen.size <= design.shape[1]:
        return (
            f"{seen.size} detected values are too few for {design.shape[1]} coefficients and a "
            f"spread: at least {design.shape[1] + 1} are needed"
        )
    slopes = design[:, 1:]
    constant = np.ptp(slopes, axis=0) <= 1e-12 * np.abs(slopes).max(axis=0, initial=0.0)
    if constant.any():
        columns = ", ".join(str(c) for c in np.flatnonzero(constant))
        return f"the covariate does not vary (column {columns})"
    return ""


def _sentence(problem: str) -> str:
    """Say in words why there is no maximum."""
    if problem == "collinear":
        return "the covariates are collinear"
    if problem == "runaway":
        return "a group has no detected value, or the covariates fit the detected values exactly"
    return "the fit did not converge"


def _method(distribution: Distribution) -> str:
    """Name the method."""
    name = "log-normal" if distribution == "lognormal" else "normal"
    return f"left-censored {name} model, maximum likelihood"


def _without_fit(
    size: int, n: int, n_below: int, distribution: Distribution, status: str
) -> LeftCensoredRegression:
    """Return an empty fit of the usual shape that says what is missing."""
    gap = np.full(size, np.nan)
    return LeftCensoredRegression(
        coefficients=gap,
        sd=float("nan"),
        covariance=np.full((size + 1, size + 1), np.nan),
        standard_errors=gap,
        ci_low=gap,
        ci_high=gap,
        p_values=gap,
        log_likelihood=float("nan"),
        n=n,
        n_below=n_below,
        distribution=distribution,
        method=_method(distribution),
        convention=CONVENTION,
        status=status,
    )
