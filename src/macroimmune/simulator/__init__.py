"""Virtual studies: files as laboratories deliver them, with the truth that made them."""

from macroimmune.simulator.file_tasks import available_workers
from macroimmune.simulator.plan import StudyPlan, plan_text, read_plan, with_choices
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.simulator.truth import has_shipped_models, true_effects
from macroimmune.simulator.virtual_study import VirtualStudy, draw_virtual_study

__all__ = [
    "StudyPlan",
    "VirtualStudy",
    "available_workers",
    "draw_virtual_study",
    "has_shipped_models",
    "plan_text",
    "read_plan",
    "true_effects",
    "with_choices",
    "write_virtual_study",
]
