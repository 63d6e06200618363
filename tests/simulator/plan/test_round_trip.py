"""What is written of a plan is read back equal, whatever its settings are."""

import dataclasses
import importlib.util
import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from macroimmune.simulator.plan import StudyPlan, plan_text, read_plan
from macroimmune.simulator.plan.reading import read_section
from macroimmune.simulator.plan.setting import settings_of
from macroimmune.simulator.plan.writing import section_text

_spec = importlib.util.spec_from_file_location(
    "chance_plans", Path(__file__).with_name("conftest.py")
)
chance = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(chance)


def section_kinds(kind):
    """Yield a section class and all below it."""
    yield kind
    for hint in get_type_hints(kind).values():
        for part in (hint, *get_args(hint)):
            if isinstance(part, type) and dataclasses.is_dataclass(part):
                yield from section_kinds(part)


SECTIONS = {kind.__name__: kind for kind in section_kinds(StudyPlan) if kind is not StudyPlan}


def read_back(section):
    problems = []
    read = read_section(type(section), tomllib.loads(section_text(section)), "plan", problems)
    assert problems == []
    return read


@pytest.mark.parametrize("name", SECTIONS)
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(data=st.data())
def test_every_section_is_read_back_equal(name, data):
    section = data.draw(chance.sections(SECTIONS[name]))
    assert read_back(section) == section


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(data=st.data())
def test_every_plan_is_read_back_equal(data):
    drawn = {
        name: data.draw(chance.sections(hint))
        for name, hint in get_type_hints(StudyPlan).items()
        if dataclasses.is_dataclass(hint)
    }
    plan = StudyPlan(
        name=data.draw(chance.TEXTS),
        seed=data.draw(st.integers(0, 2**63 - 1)),
        patients=data.draw(st.integers(1, 1_000_000)),
        effects=(),
        **drawn,
    )
    assert read_back(plan) == plan


def test_the_default_plan_is_read_back_from_its_file(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(StudyPlan()), encoding="utf-8")
    assert read_plan(path) == StudyPlan()


def test_every_setting_stands_in_the_text_with_its_meaning():
    text = plan_text(StudyPlan())
    for kind in (StudyPlan, *SECTIONS.values()):
        for known in settings_of(kind).values():
            assert known.meaning in text, (kind.__name__, known.meaning)
            assert known.unit in text


def test_an_empty_file_is_the_default_plan(tmp_path):
    (tmp_path / "plan.toml").write_text("", encoding="utf-8")
    assert read_plan(tmp_path / "plan.toml") == StudyPlan()
