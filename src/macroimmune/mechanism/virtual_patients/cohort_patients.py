"""Some patients of a cohort: each run in the arms, looked at before treatment, and followed."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.mechanism.model import Course, Engine
from macroimmune.mechanism.scenarios import (
    Scenario,
    course_frame,
    run_scenario,
    scenario_values,
)
from macroimmune.mechanism.virtual_patients.allocation import arms_of
from macroimmune.mechanism.virtual_patients.cohort_plan import BASELINE_DAY, CohortArm, CohortPlan
from macroimmune.mechanism.virtual_patients.draw_patients import PATIENT
from macroimmune.mechanism.virtual_patients.kept_observables import columns_of, kept
from macroimmune.mechanism.virtual_patients.patient_outcome import Chance, patient_outcome
from macroimmune.mechanism.virtual_patients.physiological_ranges import out_of_range
from macroimmune.mechanism.virtual_patients.sum_of_diameters import lesion_diameter_mm

__all__ = ["LESIONS", "CohortPatients", "arm_scenario", "run_patients"]

# Where tumour cells are; each place is one lesion.
LESIONS = ("Tum", "Met_lu", "Dist")
_OUTCOMES = {
    "response": pl.String,
    "baseline_mm": pl.Float64,
    "best_change": pl.Float64,
    "pfs_days": pl.Float64,
    "progressed": pl.Boolean,
    "os_days": pl.Float64,
    "died": pl.Boolean,
    "durable_benefit": pl.Boolean,
}
_CHANCE = 1
# Of the integrator, relative: far below what scans and blood counts can tell.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class CohortPatients:
    """What became of some patients.

    Parameters
    ----------
    patients : polars DataFrame
        `patient`, its inputs, its quantities before treatment, and `status`: empty, or why it is
        left out.
    courses : polars DataFrame
        `patient`, `arm`, `day` and the kept observables, of the patients who are not left out.
    outcomes : polars DataFrame
        `patient`, `arm`, `status` (empty, or why there is no outcome) and the outcome.
    """

    patients: pl.DataFrame
    courses: pl.DataFrame
    outcomes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Course:
    """One patient in one arm from day -1 on: what is kept, cells of each lesion, the status."""

    seen: pl.DataFrame
    days: NDArray[np.float64]
    lesions: NDArray[np.float64]
    status: str


def arm_scenario(plan: CohortPlan, arm: CohortArm) -> Scenario:
    """Return the scenario of an arm."""
    given = (*plan.scenario.interventions, *arm.interventions)
    return dataclasses.replace(plan.scenario, interventions=given)


def run_patients(plan: CohortPlan, drawn: pl.DataFrame) -> CohortPatients:
    """Run some patients of a cohort.

    Parameters
    ----------
    plan : CohortPlan
    drawn : polars DataFrame
        Rows of `draw_patients`.

    Notes
    -----
    Convention: who is left out is decided by the first arm that a patient runs in, from day -1;
    interventions before that day act on it.
    """
    engine = Engine(_TOLERANCE)
    columns = columns_of((*_names(plan), *LESIONS), engine.columns)
    scenarios = {arm.name: arm_scenario(plan, arm) for arm in plan.arms}
    patients: list[dict[str, object]] = []
    courses: list[pl.DataFrame] = []
    outcomes: list[dict[str, object]] = []
    for row in drawn.iter_rows(named=True):
        number = int(row[PATIENT])
        values = {name: value for name, value in row.items() if name != PATIENT}
        for place, arm in enumerate(arms_of(plan, number)):
            given = scenario_values(scenarios[arm], values)
            stop = partial(_stop, plan, given) if place == 0 else None
            course = _run(plan, scenarios[arm], values, engine, columns, stop)
            if place == 0:
                before = _before(plan, course)
                status = _left_out(plan, course, before)
                patients.append({**row, **before, "status": status})
            if status:
                break
            courses.append(_kept_course(plan, course, number, arm))
            outcomes.append({PATIENT: number, "arm": arm, **_outcome(plan, course, number)})
    return CohortPatients(
        patients=pl.DataFrame(patients, schema=_patient_schema(plan, drawn)),
        courses=pl.concat([_no_course(plan), *courses]),
        outcomes=pl.DataFrame(outcomes, schema=_outcome_schema()),
    )


def _run(
    plan: CohortPlan,
    scenario: Scenario,
    values: Mapping[str, float],
    engine: Engine,
    columns: Sequence[str],
    stop: Callable[[Course], str] | None,
) -> _Course:
    """Run one patient in one arm and keep what is asked for."""
    days = range(BASELINE_DAY, int(scenario.days) + 1)
    run = run_scenario(
        scenario, values=values, days=days, engine=engine, columns=columns, stop=stop
    )
    return _seen(plan, run.course, run.values, run.status)


def _seen(
    plan: CohortPlan, course: pl.DataFrame, values: Mapping[str, float], status: str
) -> _Course:
    """Return what is kept of a run."""
    course = course.filter(pl.col("day") >= BASELINE_DAY)
    wanted = [float(day) for day in plan.days]
    return _Course(
        seen=kept(course.filter(pl.col("day").is_in(wanted)), _names(plan), values),
        days=course["day"].to_numpy(),
        lesions=course.select(name for name in LESIONS if name in course.columns).to_numpy(),
        status=status,
    )


def _stop(plan: CohortPlan, values: Mapping[str, float], course: Course) -> str:
    """Return why a patient is left out, so that nobody is followed in vain.

    Asked on the day before treatment alone; a run without an action on day 0 goes to its end.
    """
    if course.days.size == 0 or course.days[-1] != BASELINE_DAY:
        return ""
    one = _seen(plan, course_frame(course), values, "")
    return _left_out(plan, one, _before(plan, one))


def _kept_course(plan: CohortPlan, course: _Course, number: int, arm: str) -> pl.DataFrame:
    who = (pl.lit(number, dtype=pl.Int64).alias(PATIENT), pl.lit(arm).alias("arm"))
    return course.seen.select(*who, "day", *plan.observables)


def _quantities(plan: CohortPlan) -> tuple[str, ...]:
    """Return what patients are told apart by before treatment."""
    targets = (target.variable for target in plan.targets)
    return tuple(dict.fromkeys((*(one.quantity for one in plan.ranges), *targets)))


def _names(plan: CohortPlan) -> tuple[str, ...]:
    """Return all that is kept of a course."""
    return tuple(dict.fromkeys((*_quantities(plan), *plan.observables)))


def _before(plan: CohortPlan, course: _Course) -> dict[str, float | None]:
    """Return the quantities on the day before treatment; None where the run did not reach it."""
    names = _names(plan)
    if not _reached_baseline(course):
        return dict.fromkeys(names)
    first = course.seen.row(0, named=True)
    return {name: first[name] for name in names}


def _reached_baseline(course: _Course) -> bool:
    return course.days.size > 0 and course.days[0] == BASELINE_DAY


def _left_out(plan: CohortPlan, course: _Course, before: Mapping[str, float | None]) -> str:
    """Return why a patient is left out before treatment, empty where not."""
    if not _reached_baseline(course):
        return course.status or "the run did not reach the day before treatment"
    cells = course.lesions[0]
    sizes = lesion_diameter_mm(cells, plan.outcomes.cells_per_ml, plan.outcomes.visible_mm)
    if cells.sum() >= plan.outcomes.lethal:
        return "tumour burden lethal before treatment"
    if sizes.max() < max(plan.outcomes.measurable_mm, plan.outcomes.visible_mm):
        return "no lesion to measure before treatment"
    return out_of_range(before, plan.ranges)


def _outcome(plan: CohortPlan, course: _Course, number: int) -> dict[str, object]:
    """Return the status and the outcome of a patient in an arm."""
    if course.status:
        return {"status": course.status, **dict.fromkeys(_OUTCOMES)}
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(_CHANCE, number)))
    scans = int(plan.scenario.days) // plan.outcomes.scan_every + 1
    chance = Chance(death=float(rng.exponential()), scans=rng.normal(size=scans))
    found = patient_outcome(course.days, course.lesions, chance, plan.outcomes)
    return {"status": "", **dataclasses.asdict(found)}


def _patient_schema(plan: CohortPlan, drawn: pl.DataFrame) -> dict[str, type[pl.DataType]]:
    numbers = dict.fromkeys((*drawn.columns[1:], *_quantities(plan), *plan.observables), pl.Float64)
    return {PATIENT: pl.Int64, **numbers, "status": pl.String}


def _no_course(plan: CohortPlan) -> pl.DataFrame:
    numbers = dict.fromkeys(plan.observables, pl.Float64)
    return pl.DataFrame(schema={PATIENT: pl.Int64, "arm": pl.String, "day": pl.Float64, **numbers})


def _outcome_schema() -> dict[str, type[pl.DataType]]:
    return {PATIENT: pl.Int64, "arm": pl.String, "status": pl.String, **_OUTCOMES}
