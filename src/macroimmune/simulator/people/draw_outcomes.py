"""Draw how patients fare: response, progression, death, end of observation."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.people.effects import predictors
from macroimmune.simulator.people.people import Outcomes, People
from macroimmune.simulator.plan import OutcomesPlan, StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["draw_outcomes"]

Values = NDArray[np.float64]

_DAYS_PER_YEAR = 365.25


def draw_outcomes(
    plan: StudyPlan, people: People, *, place: tuple[str | int, ...] = ()
) -> Outcomes:
    """Return the outcomes of people.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    place : tuple of str or int
        Where in the stream of the seed they are drawn; other places give other outcomes.

    Returns
    -------
    outcomes : Outcomes
        Rows of healthy people hold NaN, no response and no cause.

    Notes
    -----
    Convention: one linear predictor acts on progression and on death, which are independent given
    it; progression-free (or relapse-free) survival is the earlier of the two. The hazards of both
    endpoints are then proportional, with the same hazard ratios. Response means that the residual
    of progression exceeds a threshold given by the logistic model, so that responders progress late
    and both models hold exactly.
    """
    n, stated = people.arm.size, plan.outcomes

    def stream(what: str) -> np.random.Generator:
        return random_stream(plan.seed, "people", "outcomes", what, *place)

    acting = predictors(plan, people)
    residual = stream("progression").exponential(1.0, n)
    progression = _weibull(
        residual, acting.log_hazard, stated.progression_median_months, stated.progression_shape
    )
    death = _weibull(
        stream("death").exponential(1.0, n),
        acting.log_hazard,
        stated.os_median_months,
        stated.os_shape,
    )
    is_healthy = ~people.is_patient
    for days in (progression, death):
        days[is_healthy] = np.nan
    is_response = residual > _threshold(stated, acting.log_odds)
    is_response &= people.is_patient & (stated.disease == "metastatic")
    return Outcomes(
        response=is_response,
        progression_days=progression,
        death_days=death,
        last_seen_days=np.where(is_healthy, np.nan, _last_seen(stated, n, stream("follow-up"))),
        death_cause=_causes(stated, progression, death, stream("cause of death")),
    )


def _weibull(residual: Values, log_hazard: Values, median_months: float, shape: float) -> Values:
    """Return days whose cumulative hazard, at this predictor, equals `residual`."""
    scale = median_months * DAYS_PER_MONTH / np.log(2.0) ** (1.0 / shape)
    return np.asarray(scale * (residual * np.exp(-log_hazard)) ** (1.0 / shape), dtype=float)


def _threshold(stated: OutcomesPlan, log_odds: Values) -> Values:
    """Return what an exponential residual exceeds with the probability of response."""
    baseline = np.log(stated.response / (1.0 - stated.response))
    return np.asarray(np.logaddexp(0.0, -(baseline + log_odds)), dtype=float)


def _last_seen(stated: OutcomesPlan, n: int, rng: np.random.Generator) -> Values:
    """Return the day of the data cut, or of loss to follow-up where that is earlier."""
    months = stated.follow_up_months + stated.enrolment_months * rng.random(n)
    patience = rng.exponential(1.0, n)
    if stated.lost_per_year == 0.0:
        return months * DAYS_PER_MONTH
    lost = patience * _DAYS_PER_YEAR / stated.lost_per_year
    return np.minimum(months * DAYS_PER_MONTH, lost)


def _causes(
    stated: OutcomesPlan, progression: Values, death: Values, rng: np.random.Generator
) -> NDArray[np.str_]:
    drawn = rng.random(death.size)
    is_of_cancer = drawn >= 1.0 - stated.cancer_death
    without = np.where(is_of_cancer, "cancer", "other")
    without = np.where(drawn < stated.treatment_death, "treatment", without)
    cause = np.where(progression < death, "cancer", without)
    return np.where(np.isnan(death), "", cause)
