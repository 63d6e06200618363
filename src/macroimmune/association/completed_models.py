"""Models of completed data sets, and their pooled effect, for any kind of endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.random_draws import random_draws
from macroimmune.association.values import ParticipantValues
from macroimmune.statistics import (
    CoxFit,
    LogisticFit,
    PooledEstimate,
    conditional_logistic,
    cox,
    cumulative_hazard,
    logistic,
    pool_imputations,
    stratum_indicators,
)

__all__ = ["UNDETECTED_IMPUTATIONS", "Imputing", "fitted", "outcome_predictors", "pooled_effect"]


# How often undetected values are imputed where a study does not say.
UNDETECTED_IMPUTATIONS = 20


@dataclass(frozen=True, slots=True)
class Imputing:
    """How missing and undetected values are imputed in a run.

    Parameters
    ----------
    seed : int
        Of the run.
    n_imputations : int
    """

    seed: int
    n_imputations: int

    def rng(
        self, purpose: str, values: ParticipantValues, data: EndpointData
    ) -> np.random.Generator:
        """Return the generator of one feature, endpoint and landmark."""
        return random_draws(
            self.seed, purpose, values.definition.id, data.endpoint.id, values.landmark_days
        )


def outcome_predictors(
    data: EndpointData,
    chosen: NDArray[np.bool_],
    strata: NDArray[np.int64] | None,
    is_known: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return what an imputation must know of the outcome: it would shrink effects otherwise.

    Parameters
    ----------
    data : EndpointData
    chosen : bool array, shape (participants,)
    strata : int array, shape (participants,), or None
    is_known : bool array, shape (chosen,)
        Whose value is measured and detected.

    Returns
    -------
    predictors : float array, shape (chosen, predictors)
        The event and the cumulative hazard (of the own stratum), or the binary outcome; then
        indicators of the strata.
    """
    stratum = None if strata is None else strata[chosen]
    if data.survival is None:
        outcome = [data.outcome_of(chosen).astype(float)]
    else:
        survival = data.survival_of(chosen)
        outcome = [survival.event.astype(float), cumulative_hazard(survival, stratum)]
    if stratum is not None:
        outcome += list(stratum_indicators(stratum, is_known).T)
    return np.column_stack(outcome)


def fitted(
    data: EndpointData,
    chosen: NDArray[np.bool_],
    strata: NDArray[np.int64] | None,
    design: NDArray[np.float64],
) -> CoxFit | LogisticFit:
    """Return the model of the endpoint on a design, shape (chosen, covariates)."""
    stratum = None if strata is None else strata[chosen]
    if data.survival is not None:
        return cox(data.survival_of(chosen), design, strata=stratum)
    outcome = data.outcome_of(chosen)
    if stratum is None:
        return logistic(outcome, design)
    return conditional_logistic(outcome, design, stratum)


def pooled_effect(
    data: EndpointData,
    chosen: NDArray[np.bool_],
    strata: NDArray[np.int64] | None,
    designs: Iterable[NDArray[np.float64]],
) -> tuple[PooledEstimate, tuple[int, int]]:
    """Return the pooled coefficient of the first covariate, with participants and events.

    Notes
    -----
    Convention: the complete data would have as many degrees of freedom as events less
    coefficients in Cox and conditional models, as participants less coefficients in logistic ones.
    """
    fits = [fitted(data, chosen, strata, design) for design in designs]
    first = fits[0]
    size = first.coefficients.size
    is_plain_logistic = data.survival is None and strata is None
    complete = first.n - size - 1 if is_plain_logistic else first.n_events - size
    pooled = pool_imputations(
        [float(fit.coefficients[0]) for fit in fits],
        [float(fit.covariance[0, 0]) for fit in fits],
        complete_degrees_of_freedom=max(complete, 1),
    )
    return pooled, (first.n, first.n_events)
