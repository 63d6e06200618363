"""Virtual people: who they are, what their blood holds, when it is drawn, how they fare."""

from macroimmune.simulator.leaves import LEAVES, Leaf
from macroimmune.simulator.people.arms import draw_arms
from macroimmune.simulator.people.draw_outcomes import draw_outcomes
from macroimmune.simulator.people.draw_people import draw_people, patients_of
from macroimmune.simulator.people.draw_samples import draw_samples, wandering
from macroimmune.simulator.people.effects import Spread, predictors, scaled_feature, spread_of
from macroimmune.simulator.people.people import Outcomes, People, Samples

__all__ = [
    "LEAVES",
    "Leaf",
    "Outcomes",
    "People",
    "Samples",
    "Spread",
    "draw_arms",
    "draw_outcomes",
    "draw_people",
    "draw_samples",
    "patients_of",
    "predictors",
    "scaled_feature",
    "spread_of",
    "wandering",
]
