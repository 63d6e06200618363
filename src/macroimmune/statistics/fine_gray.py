"""The sub-distribution hazard of a cause among competing ones: the model of Fine and Gray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.causes import cause_codes
from macroimmune.statistics.censoring_influence import censoring_influence
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox import problem_of_data, problem_of_maximum, problem_of_strata
from macroimmune.statistics.cox_likelihood import (
    partial_likelihood,
    score_residuals,
)
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.newton import maximise
from macroimmune.statistics.subdistribution_risk_sets import subdistribution_risk_sets

__all__ = ["FineGrayFit", "fine_gray"]

_METHOD = "Fine-Gray sub-distribution hazards, Efron ties"
_CONVENTION = (
    "log sub-distribution hazard ratio per unit of the covariate, above zero = higher cumulative "
    "incidence; weights G(t-); variance with the error of the censoring curve"
)


@dataclass(frozen=True, slots=True, eq=False)
class FineGrayFit:
    """A fitted model of Fine and Gray; every number is NaN where `status` says why.

    Parameters
    ----------
    cause : int
        The code of the cause of interest.
    coefficients : float array, shape (covariates,)
        Log sub-distribution hazard ratios.
    covariance : float array, shape (covariates, covariates)
        Of Fine and Gray: the sandwich with the error of the censoring curve. Intervals use it.
    robust_covariance : float array, shape (covariates, covariates)
        The sandwich with the weights taken as known.
    model_covariance : float array, shape (covariates, covariates)
        Inverse of the information; too small or too large, for comparison only.
    standard_errors : float array, shape (covariates,)
        Root of the diagonal of `covariance`.
    hazard_ratios, ci_low, ci_high : float array, shape (covariates,)
    p_values : float array, shape (covariates,)
        Wald, two-sided.
    log_likelihood, null_log_likelihood : float
        Partial and weighted, at the estimate and at zero; no likelihood-ratio test holds.
    n, n_events, n_competing : int
        Participants, events of the cause, events of other causes.
    converged : bool
    method, convention, status : str
    """

    cause: int
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    robust_covariance: NDArray[np.float64]
    model_covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    hazard_ratios: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_values: NDArray[np.float64]
    log_likelihood: float
    null_log_likelihood: float
    n: int
    n_events: int
    n_competing: int
    converged: bool
    method: str
    convention: str
    status: str


def fine_gray(
    survival: Survival,
    cause: ArrayLike,
    covariates: ArrayLike,
    *,
    of: int = 1,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> FineGrayFit:
    """Return the sub-distribution hazard ratios of one cause.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause; without left truncation.
    cause : int array, shape (n,)
        0 where no event was seen, else the code of its cause.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values.
    of : int
        The cause of interest.
    strata : int or text array, shape (n,), or None
        Each stratum has its own baseline and its own censoring curve.
    confidence : float

    Returns
    -------
    fit : FineGrayFit
        With NaN and a sentence in `status` where the data do not give an estimate.

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, causes and events disagree, or participants
        entered late.

    Notes
    -----
    Convention: a ratio above one means a higher cumulative incidence of the cause, whichever way it
    comes about; it says nothing on the rate among those still free of any event. Efron's ties; an
    event comes before a censoring of the same day; weights G(t-) / G(x-).
    Checked against: R `cmprsk::crr` (no ties; coefficients and covariance) and `survival::finegray`
    with `coxph` (ties and strata; coefficients, robust and model covariance), to 1e-6.

    Examples
    --------
    >>> s = Survival(time=np.arange(1.0, 7.0), event=np.array([1, 1, 1, 1, 0, 1], dtype=bool))
    >>> fit = fine_gray(s, [1, 2, 1, 1, 0, 2], np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]))
    >>> fit.n_events, fit.n_competing, round(float(fit.hazard_ratios[0]), 3)
    (3, 2, 5.849)
    """
    codes = cause_codes(survival, cause, of)
    matrix = covariate_matrix(covariates, survival.n)
    z = normal_quantile(confidence)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    of_interest = Survival(time=survival.time, event=codes == of)
    counts = (survival.n, of_interest.n_events, survival.n_events - of_interest.n_events)
    problem = problem_of_data(of_interest, matrix, survival.n) or problem_of_strata(stratum)
    if problem:
        return _without_estimate(matrix.shape[1], of, counts, problem)

    risk = subdistribution_risk_sets(survival, codes, of, stratum)
    scale = matrix.std(axis=0)
    standardised = np.asfortranarray((matrix - matrix.mean(axis=0)) / scale)
    maximum = maximise(
        lambda beta: partial_likelihood(risk, standardised, beta),
        np.zeros(matrix.shape[1]),
        np.ptp(standardised, axis=0),
    )
    problem = problem_of_maximum(maximum, standardised)
    if problem:
        return _without_estimate(matrix.shape[1], of, counts, problem)
    inverse = np.asarray(np.linalg.inv(maximum.at.information), dtype=float)
    residuals = score_residuals(risk, standardised, maximum.at)
    whole = residuals + censoring_influence(survival, stratum, risk, standardised, maximum.at)
    rescale = np.outer(scale, scale)
    model, robust, covariance = (
        matrix_of / rescale
        for matrix_of in (inverse, _sandwich(residuals, inverse), _sandwich(whole, inverse))
    )
    coefficients, errors = maximum.coefficients / scale, np.sqrt(np.diag(covariance))
    with np.errstate(over="ignore"):
        ratios, ci_low, ci_high = (np.exp(coefficients + k * errors) for k in (0.0, -z, z))
    return FineGrayFit(
        cause=of,
        coefficients=coefficients,
        covariance=covariance,
        robust_covariance=robust,
        model_covariance=model,
        standard_errors=errors,
        hazard_ratios=ratios,
        ci_low=ci_low,
        ci_high=ci_high,
        p_values=wald_p(coefficients / errors),
        log_likelihood=maximum.at.log_likelihood,
        null_log_likelihood=maximum.start.log_likelihood,
        n=counts[0],
        n_events=counts[1],
        n_competing=counts[2],
        converged=True,
        method=_METHOD,
        convention=_CONVENTION,
        status="",
    )


def _sandwich(residuals: NDArray[np.float64], inverse: NDArray[np.float64]) -> NDArray[np.float64]:
    influence = residuals @ inverse
    return np.asarray(influence.T @ influence, dtype=float)


def _without_estimate(size: int, of: int, counts: tuple[int, int, int], status: str) -> FineGrayFit:
    """Return an empty fit of the usual shape that says what is missing."""
    gap, square, nan = np.full(size, np.nan), np.full((size, size), np.nan), float("nan")
    return FineGrayFit(
        cause=of,
        coefficients=gap,
        covariance=square,
        robust_covariance=square,
        model_covariance=square,
        standard_errors=gap,
        hazard_ratios=gap,
        ci_low=gap,
        ci_high=gap,
        p_values=gap,
        log_likelihood=nan,
        null_log_likelihood=nan,
        n=counts[0],
        n_events=counts[1],
        n_competing=counts[2],
        converged=False,
        method=_METHOD,
        convention=_CONVENTION,
        status=status,
    )
