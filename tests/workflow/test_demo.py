"""The plan of the demo."""

import dataclasses

from macroimmune.simulator import StudyPlan
from macroimmune.simulator.plan import RAW_KINDS
from macroimmune.simulator.truth import relevant_key
from macroimmune.workflow import demo


def test_the_demo_has_every_kind_of_raw_file_of_a_few_patients():
    plan = demo.demo_plan(300, 7)
    assert (plan.patients, plan.seed) == (300, 7)
    for kind in RAW_KINDS:
        section = getattr(plan, kind)
        assert section.is_written, kind
        assert section.participants <= 60, kind


def test_without_h5py_there_is_no_single_cell_rna(monkeypatch):
    monkeypatch.setattr(demo, "find_spec", lambda _name: None)
    plan = demo.demo_plan(300, 7)
    assert [kind for kind in RAW_KINDS if not getattr(plan, kind).is_written] == ["expression"]


def test_the_demo_has_the_effects_of_the_default_plan():
    assert relevant_key(demo.demo_plan(60, 3)) == relevant_key(StudyPlan())


def test_another_number_of_patients_changes_nothing_else():
    few, many = demo.demo_plan(60, 7), demo.demo_plan(300, 7)
    assert dataclasses.replace(few, patients=300) == many
