"""Blood and cells of people before treatment, drawn together."""

from macroimmune.simulator.people.stand_in import JointDraw as Baseline
from macroimmune.simulator.people.stand_in import draw_joint as draw_baseline

__all__ = ["Baseline", "draw_baseline"]
