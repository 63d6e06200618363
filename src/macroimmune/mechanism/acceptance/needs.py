"""What is needed of runs: courses of observables, each run done once however many ask for it."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import EstimationError, InputError
from macroimmune.mechanism.acceptance.read_from_clones import is_clonal
from macroimmune.mechanism.acceptance.schedules import within_run
from macroimmune.mechanism.model import Engine
from macroimmune.mechanism.scenarios import (
    Scenario,
    observable_columns,
    observe,
    run_scenario,
)
from macroimmune.mechanism.scenarios.actions import scenario_values

__all__ = [
    "BURDEN",
    "Courses",
    "Need",
    "NotEvaluatedError",
    "flat_needs",
    "needed_run",
    "refusal",
    "run_needs",
    "scenarios_of",
]

# Of the whole host: compartment and name of the observable.
BURDEN = ("tumour", "tumour burden")
_NAME = "claim"
# Courses then differ by up to 0.1 % from those at the usual tolerance (30 patients of the cohort),
# far below the limits of the rules, in two thirds of the time.
_TOLERANCE = 1e-5


class NotEvaluatedError(EstimationError):
    """What a claim needs cannot be computed; says why."""


@dataclass(frozen=True)
class Need:
    """The course of one observable over some days of a run.

    Parameters
    ----------
    scenario : Scenario
        Its name and length do not matter.
    compartment, observable : str
    first, last : float, days
        Every whole day between them, and both.
    """

    scenario: Scenario
    compartment: str
    observable: str
    first: float
    last: float

    def __hash__(self) -> int:
        """Return the same number for equal needs, another for other patients of a cohort."""
        return self._hash

    def __getstate__(self) -> dict[str, object]:
        """Return the fields alone: another process numbers words differently."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @cached_property
    def _hash(self) -> int:
        return hash((_content(self.scenario), self.compartment, self.observable, self.last))

    @property
    def days(self) -> list[float]:
        """Return the days that are asked for."""
        whole = range(int(np.ceil(self.first)), int(np.floor(self.last)) + 1)
        return sorted({self.first, self.last, *map(float, whole)})


# A course, or why there is none.
Courses = Mapping[Need, NDArray[np.float64] | str]


def _content(scenario: Scenario) -> tuple[object, ...]:
    """Return what sets a run apart."""
    return (
        scenario.species,
        scenario.tumour,
        scenario.tumour_days,
        tuple(sorted(scenario.host.items())),
        tuple(sorted(scenario.tumour_inputs.items())),
        scenario.interventions,
    )


def scenarios_of(needs: Iterable[Need]) -> list[tuple[Scenario, list[Need]]]:
    """Return the runs that are needed, each once, with what is needed of it.

    Parameters
    ----------
    needs : iterable of Need
        Each once.

    Returns
    -------
    runs : list of (Scenario, list of Need)
        Runs that differ in name or length alone are one; what is read from clones has a run of its
        own.
    """
    found: dict[tuple[object, ...], tuple[Scenario, list[Need]]] = {}
    for need in needs:
        key = (is_clonal(need.observable), *_content(need.scenario))
        found.setdefault(key, (need.scenario, []))[1].append(need)
    return list(found.values())


@cache
def _engine() -> Engine:
    return Engine(_TOLERANCE)


def run_needs(
    scenario: Scenario, needs: Sequence[Need], values: Mapping[str, float]
) -> list[NDArray[np.float64] | str]:
    """Return the courses that are needed of one run, or why there are none.

    Parameters
    ----------
    scenario : Scenario
    needs : sequence of Need
    values : mapping of str to float
        Parameters of the immune system that differ from the table, such as those of a draw.
    """
    whole = needed_run(scenario, needs)
    days = sorted({day for need in needs for day in need.days})
    try:
        keys = dict.fromkeys((need.compartment, need.observable) for need in needs)
        columns = observable_columns(keys, _engine().columns)
        run = run_scenario(whole, values=values, days=days, engine=_engine(), columns=columns)
    except InputError as error:
        return [refusal(error)] * len(needs)
    inputs = scenario_values(whole, values)
    observed = _observed(run.course, needs, inputs)
    return [_course(observed[need], need, run.status) for need in needs]


def flat_needs(
    by_tumour: Mapping[str, Sequence[tuple[tuple[Need, ...], ...]]],
) -> tuple[Need, ...]:
    """Return all needs of runs that are kept by tumour, then by run or patient, in order."""
    return tuple(
        need for runs in by_tumour.values() for run in runs for part in run for need in part
    )


def needed_run(scenario: Scenario, needs: Sequence[Need]) -> Scenario:
    """Return a scenario that is as long as needs ask for."""
    last = max(1.0, *(need.last for need in needs))
    given = (within_run(one, last) for one in scenario.interventions)
    return dataclasses.replace(
        scenario,
        name=_NAME,
        days=last,
        interventions=tuple(one for one in given if one is not None),
    )


def refusal(error: InputError) -> str:
    """Return in words that a scenario cannot be run."""
    return f"the scenario cannot be run: {_first_sentence(error)}"


def _first_sentence(error: InputError) -> str:
    """Return what is wrong, without advice for who writes a scenario."""
    return str(error).removeprefix(f"{_NAME}: ").partition(". ")[0]


def _observed(
    course: pl.DataFrame, needs: Sequence[Need], values: Mapping[str, float]
) -> dict[Need, pl.DataFrame | str]:
    """Return day and observable of each need; where one cannot be computed, the others can."""
    keys = list(dict.fromkeys((need.compartment, need.observable) for need in needs))
    try:
        frame = observe(course, keys, values=values)
        return {n: frame.select("day", f"{n.observable} in {n.compartment}") for n in needs}
    except InputError as error:
        if len(needs) == 1:
            return {needs[0]: _first_sentence(error)}
        return {need: _observed(course, [need], values)[need] for need in needs}


def _course(observed: pl.DataFrame | str, need: Need, status: str) -> NDArray[np.float64] | str:
    if isinstance(observed, str):
        return observed
    found = observed.filter(pl.col("day").is_in(need.days))
    if found.height < len(need.days):
        return status or f"the run has not all days from {need.first:g} to {need.last:g}"
    column = found[found.columns[1]]
    if column.null_count():
        return f"{need.observable} in {need.compartment} is no number on some day"
    return column.to_numpy()
