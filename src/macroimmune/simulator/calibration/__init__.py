"""Virtual people as real ones: summary numbers of public cohorts, and a joint draw from them."""

from macroimmune.simulator.calibration.cohort_table import SMALLEST_GROUP, CohortTable
from macroimmune.simulator.calibration.joint_model import JointDraw, draw_joint
from macroimmune.simulator.calibration.shipped import shipped_sources, shipped_summaries
from macroimmune.simulator.calibration.summaries import Summaries, summarise

__all__ = [
    "SMALLEST_GROUP",
    "CohortTable",
    "JointDraw",
    "Summaries",
    "draw_joint",
    "shipped_sources",
    "shipped_summaries",
    "summarise",
]
