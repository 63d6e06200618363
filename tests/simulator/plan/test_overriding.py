"""Choices of the command line in the place of those of a plan."""

import dataclasses

import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import (
    RAW_KINDS,
    ArmPlan,
    StudyPlan,
    checked_plan,
    with_choices,
)


def test_nothing_chosen_is_the_plan_as_it_was():
    assert with_choices(StudyPlan()) == StudyPlan()


def test_numbers_replace_those_of_the_plan_zero_included():
    plan = with_choices(StudyPlan(healthy=5), patients=7, healthy=0, seed=0)
    assert (plan.patients, plan.healthy, plan.seed) == (7, 0, 0)


def test_a_known_arm_keeps_its_settings_and_a_new_one_has_the_defaults():
    plan = StudyPlan(arms=(ArmPlan("a"), ArmPlan("b", hazard_ratio=0.5)))
    chosen = with_choices(plan, arms=["b", "c"])
    assert chosen.arms == (ArmPlan("b", hazard_ratio=0.5), ArmPlan("c"))


def test_kinds_of_raw_files_are_added_to_those_of_the_plan():
    plan = with_choices(StudyPlan(), written=["cytometry"])
    both = with_choices(plan, written=["microbiome"])
    assert [kind for kind in RAW_KINDS if getattr(both, kind).is_written] == [
        "cytometry",
        "microbiome",
    ]


def test_every_kind_of_raw_file_has_its_section():
    for kind in RAW_KINDS:
        assert dataclasses.is_dataclass(getattr(StudyPlan(), kind))


def test_a_kind_that_there_is_not_is_told_with_the_nearest_one():
    with pytest.raises(InputError, match=r"'cytometri': no such kind.*'cytometry'\?$"):
        with_choices(StudyPlan(), written=["cytometri"])


def test_arms_that_do_not_fit_together_are_refused():
    with pytest.raises(InputError, match="'a' stands there twice"):
        with_choices(StudyPlan(), arms=["a", "a"])


def test_troubles_are_added_once():
    plan = StudyPlan(troubles=("line-endings",))
    chosen = with_choices(plan, troubles=["reversed-events", "line-endings"])
    assert chosen.troubles == ("line-endings", "reversed-events")


def test_a_plan_made_in_a_program_is_held_to_its_ranges():
    plan = dataclasses.replace(StudyPlan(), patients=0, troubles=("reversed-event",))
    with pytest.raises(InputError) as told:
        checked_plan(plan)
    assert str(told.value) == (
        "plan.patients = 0: outside 1 to 1000000; plan.troubles[1] = 'reversed-event': no such "
        "name. Did you mean 'reversed-events'?"
    )


def test_a_plan_within_its_ranges_is_given_back():
    assert checked_plan(StudyPlan(patients=5)) == StudyPlan(patients=5)
