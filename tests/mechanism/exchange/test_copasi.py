"""A second solver with its own reader of SBML: COPASI (LSODA) beside ours (CVODE)."""

import locale
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


@pytest.fixture(scope="module")
def theirs(dosed: PlannedRun) -> Course:
    before = locale.setlocale(locale.LC_ALL)
    theirs = copasi_course(dosed)
    assert locale.setlocale(locale.LC_ALL) == before
    return theirs


def states_of(course: Course) -> Course:
    """Leave out what is computed from states: differences of equal numbers are noise alone."""
    states = Engine().states
    kept = [place for place, name in enumerate(course.columns) if name in states]
    columns = tuple(course.columns[place] for place in kept)
    return replace(course, values=course.values[:, kept], columns=columns)


def assert_both_agree(ours: Course, theirs: Course) -> None:
    assert ours.status == theirs.status == ""
    difference, column, day = largest_difference(states_of(ours), states_of(theirs))
    assert difference < AGREED, f"{column} on day {day:g}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ready_scenarios())
def test_both_solvers_agree_on_a_ready_scenario(name: str, engine: Engine) -> None:
    planned = planned_scenario(ready_scenarios()[name], engine)
    assert_both_agree(planned.course(engine), copasi_course(planned))


def test_both_solvers_agree_on_doses_and_removals(
    dosed: PlannedRun, theirs: Course, engine: Engine
) -> None:
    assert_both_agree(dosed.course(engine), theirs)


def test_a_changed_parameter_is_seen_by_the_comparison(
    dosed: PlannedRun, theirs: Course, engine: Engine
) -> None:
    other = replace(dosed, values={**dosed.values, "more_GCSF": 3.003})
    difference, _, _ = largest_difference(other.course(engine), theirs)
    assert difference > AGREED


def course(values: list[list[float]], *columns: str) -> Course:
    return Course(np.arange(float(len(values))), np.array(values), columns, "")


def test_the_largest_difference_is_relative_and_names_its_place() -> None:
    ours = course([[1.0, 10.0], [1.0, 11.0]], "a", "b")
    other = course([[10.0, 1.0], [10.0, 1.0]], "b", "a")
    assert largest_difference(ours, other) == (pytest.approx(0.1), "b", 1.0)


def test_what_has_all_but_vanished_is_held_against_what_it_was() -> None:
    ours = course([[1e3], [2e-6]], "a")
    other = course([[1e3], [1e-6]], "a")
    assert largest_difference(ours, other) == (pytest.approx(1e-3), "a", 1.0)


def test_what_never_reaches_a_hundred_cells_is_held_against_these() -> None:
    assert largest_difference(course([[2e-10]], "a"), course([[1e-10]], "a"))[0] == (
        pytest.approx(1e-3)
    )


def test_columns_of_zeros_agree() -> None:
    assert largest_difference(course([[0.0]], "a"), course([[0.0]], "a"))[0] == 0.0


def test_courses_of_other_columns_or_days_are_not_compared() -> None:
    with pytest.raises(InputError, match="lacks a"):
        largest_difference(course([[1.0]], "a"), course([[1.0]], "b"))
    with pytest.raises(InputError, match="other days"):
        largest_difference(course([[1.0]], "a"), course([[1.0], [1.0]], "a"))
