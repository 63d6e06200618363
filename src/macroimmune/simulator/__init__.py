"""Virtual studies: files as laboratories deliver them, with the truth that made them."""

from macroimmune.simulator.causes import CAUSES, FEATURE_SCALES, Cause
from macroimmune.simulator.cohort_truth import true_effects
from macroimmune.simulator.file_tasks import available_workers
from macroimmune.simulator.patients import Patients, draw_patients, scaled_features
from macroimmune.simulator.plan import StudyPlan, plan_text, read_plan, with_choices
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.simulator.virtual_cohort import (
    VirtualCohort,
    virtual_cohort,
    write_virtual_cohort,
)
from macroimmune.simulator.virtual_study import VirtualStudy, draw_virtual_study

__all__ = [
    "CAUSES",
    "FEATURE_SCALES",
    "Cause",
    "Patients",
    "StudyPlan",
    "VirtualCohort",
    "VirtualStudy",
    "available_workers",
    "draw_patients",
    "draw_virtual_study",
    "plan_text",
    "read_plan",
    "scaled_features",
    "true_effects",
    "virtual_cohort",
    "with_choices",
    "write_virtual_cohort",
    "write_virtual_study",
]
