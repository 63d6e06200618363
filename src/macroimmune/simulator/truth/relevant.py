"""What of a plan, and of the people drawn under it, the truth of effects depends on."""

import dataclasses
import hashlib
import json
from functools import cache

import numpy as np

from macroimmune.simulator.calibration import draw_joint
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.people import scaled_feature
from macroimmune.simulator.plan import ArmPlan, StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["relevant_key"]

_RECORDED_ONLY = ("complete_response", "not_evaluable", "cancer_death", "treatment_death")
_SEED, _PATIENTS = 20261121, 2000


def relevant_key(plan: StudyPlan) -> str:
    """Return a text that is the same for plans with the same true effects.

    Parameters
    ----------
    plan : StudyPlan
        Seed, sizes, visits and everything that is only measured do not matter.

    Returns
    -------
    key : str
        A SHA-256 of arms, outcomes, effects, the number of generated patients, and the population
        that patients are drawn from.
    """
    outcomes = dataclasses.asdict(plan.outcomes)
    relevant = {
        "arms": [_acting(arm) for arm in plan.arms],
        "is_randomised": plan.is_randomised or len(plan.arms) == 1,
        "outcomes": {name: outcomes[name] for name in outcomes if name not in _RECORDED_ONLY},
        "effects": [dataclasses.asdict(effect) for effect in plan.effects],
        "patients": plan.truth_patients,
        "population": _population(),
    }
    text = json.dumps(relevant, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _acting(arm: ArmPlan) -> dict[str, object]:
    """Return what an arm does where people are drawn; its scenario is for those of the model."""
    stated = dataclasses.asdict(arm)
    stated.pop("scenario")
    return stated


@cache
def _population() -> str:
    """Return means and covariances of all features in the same patients of every study."""
    drawn = draw_joint("patient", _PATIENTS, rng=random_stream(_SEED, "people", "population"))
    values = np.column_stack([scaled_feature(drawn, name) for name in FEATURES])
    numbers = [*values.mean(axis=0), *np.cov(values, rowvar=False).ravel()]
    # Five digits: enough to tell populations apart, too few to differ between machines.
    return " ".join(f"{number:.5g}" for number in numbers)
