"""The cumulative baseline hazard of a Cox model, with the increments of Efron's ties."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox_likelihood import partial_likelihood
from macroimmune.statistics.risk_sets import risk_sets

__all__ = ["BaselineHazard", "baseline_hazard"]

_ONE_STRATUM = ""


@dataclass(frozen=True, slots=True, eq=False)
class BaselineHazard:
    """What a Cox model needs, besides the new covariates, to predict; it holds no participant.

    Parameters
    ----------
    coefficients : float array, shape (covariates,)
        Log hazard ratios.
    covariance : float array, shape (covariates, covariates), or None
        Of the coefficients; None where the model has none, and then predictions have no interval.
    centre : float array, shape (covariates,)
        Means of the covariates in the data of the fit.
    largest_predictor : float
        The linear predictor, of centred covariates, at which `cumulative_hazard` holds.
    strata : text array, shape (strata,)
        Names; one empty name where there are none.
    last_follow_up : float array, shape (strata,), days
        Nobody of the stratum was observed later.
    time : float array, shape (event times,), days
        Ascending within each stratum, stratum after stratum.
    time_stratum : int array, shape (event times,)
    cumulative_hazard, cumulative_variance : float array, shape (event times,)
        Just after each time.
    cumulative_mean : float array, shape (event times, covariates)
        Sum of hazard times the mean covariates of those at risk; the variance needs it.
    n, n_events : int
        Of the data of the fit.
    status : str
        Why nothing can be predicted; empty when all is well.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64] | None
    centre: NDArray[np.float64]
    largest_predictor: float
    strata: NDArray[np.str_]
    last_follow_up: NDArray[np.float64]
    time: NDArray[np.float64]
    time_stratum: NDArray[np.intp]
    cumulative_hazard: NDArray[np.float64]
    cumulative_variance: NDArray[np.float64]
    cumulative_mean: NDArray[np.float64]
    n: int
    n_events: int
    status: str

    @property
    def has_strata(self) -> bool:
        """True where the model has strata, each with a hazard of its own."""
        return self.strata.size > 1 or bool(self.strata[0] != _ONE_STRATUM)


def baseline_hazard(
    survival: Survival,
    covariates: ArrayLike,
    coefficients: ArrayLike,
    *,
    covariance: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> BaselineHazard:
    """Return the cumulative baseline hazard of a Cox model, with Efron's ties.

    Parameters
    ----------
    survival : Survival
        That the model was fitted to; left truncation is honoured.
    covariates : number or bool array, shape (n,) or (n, covariates)
        That the model was fitted to, without missing values.
    coefficients : float array, shape (covariates,)
        Log hazard ratios of the fit, maximum likelihood or penalised. NaN, as a fit without
        estimate has, gives a status.
    covariance : float array, shape (covariates, covariates), or None
        Of the coefficients, from the model (a cluster variance of the coefficients alone does not
        give that of the hazard); without it predictions have no interval.
    strata : int or text array, shape (n,), or None
        As in the fit.

    Returns
    -------
    baseline : BaselineHazard

    Raises
    ------
    InputError
        If shapes do not match or values are missing.

    Notes
    -----
    Convention: the increments that belong to Efron's likelihood, not Breslow's, also where there
    are ties. Checked against: R `basehaz` and `survfit` of a `coxph`.
    """
    matrix = covariate_matrix(covariates, survival.n)
    beta, variance = _checked_coefficients(coefficients, covariance, matrix.shape[1])
    codes, names = np.zeros(survival.n, dtype=np.intp), np.array([_ONE_STRATUM])
    if strata is not None:
        codes, names = label_codes(strata, survival.n, "stratum")
    status = _problem(survival, beta)
    if status:
        return _without_hazard(survival, beta, variance, names, status)

    risk = risk_sets(survival, None if strata is None else codes)
    centre = matrix.mean(axis=0)
    likelihood = partial_likelihood(risk, matrix - centre, beta)
    # `risk_sets` numbers event times stratum after stratum; a run starts anew in each.
    stratum = np.empty(risk.time.size, dtype=np.intp)
    stratum[risk.event_index] = codes[risk.event_rows]
    share = 1.0 / likelihood.denominator
    steps = np.column_stack([share, share**2, likelihood.mean * share[:, None]])
    summed = np.column_stack([risk.sum_of_deaths(column) for column in steps.T])
    running = np.empty_like(summed)
    for code in range(names.size):
        running[stratum == code] = np.cumsum(summed[stratum == code], axis=0)
    last = np.array([survival.time[codes == code].max() for code in range(names.size)])
    return BaselineHazard(
        coefficients=beta,
        covariance=variance,
        centre=centre,
        largest_predictor=float(((matrix - centre) @ beta).max()),
        strata=names,
        last_follow_up=last,
        time=risk.time,
        time_stratum=stratum,
        cumulative_hazard=running[:, 0],
        cumulative_variance=running[:, 1],
        cumulative_mean=running[:, 2:],
        n=survival.n,
        n_events=survival.n_events,
        status="",
    )


def _problem(survival: Survival, coefficients: NDArray[np.float64]) -> str:
    """Say why there is no baseline hazard, or nothing."""
    if not np.isfinite(coefficients).all():
        return "the Cox model has no estimate, so nothing can be predicted"
    if survival.n_events == 0:
        return "no events were seen, so there is no hazard to predict from"
    return ""


def _checked_coefficients(
    coefficients: ArrayLike, covariance: ArrayLike | None, size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return coefficients and covariance as arrays that fit the covariates.

    Raises
    ------
    InputError
        If they do not.
    """
    beta = np.atleast_1d(np.asarray(coefficients, dtype=float))
    variance = None if covariance is None else np.atleast_2d(np.asarray(covariance, dtype=float))
    if beta.shape != (size,) or (variance is not None and variance.shape != (size, size)):
        found = f"{beta.shape}" + ("" if variance is None else f" and {variance.shape}")
        msg = f"one coefficient per covariate: {size} covariates, found {found}"
        raise InputError(msg)
    return beta, variance


def _without_hazard(
    survival: Survival,
    coefficients: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
    strata: NDArray[np.str_],
    status: str,
) -> BaselineHazard:
    """Return an empty baseline of the usual shape that says what is missing."""
    gap, size = np.empty(0), coefficients.size
    return BaselineHazard(
        coefficients=coefficients,
        covariance=covariance,
        centre=np.full(size, np.nan),
        largest_predictor=float("nan"),
        strata=strata,
        last_follow_up=np.full(strata.size, np.nan),
        time=gap,
        time_stratum=np.empty(0, dtype=np.intp),
        cumulative_hazard=gap,
        cumulative_variance=gap,
        cumulative_mean=np.empty((0, size)),
        n=survival.n,
        n_events=survival.n_events,
        status=status,
    )
