"""Cox and logistic models by Firth's penalised likelihood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import check_confidence, covariate_matrix, label_codes
from macroimmune.statistics.cox_likelihood import partial_likelihood
from macroimmune.statistics.firth import Evaluate, penalised_fit
from macroimmune.statistics.logistic import binomial_likelihood, checked_outcome
from macroimmune.statistics.newton import Likelihood
from macroimmune.statistics.risk_sets import risk_sets

__all__ = ["FirthFit", "firth_cox", "firth_logistic"]

_FEWEST_EVENTS = 2


@dataclass(frozen=True, slots=True, eq=False)
class FirthFit:
    """A penalised fit of the first covariate; NaN where `status` says why there is none.

    Parameters
    ----------
    coefficient : float
        Log hazard ratio or log odds ratio per unit of the first covariate.
    ratio, ci_low, ci_high : float
        exp(coefficient) with its profile penalised-likelihood interval; an end may be 0 or
        infinite, which `status` then says.
    statistic, p_value : float
        Penalised likelihood ratio, one degree of freedom.
    n, n_events : int
    method, convention, status : str
    """

    coefficient: float
    ratio: float
    ci_low: float
    ci_high: float
    statistic: float
    p_value: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def firth_cox(
    survival: Survival,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> FirthFit:
    """Return Firth's Cox model, with the effect of the first covariate.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values; those after the first are adjusted for.
    strata : int or text array, shape (n,), or None
    confidence : float

    Returns
    -------
    fit : FirthFit
        With a status for fewer than two events or a covariate that does not vary at any event.

    Raises
    ------
    InputError
        If the arrays do not match or values are missing.

    Notes
    -----
    Convention: Efron ties, Jeffreys' penalty on the partial likelihood (Heinze and Schemper
    2001). Checked against: an independent maximisation of the penalised likelihood in R.

    Examples
    --------
    >>> s = Survival(time=np.arange(1.0, 7.0), event=np.ones(6, dtype=bool))
    >>> bool(np.isfinite(firth_cox(s, [1, 1, 1, 0, 0, 0]).coefficient))
    True
    """
    matrix = covariate_matrix(covariates, survival.n)
    check_confidence(confidence)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    problem = ""
    if survival.n_events < _FEWEST_EVENTS:
        problem = f"{survival.n_events} events are too few for any estimate"
    problem = problem or _constant(matrix)
    standardised, scale = _standardised(matrix)
    risk = risk_sets(survival, stratum)

    def evaluate(beta: NDArray[np.float64]) -> Likelihood:
        return partial_likelihood(risk, standardised, beta)

    return _fit(
        evaluate,
        size=matrix.shape[1],
        scale=scale,
        counts=(survival.n, survival.n_events),
        method="Cox, Firth's penalised likelihood, Efron ties",
        confidence=confidence,
        problem=problem,
    )


def firth_logistic(
    outcome: NDArray[np.bool_], covariates: ArrayLike, *, confidence: float = 0.95
) -> FirthFit:
    """Return Firth's logistic model, with the effect of the first covariate.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values; the intercept is added.
    confidence : float

    Returns
    -------
    fit : FirthFit
        With a status where there is one outcome only or a covariate does not vary.

    Raises
    ------
    InputError
        If the arrays do not match, the outcome is not boolean, or values are missing.

    Notes
    -----
    Convention: Jeffreys' penalty on all coefficients, the intercept among them (Heinze and
    Schemper 2002). For one binary covariate the estimate is the odds ratio with one half added to
    each of the four cells. Checked against: that hand calculation, and an independent
    maximisation in R.

    Examples
    --------
    >>> y = np.array([True, True, True, False, False, False])
    >>> fit = firth_logistic(y, [1, 1, 1, 0, 0, 0])
    >>> round(fit.ratio, 2)  # (3.5 x 3.5) / (0.5 x 0.5)
    49.0
    """
    response = checked_outcome(outcome)
    matrix = covariate_matrix(covariates, response.size)
    check_confidence(confidence)
    n, n_events = response.size, int(response.sum())
    problem = ""
    if n_events in {0, n}:
        problem = f"all {n} participants have the same outcome, so no odds ratio can be estimated"
    problem = problem or _constant(matrix)
    standardised, scale = _standardised(matrix)
    design = np.column_stack([standardised, np.ones(n)])

    def evaluate(beta: NDArray[np.float64]) -> Likelihood:
        return binomial_likelihood(design, response, beta)

    return _fit(
        evaluate,
        size=design.shape[1],
        scale=scale,
        counts=(n, n_events),
        method="logistic, Firth's penalised likelihood",
        confidence=confidence,
        problem=problem,
    )


def _fit(
    evaluate: Evaluate,
    *,
    size: int,
    scale: float,
    counts: tuple[int, int],
    method: str,
    confidence: float,
    problem: str,
) -> FirthFit:
    """Return the fit on the scale of the covariate as given, or its empty shape."""
    numbers: tuple[float, ...] = (float("nan"),) * 6
    if not problem and not np.linalg.slogdet(evaluate(np.zeros(size)).information)[0] > 0:
        problem = "the covariates are collinear, or one does not vary among those compared"
    if not problem:
        fit = penalised_fit(evaluate, size, position=0, confidence=confidence)
        logs = [x / scale for x in (fit.coefficient, fit.ci_low, fit.ci_high)]
        with np.errstate(over="ignore"):
            ratios = [float(np.exp(x)) for x in logs]
        numbers = (logs[0], *ratios, fit.statistic, fit.p_value)
        if not np.isfinite(numbers).all() or ratios[1] == 0.0:
            problem = "the profile has no end on one side: the interval is open there"
    coefficient, ratio, ci_low, ci_high, statistic, p_value = numbers
    return FirthFit(
        coefficient=coefficient,
        ratio=ratio,
        ci_low=ci_low,
        ci_high=ci_high,
        statistic=statistic,
        p_value=p_value,
        n=counts[0],
        n_events=counts[1],
        method=method,
        convention="log ratio per unit; profile penalised-likelihood interval and ratio test",
        status=problem,
    )


def _constant(matrix: NDArray[np.float64]) -> str:
    """Say that a covariate does not vary, or nothing."""
    constant = np.ptp(matrix, axis=0) <= 1e-12 * np.abs(matrix).max(axis=0, initial=0.0)
    if not matrix.shape[0] or constant.any():
        return f"the covariate does not vary (column {int(constant.argmax())})"
    return ""


def _standardised(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the covariates standardised, and the SD of the first."""
    scale = matrix.std(axis=0) if matrix.shape[0] else np.ones(matrix.shape[1])
    safe = np.where(scale > 0, scale, 1.0)
    centre = matrix.mean(axis=0) if matrix.shape[0] else 0.0
    return np.asfortranarray((matrix - centre) / safe), float(safe[0])
