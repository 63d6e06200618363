"""The partial likelihood of Cox's model with Efron's ties, its derivatives and residuals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.risk_sets import RiskSets

__all__ = ["PartialLikelihood", "partial_likelihood", "score_residuals", "weighted_information"]


@dataclass(frozen=True, slots=True, eq=False)
class PartialLikelihood:
    """The partial likelihood at one value of the coefficients.

    Parameters
    ----------
    log_likelihood : float
    score : float array, shape (covariates,)
    information : float array, shape (covariates, covariates)
    relative_hazard : float array, shape (participants,)
        exp(linear predictor), up to a common factor.
    denominator : float array, shape (events,)
        Sum of relative hazards at risk, less the tied deaths that went before (Efron).
    mean : float array, shape (events, covariates)
        Weighted mean of the covariates of those in the denominator.
    """

    log_likelihood: float
    score: NDArray[np.float64]
    information: NDArray[np.float64]
    relative_hazard: NDArray[np.float64]
    denominator: NDArray[np.float64]
    mean: NDArray[np.float64]


def partial_likelihood(
    risk: RiskSets, covariates: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> PartialLikelihood:
    """Return the partial likelihood with its first and second derivatives.

    Parameters
    ----------
    risk : RiskSets
    covariates : float array, shape (participants, covariates)
        Centred near zero, for the precision of the information.
    coefficients : float array, shape (covariates,)
        Log hazard ratios.

    Returns
    -------
    likelihood : PartialLikelihood
        Not finite where the relative hazards span more than a float can hold.

    Notes
    -----
    Convention: Efron's approximation for ties. Checked against: R `coxph`.
    """
    predictor = covariates @ coefficients
    # A common factor of all hazards cancels; the largest is set to one so that none overflows.
    predictor -= predictor.max()
    hazard = np.exp(predictor)
    died = risk.died
    denominator = _denominators(risk, hazard)
    mean = np.empty((denominator.size, covariates.shape[1]), order="F")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for column in range(covariates.shape[1]):
            mean[:, column] = _denominators(risk, hazard * covariates[:, column]) / denominator
        log_likelihood = float(died @ predictor - np.log(denominator).sum())
        information = _information(risk, covariates, hazard, denominator, mean, None)
    return PartialLikelihood(
        log_likelihood=log_likelihood,
        score=died @ covariates - mean.sum(axis=0),
        information=information,
        relative_hazard=hazard,
        denominator=denominator,
        mean=mean,
    )


def weighted_information(
    risk: RiskSets,
    covariates: NDArray[np.float64],
    likelihood: PartialLikelihood,
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the information with each event's contribution multiplied by a weight.

    Parameters
    ----------
    risk : RiskSets
    covariates : float array, shape (participants, covariates)
    likelihood : PartialLikelihood
        At the coefficients of interest.
    weights : float array, shape (events,)
        One weight per event, equal among tied events; ones give the information itself.

    Returns
    -------
    information : float array, shape (covariates, covariates)
    """
    return _information(
        risk,
        covariates,
        likelihood.relative_hazard,
        likelihood.denominator,
        likelihood.mean,
        weights,
    )


def score_residuals(
    risk: RiskSets, covariates: NDArray[np.float64], likelihood: PartialLikelihood
) -> NDArray[np.float64]:
    """Return each participant's contribution to the score, shape (participants, covariates).

    Parameters
    ----------
    risk : RiskSets
    covariates : float array, shape (participants, covariates)
    likelihood : PartialLikelihood
        At the coefficients of interest.

    Returns
    -------
    residuals : float array, shape (participants, covariates)
        They sum to the score.

    Notes
    -----
    Convention: among tied deaths each is credited with the mean of Efron's steps, as in R.
    Checked against: R `residuals(fit, "score")` and `"dfbeta"`.
    """
    inverse = 1.0 / likelihood.denominator
    hazard = likelihood.relative_hazard
    residuals = -covariates * (hazard * _hazard_at_risk(risk, inverse))[:, None]
    deaths = risk.deaths[risk.event_index]
    for column in range(covariates.shape[1]):
        mean = likelihood.mean[:, column]
        residuals[:, column] += hazard * _hazard_at_risk(risk, mean * inverse)
        credit = risk.sum_of_deaths(mean)[risk.event_index] / deaths
        residuals[risk.event_rows, column] += covariates[risk.event_rows, column] - credit
    return residuals


def _denominators(risk: RiskSets, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, per event, the sum at risk less Efron's fraction of the tied deaths."""
    total = risk.sum_at_risk(values)[risk.event_index]
    if risk.has_ties:
        tied = risk.sum_of_deaths(values[risk.event_rows])[risk.event_index]
        total = total - risk.tie_fraction * tied
    return total


def _hazard_at_risk(risk: RiskSets, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, per participant, the sum of a value per event over the events it was at risk for."""
    total = risk.sum_while_at_risk(risk.sum_of_deaths(values))
    if risk.has_ties:
        # At its own death a participant counts with 1 - l / d, not with one.
        own = risk.sum_of_deaths(values * risk.tie_fraction)[risk.event_index]
        total[risk.event_rows] -= own
    return total


def _information(
    risk: RiskSets,
    covariates: NDArray[np.float64],
    hazard: NDArray[np.float64],
    denominator: NDArray[np.float64],
    mean: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return the sum over events of the weighted covariance of the covariates at risk."""
    # Second moments summed over events equal one weighted cross product over participants,
    # each weighted by the hazard that it was exposed to: no matrix per event is ever built.
    share = 1.0 / denominator if weights is None else weights / denominator
    exposure = hazard * _hazard_at_risk(risk, share)
    weighted_mean = mean if weights is None else mean * weights[:, None]
    second: NDArray[np.float64] = (covariates * exposure[:, None]).T @ covariates
    return second - weighted_mean.T @ mean
