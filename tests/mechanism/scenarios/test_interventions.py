"""The catalogue holds only what the model has, within its ranges."""

from fnmatch import fnmatchcase

import pytest

from macroimmune.mechanism.model import Engine, parameters
from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    interventions,
    ready_scenarios,
    run_scenario,
    scenario_problems,
    species_scales,
    tumours,
)
from macroimmune.mechanism.scenarios.interventions import ALL_KINDS, CLAMP, OPERATIONS

KINDS = [kind for kinds in interventions().values() for kind in kinds.values()]
# Inputs of these roles alone may differ between scenarios.
INPUT_ROLES = {"host", "tumour", "drug"}


def test_every_effect_acts_on_what_the_model_has() -> None:
    populations = Engine().populations
    absent = set()
    for kind in KINDS:
        for effect in kind.effects:
            if effect.operation == "add":
                there = effect.quantity in populations
            elif effect.operation == "remove":
                there = any(fnmatchcase(name, effect.quantity) for name in populations)
            else:
                there = kind.name == CLAMP or effect.quantity in parameters()
            if not there:
                absent.add((kind.name, effect.quantity))
    assert absent == set(), "what the catalogue acts on and the model lacks"


def test_effects_only_set_inputs_within_their_range() -> None:
    for kind in KINDS:
        for effect in kind.effects:
            assert effect.operation in OPERATIONS, kind.name
            if effect.operation.startswith("set") and kind.name != CLAMP:
                parameter = parameters()[effect.quantity]
                dose = 1.0 if effect.operation == "set" else kind.dose
                assert parameter.role in INPUT_ROLES, (kind.name, effect.quantity)
                assert parameter.low <= effect.amount * dose <= parameter.high, effect.quantity


def test_every_kind_has_effects_that_are_its_own_once() -> None:
    for kind in KINDS:
        keys = [(e.compartment, e.quantity) for e in kind.effects]
        assert kind.effects, (kind.name, kind.kind)
        assert len(set(keys)) == len(keys), (kind.name, kind.kind)
        assert kind.kind != ALL_KINDS
        assert kind.source, kind.name
        assert kind.meaning, kind.name
        assert kind.unit, kind.name


def test_classes_of_chemotherapy_set_the_same_effects() -> None:
    kinds = interventions()["chemotherapy"].values()
    drug = {p.name for p in parameters().values() if p.role == "drug"}
    for kind in kinds:
        held = {e.quantity for e in kind.effects if e.operation == "set"}
        assert held == drug, kind.kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.name} {kind.kind}".strip())
def test_the_usual_dose_of_everything_can_be_run(kind) -> None:
    is_clamp = kind.name == CLAMP
    for compartment in kind.compartments:
        given = Intervention(
            kind.name,
            kind="more_GCSF" if is_clamp else kind.kind,
            dose=1.0 if is_clamp else None,
            compartment=compartment or None,
        )
        scenario = Scenario(
            "x", tumour="generic", tumour_days=8, settle_days=0, days=6, interventions=(given,)
        )
        run = run_scenario(scenario, days=[0, 3])
        assert run.status == ""
        assert run.course["day"].to_list() == [-8.0, 0.0, 3.0, 6.0]


@pytest.mark.parametrize("name", tumours())
def test_a_tumour_profile_sets_inputs_of_tumours_within_their_range(name: str) -> None:
    profile = tumours()[name]
    assert profile.implanted > 0
    assert profile.source
    inputs = dict(profile.inputs)
    assert scenario_problems(Scenario("x", tumour=name, tumour_inputs=inputs)) == []
    for scale in species_scales().values():
        growth = inputs.get("growth_Tum", parameters()["growth_Tum"].value) * scale.tumour_pace
        assert parameters()["growth_Tum"].low <= growth <= parameters()["growth_Tum"].high


@pytest.mark.parametrize("name", ready_scenarios())
def test_a_ready_scenario_runs_to_its_end(name: str) -> None:
    scenario = ready_scenarios()[name]
    run = run_scenario(scenario)
    assert run.status == ""
    assert run.course["day"][-1] == scenario.days
    assert scenario.meaning
