"""How many patients show the effect of a marker: by formula, and by simulated cohorts."""

from macroimmune.simulator.power.cohorts import share_rejected
from macroimmune.simulator.power.course import Course, course_of_plan, course_with_events
from macroimmune.simulator.power.design import POWER_ENDPOINTS, PowerDesign, log_ratio_per_sd
from macroimmune.simulator.power.table import POWER_COLUMNS, power_rows

__all__ = [
    "POWER_COLUMNS",
    "POWER_ENDPOINTS",
    "Course",
    "PowerDesign",
    "course_of_plan",
    "course_with_events",
    "log_ratio_per_sd",
    "power_rows",
    "share_rejected",
]
