"""Virtual people as real ones: summary numbers of public cohorts, and a joint draw from them."""

from macroimmune.simulator.calibration.cohort_table import SMALLEST_GROUP, CohortTable
from macroimmune.simulator.calibration.distances import (
    correlation_distances,
    rank_correlations,
    variable_distances,
)
from macroimmune.simulator.calibration.joint_model import JointDraw, draw_joint
from macroimmune.simulator.calibration.shipped import shipped_sources, shipped_summaries
from macroimmune.simulator.calibration.summaries import Summaries, summarise
from macroimmune.simulator.calibration.virtual_rows import (
    COMPARED,
    is_calibrated_to,
    virtual_rows,
)

__all__ = [
    "COMPARED",
    "SMALLEST_GROUP",
    "CohortTable",
    "JointDraw",
    "Summaries",
    "correlation_distances",
    "draw_joint",
    "is_calibrated_to",
    "rank_correlations",
    "shipped_sources",
    "shipped_summaries",
    "summarise",
    "variable_distances",
    "virtual_rows",
]
