"""What of a plan, and of the people drawn under it, the truth of effects depends on."""

import dataclasses
import hashlib
import json

from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.people import spread_of
from macroimmune.simulator.plan import StudyPlan

__all__ = ["relevant_key"]

_RECORDED_ONLY = ("complete_response", "not_evaluable", "treatment_death")


def relevant_key(plan: StudyPlan) -> str:
    """Return a text that is the same for plans with the same true effects.

    Parameters
    ----------
    plan : StudyPlan
        Seed, sizes, visits and everything that is only measured do not matter.

    Returns
    -------
    key : str
        A SHA-256 of arms, outcomes, effects, the number of generated patients, and the centre and
        spread of every feature in the population that patients are drawn from.
    """
    outcomes = dataclasses.asdict(plan.outcomes)
    relevant = {
        "arms": [dataclasses.asdict(arm) for arm in plan.arms],
        "is_randomised": plan.is_randomised or len(plan.arms) == 1,
        "outcomes": {name: outcomes[name] for name in outcomes if name not in _RECORDED_ONLY},
        "effects": [dataclasses.asdict(effect) for effect in plan.effects],
        "patients": plan.truth_patients,
        # Five digits: enough to tell populations apart, too few to differ between machines.
        "population": {
            name: f"{spread_of(name).centre:.5g} {spread_of(name).unit:.5g}" for name in FEATURES
        },
    }
    text = json.dumps(relevant, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
