"""Virtual cohorts: files as a laboratory delivers them, with the truth that made them."""

from macroimmune.simulator.causes import CAUSES, FEATURE_SCALES, Cause
from macroimmune.simulator.patients import Patients, draw_patients, scaled_features
from macroimmune.simulator.truth import true_effects
from macroimmune.simulator.virtual_cohort import (
    VirtualCohort,
    virtual_cohort,
    write_virtual_cohort,
)

__all__ = [
    "CAUSES",
    "FEATURE_SCALES",
    "Cause",
    "Patients",
    "VirtualCohort",
    "draw_patients",
    "scaled_features",
    "true_effects",
    "virtual_cohort",
    "write_virtual_cohort",
]
