"""Logistic regression by maximum likelihood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import chi_squared_p, normal_quantile, wald_p
from macroimmune.statistics.newton import ALL_BUT_SEPARATED, is_all_but_separated, maximise

__all__ = [
    "CONVENTION",
    "METHOD",
    "LogisticFit",
    "binomial_likelihood",
    "checked_outcome",
    "logistic",
    "without_fit",
]

METHOD = "logistic regression"
CONVENTION = (
    "log odds ratio of a True outcome per unit of the covariate; Wald interval and p on the log "
    "scale"
)


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """A fitted logistic model; every number is NaN where `status` says why there is none.

    Parameters
    ----------
    coefficients : float array, shape (covariates,)
        Log odds ratios, without the intercept.
    covariance : float array, shape (covariates, covariates)
    standard_errors : float array, shape (covariates,)
    odds_ratios, ci_low, ci_high : float array, shape (covariates,)
        exp(coefficient) with its interval.
    p_values : float array, shape (covariates,)
        Wald, two-sided.
    intercept, intercept_standard_error : float
        Log odds where all covariates are zero.
    likelihood_ratio_statistic, likelihood_ratio_p_value : float
        All covariates against the intercept alone.
    degrees_of_freedom : int
    log_likelihood, null_log_likelihood : float
    n, n_events : int
        Participants and True outcomes.
    iterations : int
    converged : bool
    method, convention, status : str
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    odds_ratios: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_values: NDArray[np.float64]
    intercept: float
    intercept_standard_error: float
    likelihood_ratio_statistic: float
    likelihood_ratio_p_value: float
    degrees_of_freedom: int
    log_likelihood: float
    null_log_likelihood: float
    n: int
    n_events: int
    iterations: int
    converged: bool
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Binomial:
    """The binomial log likelihood with its derivatives."""

    log_likelihood: float
    score: NDArray[np.float64]
    information: NDArray[np.float64]


def logistic(
    outcome: NDArray[np.bool_], covariates: ArrayLike, *, confidence: float = 0.95
) -> LogisticFit:
    """Return the logistic model of a yes-or-no outcome on the covariates.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for the event, such as a response. Numbers are refused.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values; the intercept is added.
    confidence : float
        Level of the intervals.

    Returns
    -------
    fit : LogisticFit
        With NaN and a sentence in `status` for one outcome only, too few events, a covariate
        that does not vary, collinear covariates or separation.

    Raises
    ------
    InputError
        If the arrays do not match, the outcome is not boolean, or values are missing.

    Notes
    -----
    Convention: plain maximum likelihood, no Firth penalty. Checked against: R
    `glm(family=binomial)`, to 1e-6.

    Examples
    --------
    >>> y = np.array([False, False, True, False, True, True, True, False])
    >>> fit = logistic(y, np.array([0, 0, 0, 0, 1, 1, 1, 1]))
    >>> round(float(fit.odds_ratios[0]), 4)
    9.0
    """
    response = checked_outcome(outcome)
    matrix = covariate_matrix(covariates, response.size)
    z = normal_quantile(confidence)
    n, n_events, size = response.size, int(response.sum()), matrix.shape[1]
    status = _problem_of_data(n, n_events, matrix)
    if status:
        return without_fit(size, n, n_events, status)

    centre, scale = matrix.mean(axis=0), matrix.std(axis=0)
    design = np.column_stack([np.ones(n), (matrix - centre) / scale])
    prevalence = n_events / n
    start = np.zeros(size + 1)
    start[0] = special.logit(prevalence)
    maximum = maximise(
        lambda beta: binomial_likelihood(design, response, beta), start, np.ptp(design, axis=0)
    )
    if maximum.problem:
        return without_fit(size, n, n_events, _sentence(maximum.problem))
    standardised_covariance = np.asarray(np.linalg.inv(maximum.at.information), dtype=float)
    if is_all_but_separated(design[:, 1:], standardised_covariance[1:, 1:]):
        return without_fit(size, n, n_events, ALL_BUT_SEPARATED)

    # Back from standardised covariates: slopes divide by the scale, the intercept moves along.
    back = np.diag(np.concatenate(([1.0], 1.0 / scale)))
    back[0, 1:] = -centre / scale
    coefficients = back @ maximum.coefficients
    covariance = back @ standardised_covariance @ back.T
    errors = np.sqrt(np.diag(covariance))
    null = maximum.start.log_likelihood
    ratio = 2.0 * (maximum.at.log_likelihood - null)
    slopes, slope_errors = coefficients[1:], errors[1:]
    with np.errstate(over="ignore"):
        odds_ratios, ci_low, ci_high = (np.exp(slopes + k * slope_errors) for k in (0.0, -z, z))
    return LogisticFit(
        coefficients=slopes,
        covariance=covariance[1:, 1:],
        standard_errors=slope_errors,
        odds_ratios=odds_ratios,
        ci_low=ci_low,
        ci_high=ci_high,
        p_values=wald_p(slopes / slope_errors),
        intercept=float(coefficients[0]),
        intercept_standard_error=float(errors[0]),
        likelihood_ratio_statistic=ratio,
        likelihood_ratio_p_value=chi_squared_p(ratio, size),
        degrees_of_freedom=size,
        log_likelihood=maximum.at.log_likelihood,
        null_log_likelihood=null,
        n=n,
        n_events=n_events,
        iterations=maximum.iterations,
        converged=True,
        method=METHOD,
        convention=CONVENTION,
        status="",
    )


def checked_outcome(outcome: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the outcome as an array, or refuse what is not flat and boolean.

    Raises
    ------
    InputError
        If it holds codes, or has more than one dimension.
    """
    response = np.asarray(outcome)
    if response.dtype != np.bool_ or response.ndim != 1:
        msg = f"the outcome must be a flat boolean array (True = event), found {response.dtype}"
        raise InputError(msg)
    return response


def binomial_likelihood(
    design: NDArray[np.float64], response: NDArray[np.bool_], beta: NDArray[np.float64]
) -> _Binomial:
    """Return the log likelihood, its gradient and the information."""
    predictor = design @ beta
    probability = special.expit(predictor)
    weight = probability * special.expit(-predictor)
    return _Binomial(
        log_likelihood=float(special.log_expit(np.where(response, predictor, -predictor)).sum()),
        score=design.T @ (response - probability),
        information=(design * weight[:, None]).T @ design,
    )


def _problem_of_data(n: int, n_events: int, matrix: NDArray[np.float64]) -> str:
    """Say why no fit can be tried, or nothing."""
    fewer = min(n_events, n - n_events)
    if fewer == 0:
        return f"all {n} participants have the same outcome, so no odds ratio can be estimated"
    constant = np.ptp(matrix, axis=0) <= 1e-12 * np.abs(matrix).max(axis=0)
    if constant.any():
        columns = ", ".join(str(c) for c in np.flatnonzero(constant))
        return f"the covariate does not vary (column {columns})"
    if fewer <= matrix.shape[1]:
        return (
            f"{fewer} participants with the rarer outcome are too few for {matrix.shape[1]} "
            f"coefficients: at least {matrix.shape[1] + 1} are needed"
        )
    return ""


def _sentence(problem: str) -> str:
    """Say in words why there is no maximum."""
    if problem == "collinear":
        return "the covariates are collinear"
    if problem == "runaway":
        return "separation: the covariates tell the outcomes apart, so no odds ratio is finite"
    return "the fit did not converge"


def without_fit(
    size: int, n: int, n_events: int, status: str, *, method: str = METHOD
) -> LogisticFit:
    """Return an empty fit of the usual shape that says what is missing."""
    gap, nan = np.full(size, np.nan), float("nan")
    return LogisticFit(
        coefficients=gap,
        covariance=np.full((size, size), np.nan),
        standard_errors=gap,
        odds_ratios=gap,
        ci_low=gap,
        ci_high=gap,
        p_values=gap,
        intercept=nan,
        intercept_standard_error=nan,
        likelihood_ratio_statistic=nan,
        likelihood_ratio_p_value=nan,
        degrees_of_freedom=size,
        log_likelihood=nan,
        null_log_likelihood=nan,
        n=n,
        n_events=n_events,
        iterations=0,
        converged=False,
        method=method,
        convention=CONVENTION,
        status=status,
    )
