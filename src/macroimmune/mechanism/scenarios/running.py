"""Runs of scenarios: the course of every column of the model, and why a run ended early."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import Course, Engine, parameters
from macroimmune.mechanism.scenarios.actions import scenario_actions, scenario_values
from macroimmune.mechanism.scenarios.checking import checked_scenario
from macroimmune.mechanism.scenarios.dosing import start_day
from macroimmune.mechanism.scenarios.observing import observe
from macroimmune.mechanism.scenarios.records import Scenario

__all__ = ["ScenarioRun", "course_frame", "report_days", "run_scenario"]


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """One run of one scenario.

    Parameters
    ----------
    scenario : Scenario
    course : polars.DataFrame
        `day` and every column of the model, a row per reported day that was reached; never a
        missing value.
    observed : polars.DataFrame
        `day` and the observables that were asked for, named `name in compartment`; null on a day
        on which one has no value.
    values : mapping of str to float
        Parameters that differed from the table when the run began.
    populations : tuple of str
        Columns of the course that are states of the model; the others are signals.
    status : str
        Empty, or why the run ended early.
    """

    scenario: Scenario
    course: pl.DataFrame
    observed: pl.DataFrame
    values: Mapping[str, float]
    populations: tuple[str, ...]
    status: str


def report_days(scenario: Scenario) -> list[float]:
    """Return the days that are reported: the first, every whole day, the last.

    Examples
    --------
    >>> report_days(Scenario("x", settle_days=1.5, days=2))
    [-1.5, -1.0, 0.0, 1.0, 2.0]
    """
    first, last = start_day(scenario), float(scenario.days)
    whole = (float(day) for day in range(ceil(first), floor(last) + 1))
    return sorted({first, *whole, last})


def run_scenario(
    scenario: Scenario,
    *,
    values: Mapping[str, float] | None = None,
    observables: Iterable[tuple[str, str]] | None = (),
    days: Sequence[float] | None = None,
    engine: Engine | None = None,
    columns: Sequence[str] | None = None,
    stop: Callable[[Course], str] | None = None,
) -> ScenarioRun:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
    values : mapping of str to float, optional
        Parameters of any role by name, such as a draw of the immune parameters or a patient's
        own; they win over species, profile and scenario.
    observables : iterable of (compartment, name), optional
        To compute of the course; None is all.
    days : sequence of float, optional
        Days to report, rising, if not every whole day; the first day of the run is always there.
    engine : Engine, optional
        Its tolerances; else the usual ones.
    columns : sequence of str, optional
        Columns of the course, if not all; among them those that the observables need
        (`observable_columns`).
    stop : callable, optional
        Ends the run early, as `Engine.run` says.

    Raises
    ------
    InputError
        If the scenario has a fault, a value names no parameter or is not finite, an observable is
        unknown, or the model lacks what an intervention acts on.

    Notes
    -----
    Convention: counts in the course are on the scale of an adult human, whatever the species;
    `tidy_course` prints those of the species.
    """
    checked_scenario(scenario)
    given = scenario_values(scenario, _checked_values(values or {}))
    running = Engine() if engine is None else engine
    actions = scenario_actions(scenario, given, running.states)
    wanted = report_days(scenario) if days is None else _wanted(scenario, days)
    course = running.run(given, actions, wanted, columns, stop)
    frame = course_frame(course)
    return ScenarioRun(
        scenario=scenario,
        course=frame,
        observed=observe(frame, observables, values=given),
        values=given,
        populations=running.populations,
        status=course.status,
    )


def course_frame(course: Course) -> pl.DataFrame:
    """Return `day` and the columns of a course, a row per day."""
    names = ("day", *course.columns)
    return pl.DataFrame(dict(zip(names, (course.days, *course.values.T), strict=True)))


def _checked_values(values: Mapping[str, float]) -> Mapping[str, float]:
    table = parameters()
    problems = [
        f"parameter {name!r} is unknown. {did_you_mean(name, table)}"
        for name in values
        if name not in table
    ] + [
        f"parameter {name} = {value}: not a number"
        for name, value in values.items()
        if not np.isfinite(value)
    ]
    if problems:
        raise InputError("; ".join(problems))
    return values


def _wanted(scenario: Scenario, days: Iterable[float]) -> list[float]:
    first, last = start_day(scenario), float(scenario.days)
    asked = [float(day) for day in days]
    outside = [day for day in asked if not first <= day <= last]
    if outside:
        msg = (
            f"{scenario.name}: day {outside[0]:g} is asked for, outside the run from day "
            f"{first:g} to day {last:g}"
        )
        raise InputError(msg)
    return sorted({first, *asked, last})
