"""Virtual patients: how they differ, which are like people, and how they fare."""

from macroimmune.mechanism.virtual_patients.cohort_frame import cohort_frame
from macroimmune.mechanism.virtual_patients.cohort_patients import CohortPatients, run_patients
from macroimmune.mechanism.virtual_patients.cohort_plan import (
    ALLOCATIONS,
    BASELINE_DAY,
    CohortArm,
    CohortPlan,
)
from macroimmune.mechanism.virtual_patients.cohort_run import run_cohort
from macroimmune.mechanism.virtual_patients.draw_patients import DESIGNS, draw_patients
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.mechanism.virtual_patients.patient_outcome import (
    Chance,
    PatientOutcome,
    patient_outcome,
)
from macroimmune.mechanism.virtual_patients.physiological_ranges import (
    PhysiologicalRange,
    out_of_range,
    physiological_ranges,
)
from macroimmune.mechanism.virtual_patients.plan_reading import find_scenario, read_cohort_plan
from macroimmune.mechanism.virtual_patients.population_weights import (
    PopulationWeights,
    Target,
    population_weights,
)
from macroimmune.mechanism.virtual_patients.recist import ScanReading, read_scans
from macroimmune.mechanism.virtual_patients.sum_of_diameters import lesion_diameter_mm
from macroimmune.mechanism.virtual_patients.time_of_death import day_of_death
from macroimmune.mechanism.virtual_patients.variation import Variation, variation

__all__ = [
    "ALLOCATIONS",
    "BASELINE_DAY",
    "DESIGNS",
    "Chance",
    "CohortArm",
    "CohortPatients",
    "CohortPlan",
    "OutcomeRules",
    "PatientOutcome",
    "PhysiologicalRange",
    "PopulationWeights",
    "ScanReading",
    "Target",
    "Variation",
    "cohort_frame",
    "day_of_death",
    "draw_patients",
    "find_scenario",
    "lesion_diameter_mm",
    "out_of_range",
    "patient_outcome",
    "physiological_ranges",
    "population_weights",
    "read_cohort_plan",
    "read_scans",
    "run_cohort",
    "run_patients",
    "variation",
]
