"""What acts on outcome: the linear predictors of patients under a plan."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.calibration import draw_joint
from macroimmune.simulator.features import FEATURES, Blood, is_per_sd, on_scale
from macroimmune.simulator.people.people import People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["Predictors", "Spread", "predictors", "scaled_feature", "spread_of"]

Values = NDArray[np.float64]

_REFERENCE_SEED, _REFERENCE_PATIENTS = 20261121, 50_000


@dataclass(frozen=True, slots=True)
class Spread:
    """What is average of a feature in patients, and one unit of its effect, on its scale.

    Parameters
    ----------
    centre : float
        The mean of patients.
    unit : float
        Their standard deviation, or 1 where effects are per doubling or per detection.
    """

    centre: float
    unit: float


@dataclass(frozen=True, slots=True)
class Predictors:
    """What a plan makes of each patient; 0 is an average patient of the first arm.

    Parameters
    ----------
    log_hazard : float array, shape (patients,)
        Of progression and of death alike.
    log_odds : float array, shape (patients,)
        Of response, against those of an average patient of the first arm.
    """

    log_hazard: Values
    log_odds: Values


@cache
def _reference() -> Blood:
    rng = random_stream(_REFERENCE_SEED, "people", "reference")
    return draw_joint("patient", _REFERENCE_PATIENTS, rng=rng)


@cache
def spread_of(feature: str) -> Spread:
    """Return centre and unit of a feature in the population that patients are drawn from.

    Parameters
    ----------
    feature : str
        One of `FEATURES`.

    Returns
    -------
    spread : Spread
        From 50,000 patients who are the same ones in every study.
    """
    values = scaled_feature(_reference(), feature)
    is_standardised = is_per_sd(FEATURES[feature].scale)
    return Spread(float(values.mean()), float(values.std()) if is_standardised else 1.0)


def scaled_feature(blood: Blood, feature: str) -> Values:
    """Return true values of a feature as they enter a model, not yet divided by their SD."""
    known = FEATURES[feature]
    return on_scale(known.value(blood), known.scale)


def predictors(plan: StudyPlan, patients: People) -> Predictors:
    """Return the linear predictors of patients.

    Parameters
    ----------
    plan : StudyPlan
    patients : People
        Healthy people among them get numbers that mean nothing.

    Returns
    -------
    predictors : Predictors

    Notes
    -----
    Convention: the arm's own ratio holds for a patient whose acting features are all average.
    """
    log_hazard = np.zeros(patients.arm.size)
    log_odds = np.zeros(patients.arm.size)
    for arm in plan.arms:
        is_in_arm = patients.arm == arm.name
        log_hazard[is_in_arm] += np.log(arm.hazard_ratio)
        log_odds[is_in_arm] += np.log(arm.odds_ratio)
    for effect in plan.effects:
        spread = spread_of(effect.feature)
        units = (scaled_feature(patients, effect.feature) - spread.centre) / spread.unit
        if effect.arms:
            units = np.where(np.isin(patients.arm, effect.arms), units, 0.0)
        log_hazard += np.log(effect.hazard_ratio) * units
        log_odds += np.log(effect.odds_ratio) * units
    return Predictors(log_hazard, log_odds)
