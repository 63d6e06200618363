"""Pictures and pages of the mechanistic model of systemic immunity."""

from macroimmune.report.mechanism.calibration import compared_targets
from macroimmune.report.mechanism.chosen_scenarios import chosen_scenario, model_page, model_run
from macroimmune.report.mechanism.claims_page import write_claims_page
from macroimmune.report.mechanism.dose_response_figure import DoseResponse
from macroimmune.report.mechanism.model_run import Dose, ModelRun
from macroimmune.report.mechanism.model_section import model_section
from macroimmune.report.mechanism.quantities import quantity_words
from macroimmune.report.mechanism.scenarios_page import MOST_SCENARIOS, write_scenarios_page
from macroimmune.report.mechanism.target_figure import ComparedTarget

__all__ = [
    "MOST_SCENARIOS",
    "ComparedTarget",
    "Dose",
    "DoseResponse",
    "ModelRun",
    "chosen_scenario",
    "compared_targets",
    "model_page",
    "model_run",
    "model_section",
    "quantity_words",
    "write_claims_page",
    "write_scenarios_page",
]
