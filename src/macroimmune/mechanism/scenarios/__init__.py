"""Scenarios: hosts, tumours and interventions, read from TOML and run on the model."""

from macroimmune.mechanism.scenarios.actions import scenario_actions, scenario_values
from macroimmune.mechanism.scenarios.checking import checked_scenario, scenario_problems
from macroimmune.mechanism.scenarios.dosing import dose_days, implantation_day, start_day
from macroimmune.mechanism.scenarios.interventions import InterventionKind, interventions
from macroimmune.mechanism.scenarios.observables import (
    Observable,
    Observables,
    observables,
    read_observables,
)
from macroimmune.mechanism.scenarios.observing import observable_columns, observe
from macroimmune.mechanism.scenarios.reading import (
    find_scenario,
    read_scenario,
    ready_scenarios,
)
from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario
from macroimmune.mechanism.scenarios.running import (
    ScenarioRun,
    course_frame,
    report_days,
    run_scenario,
)
from macroimmune.mechanism.scenarios.saving import save_scenario_run
from macroimmune.mechanism.scenarios.species import SpeciesScale, species_scales
from macroimmune.mechanism.scenarios.summary import (
    CompartmentSummary,
    SummaryRow,
    compartment_summary,
    quantity_course,
)
from macroimmune.mechanism.scenarios.tidy import tidy_course
from macroimmune.mechanism.scenarios.tumours import TumourProfile, tumours
from macroimmune.mechanism.scenarios.writing import scenario_text

__all__ = [
    "TUMOUR_FREE",
    "CompartmentSummary",
    "Intervention",
    "InterventionKind",
    "Observable",
    "Observables",
    "Scenario",
    "ScenarioRun",
    "SpeciesScale",
    "SummaryRow",
    "TumourProfile",
    "checked_scenario",
    "compartment_summary",
    "course_frame",
    "dose_days",
    "find_scenario",
    "implantation_day",
    "interventions",
    "observable_columns",
    "observables",
    "observe",
    "quantity_course",
    "read_observables",
    "read_scenario",
    "ready_scenarios",
    "report_days",
    "run_scenario",
    "save_scenario_run",
    "scenario_actions",
    "scenario_problems",
    "scenario_text",
    "scenario_values",
    "species_scales",
    "start_day",
    "tidy_course",
    "tumours",
]
