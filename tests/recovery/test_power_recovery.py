"""The patients that a design is said to need reach the power that was asked for, in new cohorts."""

import math

import pytest

from macroimmune.simulator.plan import OutcomesPlan
from macroimmune.simulator.power import PowerDesign, course_of_plan, power_rows, share_rejected
from macroimmune.statistics import participants_needed, power_at

COHORTS = 3000
PFS = course_of_plan(OutcomesPlan(), "pfs")
OS = course_of_plan(OutcomesPlan(), "os")
DESIGNS = {
    "os": PowerDesign("os", "prognostic", OS),
    "os, few events": PowerDesign("os", "prognostic", 0.25),
    "pfs, half of it error": PowerDesign("pfs", "prognostic", PFS, reliability=0.5),
    "os, a third undetected": PowerDesign("os", "prognostic", 0.6, undetected=1 / 3),
    "os, all troubles": PowerDesign("os", "prognostic", 0.5, reliability=0.7, undetected=0.2,
                                    tests=10),
    "response": PowerDesign("response", "prognostic", 0.3),
    "response, error": PowerDesign("response", "prognostic", 0.2, reliability=0.6),
    "predictive": PowerDesign("os", "predictive", 0.6),
    "predictive, two to one": PowerDesign("pfs", "predictive", PFS, treated_share=2 / 3,
                                          treatment_ratio=0.7, reliability=0.8),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("ratio", "power"), [(1.3, 0.8), (1 / 1.6, 0.5), (1 / 1.6, 0.9)])
@pytest.mark.parametrize("name", DESIGNS)
def test_the_number_that_is_stated_reaches_its_power(name, ratio, power):
    design, effect = DESIGNS[name], math.log(ratio)
    (row,) = power_rows(design, effect, (power,), cohorts=COHORTS, seed=5)
    patients = row["patients_by_simulation"]
    # Cohorts that had no part in finding the number.
    found = share_rejected(design, effect, patients, cohorts=COHORTS, seed=77)
    # The number carries an error of the first simulation, these cohorts one of their own; one
    # patient more or less moves the power too.
    chance = math.sqrt(2 * power * (1 - power) / COHORTS)
    assert found == pytest.approx(power, abs=3.5 * chance + 1.5 / patients)


@pytest.mark.slow
@pytest.mark.parametrize("name", DESIGNS)
def test_where_there_is_no_effect_the_power_is_alpha(name):
    design = DESIGNS[name]
    found = share_rejected(design, 0.0, 300, cohorts=COHORTS, seed=9)
    alpha = design.alpha_of_each
    # A Wald test of 300 patients keeps its level to about a tenth; beyond that only chance.
    assert found == pytest.approx(alpha, abs=4 * math.sqrt(alpha / COHORTS) + 0.1 * alpha)


@pytest.mark.slow
@pytest.mark.parametrize("name", DESIGNS)
def test_the_formula_is_near_for_moderate_effects(name):
    design, effect = DESIGNS[name], math.log(1.25)
    information = design.information(effect)
    needed = participants_needed(effect, information, alpha=design.alpha_of_each)
    found = share_rejected(design, effect, math.ceil(needed), cohorts=2 * COHORTS, seed=13)
    assert power_at(effect, information, needed, design.alpha_of_each) == pytest.approx(
        0.8, abs=1e-3
    )
    assert found == pytest.approx(0.8, abs=0.03)


@pytest.mark.slow
def test_the_covariates_that_are_adjusted_for_cost_what_the_formula_says():
    design = PowerDesign("os", "prognostic", 0.6, reliability=0.7, adjusted_r2=0.4)
    effect = math.log(1.35)
    needed = math.ceil(participants_needed(effect, design.information(effect)))
    found = share_rejected(design, effect, needed, cohorts=3000, seed=3)
    assert found == pytest.approx(0.8, abs=0.04)
    # The rule of the variance inflation alone would ask for fewer, and miss.
    naive = needed * (1 - 0.7 * 0.4) ** -1 * (1 - 0.4)
    assert share_rejected(design, effect, math.ceil(naive), cohorts=3000, seed=3) < 0.77
