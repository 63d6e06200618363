"""The plan of a virtual study: settings with their ranges, read from TOML and written back."""

from macroimmune.simulator.plan.assays_plan import FunctionalAssaysPlan, ScoresPlan
from macroimmune.simulator.plan.checking import checked_plan
from macroimmune.simulator.plan.chromatin_plan import ChromatinPlan
from macroimmune.simulator.plan.clinic_plan import ClinicPlan
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan
from macroimmune.simulator.plan.expression_plan import ExpressionPlan
from macroimmune.simulator.plan.mechanism_plan import MechanismPlan
from macroimmune.simulator.plan.microbiome_plan import MicrobiomePlan
from macroimmune.simulator.plan.outcomes_plan import ArmPlan, EffectPlan, OutcomesPlan
from macroimmune.simulator.plan.overriding import RAW_KINDS, with_choices
from macroimmune.simulator.plan.repertoires_plan import RepertoiresPlan
from macroimmune.simulator.plan.samples_plan import SamplesPlan
from macroimmune.simulator.plan.study_plan import StudyPlan, plan_text, read_plan
from macroimmune.simulator.plan.tables_plan import (
    BloodCountsPlan,
    MedicationsPlan,
    PopulationsPlan,
    ProteinsPlan,
    VisitPlan,
)
from macroimmune.simulator.plan.tumour_plan import TumourPlan

__all__ = [
    "RAW_KINDS",
    "ArmPlan",
    "BloodCountsPlan",
    "ChromatinPlan",
    "ClinicPlan",
    "CytometryPlan",
    "EffectPlan",
    "ExpressionPlan",
    "FunctionalAssaysPlan",
    "MedicationsPlan",
    "MechanismPlan",
    "MicrobiomePlan",
    "OutcomesPlan",
    "PopulationsPlan",
    "ProteinsPlan",
    "RepertoiresPlan",
    "SamplesPlan",
    "ScoresPlan",
    "StudyPlan",
    "TumourPlan",
    "VisitPlan",
    "checked_plan",
    "plan_text",
    "read_plan",
    "with_choices",
]
