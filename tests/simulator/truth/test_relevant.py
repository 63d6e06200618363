"""The key changes with everything that the truth depends on, and with nothing else."""

import dataclasses

import pytest

from macroimmune.simulator.plan import ArmPlan, EffectPlan, OutcomesPlan, StudyPlan, VisitPlan
from macroimmune.simulator.truth import relevant_key

PLAN = StudyPlan()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"patients": 5, "healthy": 7},
        {"visits": (VisitPlan("only"),)},
        {"outcomes": OutcomesPlan(complete_response=0.9, cancer_death=0.2, treatment_death=0.5)},
        {"is_randomised": False},
    ],
)
def test_what_is_only_measured_or_recorded_does_not_matter(change):
    assert relevant_key(dataclasses.replace(PLAN, **change)) == relevant_key(PLAN)


@pytest.mark.parametrize(
    "change",
    [
        {"effects": (EffectPlan("nlr", 1.3, 1.0),)},
        {"outcomes": OutcomesPlan(os_median_months=12.0)},
        {"outcomes": OutcomesPlan(disease="adjuvant")},
        {"arms": (ArmPlan(), ArmPlan("other"))},
        {"truth_patients": 5000},
    ],
)
def test_effects_outcomes_arms_and_numbers_matter(change):
    assert relevant_key(dataclasses.replace(PLAN, **change)) != relevant_key(PLAN)
