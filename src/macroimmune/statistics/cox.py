"""Cox's proportional hazards model: Efron's ties, strata, left truncation, cluster variance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox_likelihood import (
    PartialLikelihood,
    partial_likelihood,
    score_residuals,
)
from macroimmune.statistics.intervals import chi_squared_p, normal_quantile, wald_p
from macroimmune.statistics.newton import (
    ALL_BUT_SEPARATED,
    Maximum,
    is_all_but_separated,
    maximise,
)
from macroimmune.statistics.risk_sets import RiskSets, risk_sets

__all__ = [
    "CONVENTION",
    "METHOD",
    "CoxFit",
    "cox",
    "problem_of_data",
    "problem_of_maximum",
    "problem_of_strata",
]

METHOD = "Cox, Efron ties"
CONVENTION = (
    "log hazard ratio per unit of the covariate, above zero = shorter survival; "
    "Efron ties; Wald interval and p on the log scale"
)


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """A fitted Cox model; every number is NaN where `status` says why there is none.

    Parameters
    ----------
    coefficients : float array, shape (covariates,)
        Log hazard ratios.
    covariance : float array, shape (covariates, covariates)
        Of the coefficients; the robust one where clusters were given. Intervals use it.
    model_covariance : float array, shape (covariates, covariates)
        Inverse of the information.
    standard_errors : float array, shape (covariates,)
        Root of the diagonal of `covariance`.
    hazard_ratios, ci_low, ci_high : float array, shape (covariates,)
        exp(coefficient) with its interval.
    p_values : float array, shape (covariates,)
        Wald, two-sided.
    wald_statistic, wald_p_value : float
        All coefficients zero, from `covariance`.
    score_statistic, score_p_value : float
        All coefficients zero. It needs no estimate, so it stays where the likelihood is monotone.
    likelihood_ratio_statistic, likelihood_ratio_p_value : float
        All coefficients zero.
    degrees_of_freedom : int
        Of the three tests: the number of covariates.
    log_likelihood, null_log_likelihood : float
        Partial, at the estimate and at zero.
    n, n_events, n_clusters : int
        Participants, events, clusters (participants where none were given).
    iterations : int
        Newton steps.
    is_robust : bool
        True where `covariance` is the cluster one.
    converged : bool
        True where the estimate is a maximum.
    method, convention, status : str
        `status` is empty when all is well.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    model_covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    hazard_ratios: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_values: NDArray[np.float64]
    wald_statistic: float
    wald_p_value: float
    score_statistic: float
    score_p_value: float
    likelihood_ratio_statistic: float
    likelihood_ratio_p_value: float
    degrees_of_freedom: int
    log_likelihood: float
    null_log_likelihood: float
    n: int
    n_events: int
    n_clusters: int
    iterations: int
    is_robust: bool
    converged: bool
    method: str
    convention: str
    status: str


def cox(
    survival: Survival,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> CoxFit:
    """Return the Cox model of survival on the covariates.

    Parameters
    ----------
    survival : Survival
        Times with events; left truncation is honoured.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values.
    strata : int or text array, shape (n,), or None
        Each stratum has its own baseline hazard.
    cluster : int or text array, shape (n,), or None
        Rows of one cluster are correlated; the covariance becomes the sandwich over clusters.
    confidence : float
        Level of the intervals.

    Returns
    -------
    fit : CoxFit
        With NaN and a sentence in `status` where the data do not give an estimate: no or too
        few events, a covariate that does not vary, collinear covariates, monotone likelihood.

    Raises
    ------
    InputError
        If the arrays do not match the participants, or values are missing.

    Notes
    -----
    Convention: Efron's approximation; no small-sample factor in the cluster variance, as in R.
    Checked against: R `coxph`, to 1e-6.

    Examples
    --------
    >>> time = np.array([4.0, 3.0, 1.0, 2.0])
    >>> fit = cox(Survival(time=time, event=time > 0), np.array([0.0, 1.0, 0.0, 1.0]))
    >>> fit.n_events, round(float(fit.hazard_ratios[0]), 4)
    (4, 1.618)
    """
    matrix = covariate_matrix(covariates, survival.n)
    z = normal_quantile(confidence)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    clusters = None if cluster is None else label_codes(cluster, survival.n, "cluster")[0]
    n_clusters = survival.n if clusters is None else int(clusters.max(initial=-1)) + 1
    counts = (survival.n, survival.n_events, n_clusters)
    problem = problem_of_data(survival, matrix, n_clusters) or problem_of_strata(stratum)
    if problem:
        return _without_estimate(matrix.shape[1], counts, problem, is_robust=cluster is not None)

    risk = risk_sets(survival, stratum)
    scale = matrix.std(axis=0)
    standardised = np.asfortranarray((matrix - matrix.mean(axis=0)) / scale)
    maximum = maximise(
        lambda beta: partial_likelihood(risk, standardised, beta),
        np.zeros(matrix.shape[1]),
        np.ptp(standardised, axis=0),
    )
    problem = problem_of_maximum(maximum, standardised)
    if problem:
        return _without_estimate(
            matrix.shape[1],
            counts,
            problem,
            is_robust=cluster is not None,
            null=maximum.start,
        )
    return _fit(risk, standardised, scale, maximum, clusters, counts, z)


def _fit(
    risk: RiskSets,
    standardised: NDArray[np.float64],
    scale: NDArray[np.float64],
    maximum: Maximum[PartialLikelihood],
    clusters: NDArray[np.intp] | None,
    counts: tuple[int, int, int],
    z: float,
) -> CoxFit:
    """Return the fit with intervals and tests, on the scale of the covariates as given."""
    null = maximum.start
    coefficients = maximum.coefficients / scale
    model_covariance = np.asarray(np.linalg.inv(maximum.at.information), dtype=float)
    if clusters is None:
        covariance = model_covariance
    else:
        residuals = score_residuals(risk, standardised, maximum.at) @ model_covariance
        by_cluster = np.zeros((counts[2], scale.size))
        np.add.at(by_cluster, clusters, residuals)
        covariance = np.asarray(by_cluster.T @ by_cluster, dtype=float)
    wald = _quadratic(maximum.coefficients, covariance)
    rescale = np.outer(scale, scale)
    covariance, model_covariance = covariance / rescale, model_covariance / rescale
    errors = np.sqrt(np.diag(covariance))
    ratio = 2.0 * (maximum.at.log_likelihood - null.log_likelihood)
    score = float(null.score @ np.linalg.solve(null.information, null.score))
    with np.errstate(over="ignore"):
        hazard_ratios, ci_low, ci_high = (np.exp(coefficients + k * errors) for k in (0.0, -z, z))
    return CoxFit(
        coefficients=coefficients,
        covariance=covariance,
        model_covariance=model_covariance,
        standard_errors=errors,
        hazard_ratios=hazard_ratios,
        ci_low=ci_low,
        ci_high=ci_high,
        p_values=wald_p(coefficients / errors),
        wald_statistic=wald,
        wald_p_value=chi_squared_p(wald, scale.size),
        score_statistic=score,
        score_p_value=chi_squared_p(score, scale.size),
        likelihood_ratio_statistic=ratio,
        likelihood_ratio_p_value=chi_squared_p(ratio, scale.size),
        degrees_of_freedom=scale.size,
        log_likelihood=maximum.at.log_likelihood,
        null_log_likelihood=null.log_likelihood,
        n=counts[0],
        n_events=counts[1],
        n_clusters=counts[2],
        iterations=maximum.iterations,
        is_robust=clusters is not None,
        converged=True,
        method=_method(is_robust=clusters is not None),
        convention=CONVENTION,
        status="",
    )


def _without_estimate(
    size: int,
    counts: tuple[int, int, int],
    status: str,
    *,
    is_robust: bool,
    null: PartialLikelihood | None = None,
) -> CoxFit:
    """Return an empty fit of the usual shape that says what is missing."""
    gap, square, nan = np.full(size, np.nan), np.full((size, size), np.nan), float("nan")
    score = nan
    if null is not None and np.linalg.matrix_rank(null.information, hermitian=True) == size:
        score = float(null.score @ np.linalg.solve(null.information, null.score))
    return CoxFit(
        coefficients=gap,
        covariance=square,
        model_covariance=square,
        standard_errors=gap,
        hazard_ratios=gap,
        ci_low=gap,
        ci_high=gap,
        p_values=gap,
        wald_statistic=nan,
        wald_p_value=nan,
        score_statistic=score,
        score_p_value=chi_squared_p(score, size),
        likelihood_ratio_statistic=nan,
        likelihood_ratio_p_value=nan,
        degrees_of_freedom=size,
        log_likelihood=nan,
        null_log_likelihood=nan if null is None else null.log_likelihood,
        n=counts[0],
        n_events=counts[1],
        n_clusters=counts[2],
        iterations=0,
        is_robust=is_robust,
        converged=False,
        method=_method(is_robust=is_robust),
        convention=CONVENTION,
        status=status,
    )


def _method(*, is_robust: bool) -> str:
    """Name the method with its variance."""
    return METHOD + (", cluster sandwich variance" if is_robust else "")


def problem_of_data(survival: Survival, matrix: NDArray[np.float64], n_clusters: int) -> str:
    """Say why no fit can be tried, or nothing."""
    size = matrix.shape[1]
    if survival.n_events == 0:
        return "no events were seen, so no hazard ratio can be estimated"
    if survival.n_events <= size:
        return (
            f"{survival.n_events} events are too few for {size} coefficients: at least "
            f"{size + 1} are needed"
        )
    if n_clusters <= size:
        return (
            f"{n_clusters} clusters are too few for the variance of {size} coefficients: at "
            f"least {size + 1} are needed, and many more for a trustworthy interval"
        )
    # Rounding leaves a constant column with a spread of a few units in the last place.
    constant = np.ptp(matrix, axis=0) <= 1e-12 * np.abs(matrix).max(axis=0)
    if constant.any():
        columns = ", ".join(str(c) for c in np.flatnonzero(constant))
        return f"the covariate does not vary (column {columns})"
    return ""


def problem_of_strata(stratum: NDArray[np.intp] | None) -> str:
    """Say that every stratum holds one participant, or nothing."""
    if stratum is None or np.bincount(stratum).max(initial=0) > 1:
        return ""
    return "every stratum holds one participant, so there is nobody to compare with"


def problem_of_maximum(
    maximum: Maximum[PartialLikelihood], standardised: NDArray[np.float64]
) -> str:
    """Say in words why there is no maximum, or why it tells nothing; empty where all is well."""
    if not maximum.problem:
        covariance = np.asarray(np.linalg.inv(maximum.at.information), dtype=float)
        return ALL_BUT_SEPARATED if is_all_but_separated(standardised, covariance) else ""
    if maximum.problem == "collinear":
        return (
            "the covariates are collinear, or one does not vary among the patients at risk at "
            "any event"
        )
    if maximum.problem == "runaway":
        return (
            f"monotone likelihood: the hazard ratio of column {maximum.runaway} is not finite, "
            "because the covariate separates the events"
        )
    return f"the fit did not converge in {maximum.iterations} iterations"


def _quadratic(coefficients: NDArray[np.float64], covariance: NDArray[np.float64]) -> float:
    """Return the Wald statistic; NaN where fewer clusters than covariates make it singular."""
    if coefficients.size > 1 and np.linalg.matrix_rank(covariance, hermitian=True) < len(
        covariance
    ):
        return float("nan")
    return float(coefficients @ np.linalg.solve(covariance, coefficients))
