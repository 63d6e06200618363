"""A second solver with its own reader of SBML: COPASI (LSODA) beside ours (CVODE)."""

from dataclasses import replace

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.exchange import (
    PlannedRun,
    copasi_course,
    largest_difference,
    planned_scenario,
)
from macroimmune.mechanism.model import Course, Engine
from macroimmune.mechanism.scenarios import ready_scenarios

AGREED = 1e-4


def assert_both_agree(planned: PlannedRun, engine: Engine) -> None:
    ours, theirs = planned.course(engine), copasi_course(planned)
    assert ours.status == theirs.status == ""
    difference, column, day = largest_difference(ours, theirs)
    assert difference < AGREED, f"{column} on day {day:g}"


@pytest.mark.parametrize("name", ["healthy_mouse", "mouse_tumour"])
def test_both_solvers_agree_on_a_ready_scenario(name: str, engine: Engine) -> None:
    assert_both_agree(planned_scenario(ready_scenarios()[name], engine), engine)


def test_both_solvers_agree_on_doses_and_removals(dosed: PlannedRun, engine: Engine) -> None:
    assert_both_agree(dosed, engine)


def test_a_changed_parameter_is_seen_by_the_comparison(dosed: PlannedRun, engine: Engine) -> None:
    other = replace(dosed, values={**dosed.values, "more_GCSF": 3.003})
    difference, _, _ = largest_difference(dosed.course(engine), copasi_course(other))
    assert difference > AGREED


def course(values: list[list[float]], *columns: str) -> Course:
    return Course(np.arange(float(len(values))), np.array(values), columns, "")


def test_the_largest_difference_is_relative_and_names_its_place() -> None:
    ours = course([[1.0, 10.0], [1.0, 11.0]], "a", "b")
    other = course([[10.0, 1.0], [10.0, 1.0]], "b", "a")
    assert largest_difference(ours, other) == (pytest.approx(0.1), "b", 1.0)


def test_what_has_all_but_vanished_is_held_against_what_it_was() -> None:
    ours = course([[1.0], [2e-9]], "a")
    other = course([[1.0], [1e-9]], "a")
    assert largest_difference(ours, other) == (pytest.approx(1e-3), "a", 1.0)


def test_columns_of_zeros_agree() -> None:
    assert largest_difference(course([[0.0]], "a"), course([[0.0]], "a"))[0] == 0.0


def test_courses_of_other_columns_or_days_are_not_compared() -> None:
    with pytest.raises(InputError, match="lacks a"):
        largest_difference(course([[1.0]], "a"), course([[1.0]], "b"))
    with pytest.raises(InputError, match="other days"):
        largest_difference(course([[1.0]], "a"), course([[1.0], [1.0]], "a"))
