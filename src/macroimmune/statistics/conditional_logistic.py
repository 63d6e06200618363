"""Logistic regression within strata: the exact conditional likelihood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.intervals import chi_squared_p, normal_quantile, wald_p
from macroimmune.statistics.logistic import CONVENTION, LogisticFit, checked_outcome, without_fit
from macroimmune.statistics.newton import ALL_BUT_SEPARATED, is_all_but_separated, maximise

__all__ = ["conditional_logistic"]

METHOD = "conditional logistic regression, exact"
_BISECTIONS = 60


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """The covariates of a stratum's participants, the sum over its cases, and their number."""

    covariates: NDArray[np.float64]
    of_cases: NDArray[np.float64]
    n_cases: int


@dataclass(frozen=True, slots=True, eq=False)
class _Conditional:
    """The conditional log likelihood with its derivatives."""

    log_likelihood: float
    score: NDArray[np.float64]
    information: NDArray[np.float64]


def conditional_logistic(
    outcome: NDArray[np.bool_],
    covariates: ArrayLike,
    strata: ArrayLike,
    *,
    confidence: float = 0.95,
) -> LogisticFit:
    """Return the logistic model in which every stratum has its own intercept.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for the event, such as a response. Numbers are refused.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values.
    strata : int or text array, shape (n,)
    confidence : float
        Level of the intervals.

    Returns
    -------
    fit : LogisticFit
        Without intercept. `n` and `n_events` count the strata that hold both outcomes: the
        others tell nothing. NaN and a sentence in `status` where there is no such stratum, the
        covariate does not vary within one, or it separates the outcomes.

    Raises
    ------
    InputError
        If the arrays do not match, the outcome is not boolean, or values are missing.

    Notes
    -----
    Convention: the likelihood given the number of cases of each stratum, so that the intercepts
    cancel and small strata bring no bias, which stratum indicators do. Checked against: R
    `survival::clogit(method="exact")`, to 1e-6.

    Examples
    --------
    >>> y = np.array([True, False, False, True, False, True])
    >>> x = np.array([2.0, 1.0, 1.0, 2.0, 3.0, 4.0])
    >>> fit = conditional_logistic(y, x, np.array([0, 0, 1, 1, 2, 2]))
    >>> fit.n, fit.status[:10]
    (6, 'separation')
    """
    response = checked_outcome(outcome)
    matrix = covariate_matrix(covariates, response.size)
    z = normal_quantile(confidence)
    codes = label_codes(strata, response.size, "stratum")[0]
    both = _both_outcomes(codes, response)
    used = both[codes] if codes.size else np.zeros(0, dtype=bool)
    size = matrix.shape[1]
    if not used.any():
        status = "no stratum holds both outcomes, so there is nobody to compare with"
        return without_fit(size, response.size, int(response.sum()), status, method=METHOD)
    n, n_events = int(used.sum()), int(response[used].sum())
    centred = _within_strata(matrix[used], codes[used])
    scale = centred.std(axis=0)
    if (scale <= 1e-12 * np.abs(matrix).max(axis=0)).any():
        status = "the covariate does not vary within any stratum that holds both outcomes"
        return without_fit(size, n, n_events, status, method=METHOD)
    standardised = centred / scale
    groups = _strata(standardised, response[used], codes[used])
    maximum = maximise(
        lambda beta: _conditional(groups, beta), np.zeros(size), np.ptp(standardised, axis=0)
    )
    status = _SENTENCES.get(maximum.problem, "the fit did not converge") if maximum.problem else ""
    if not status:
        covariance = np.asarray(np.linalg.inv(maximum.at.information), dtype=float)
        if is_all_but_separated(standardised, covariance):
            status = ALL_BUT_SEPARATED
    if status:
        return without_fit(size, n, n_events, status, method=METHOD)
    slopes = maximum.coefficients / scale
    covariance = covariance / np.outer(scale, scale)
    errors = np.sqrt(np.diag(covariance))
    ratio = 2.0 * (maximum.at.log_likelihood - maximum.start.log_likelihood)
    with np.errstate(over="ignore"):
        odds_ratios, ci_low, ci_high = (np.exp(slopes + k * errors) for k in (0.0, -z, z))
    return LogisticFit(
        coefficients=slopes,
        covariance=covariance,
        standard_errors=errors,
        odds_ratios=odds_ratios,
        ci_low=ci_low,
        ci_high=ci_high,
        p_values=wald_p(slopes / errors),
        intercept=float("nan"),
        intercept_standard_error=float("nan"),
        likelihood_ratio_statistic=ratio,
        likelihood_ratio_p_value=chi_squared_p(ratio, size),
        degrees_of_freedom=size,
        log_likelihood=maximum.at.log_likelihood,
        null_log_likelihood=maximum.start.log_likelihood,
        n=n,
        n_events=n_events,
        iterations=maximum.iterations,
        converged=True,
        method=METHOD,
        convention=CONVENTION,
        status="",
    )


_SENTENCES = {
    "collinear": "the covariates are collinear within the strata",
    "runaway": "separation: within strata the covariates tell the outcomes apart, so no odds "
    "ratio is finite",
}


def _both_outcomes(codes: NDArray[np.intp], response: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which strata hold both outcomes."""
    members = np.bincount(codes)
    cases = np.bincount(codes, weights=response)
    return np.asarray((cases > 0) & (cases < members))


def _within_strata(matrix: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the covariates less their mean in the stratum; this changes no coefficient."""
    members = np.maximum(np.bincount(codes), 1)
    means = np.column_stack([np.bincount(codes, weights=x) / members for x in matrix.T])
    return np.asarray(matrix - means[codes], dtype=float)


def _strata(
    matrix: NDArray[np.float64], response: NDArray[np.bool_], codes: NDArray[np.intp]
) -> list[_Stratum]:
    """Return the strata one by one."""
    found = []
    for code in np.unique(codes):
        rows = codes == code
        inside, cases = matrix[rows], response[rows]
        found.append(_Stratum(inside, inside[cases].sum(axis=0), int(cases.sum())))
    return found


def _conditional(groups: list[_Stratum], beta: NDArray[np.float64]) -> _Conditional:
    """Return the conditional log likelihood, its gradient and the information."""
    size = beta.size
    total, score, information = 0.0, np.zeros(size), np.zeros((size, size))
    for group in groups:
        log_sum, mean, variance = _given_the_number(group.covariates, group.n_cases, beta)
        total += float(group.of_cases @ beta) - log_sum
        score += group.of_cases - mean
        information += variance
    return _Conditional(total, score, information)


def _given_the_number(
    x: NDArray[np.float64], n_cases: int, beta: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the log of the sum over all choices of cases, and mean and variance of their x.

    The sum over choices of m out of n of exp(beta x) is too large to be added up term by term.
    Let each participant be a case with odds c exp(beta x), by itself: then the sum is the
    probability of m cases in all, times prod(1 + c exp(beta x)) / c^m. With c such that m cases
    are expected that probability is never small. It follows from a recursion over participants,
    and so do the first two moments of the sum of x over the cases, given their number.
    """
    eta = x @ beta
    log_c = _expecting(eta, n_cases)
    p = special.expit(eta + log_c)
    size = beta.size
    mass = np.zeros(n_cases + 1)
    first = np.zeros((n_cases + 1, size))
    second = np.zeros((n_cases + 1, size, size))
    mass[0] = 1.0
    for row, chance in zip(x, p, strict=True):
        cross = first[:-1, :, None] * row
        grown = second[:-1] + cross + cross.transpose(0, 2, 1)
        grown += mass[:-1, None, None] * np.outer(row, row)
        second *= 1.0 - chance
        second[1:] += chance * grown
        moved = first[:-1] + mass[:-1, None] * row
        first *= 1.0 - chance
        first[1:] += chance * moved
        chosen = chance * mass[:-1]
        mass *= 1.0 - chance
        mass[1:] += chosen
    log_sum = float(np.log(mass[-1]) - special.log_expit(-(eta + log_c)).sum() - n_cases * log_c)
    mean = first[-1] / mass[-1]
    return log_sum, mean, second[-1] / mass[-1] - np.outer(mean, mean)


def _expecting(eta: NDArray[np.float64], n_cases: int) -> float:
    """Return the logarithm of c at which n_cases are expected, by bisection."""
    middle = float(special.logit(n_cases / eta.size))
    low, high = middle - float(eta.max()), middle - float(eta.min())
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        if special.expit(eta + middle).sum() < n_cases:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
