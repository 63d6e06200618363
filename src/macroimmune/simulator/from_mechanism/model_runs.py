"""Runs of the model for the people of a study: who fits, and the course of each in an arm."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import TUMOUR_FREE, Scenario
from macroimmune.mechanism.virtual_patients import (
    CohortArm,
    CohortPlan,
    draw_patients,
    find_scenario,
    run_patients,
)
from macroimmune.mechanism.virtual_patients.cohort_frame import drawn_patients
from macroimmune.mechanism.virtual_patients.cohort_patients import LESIONS
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.simulator.from_mechanism.model_blood import KEPT
from macroimmune.simulator.plan import StudyPlan

__all__ = ["ModelRuns", "run_healthy", "run_treated", "screened", "study_scenario"]

_PIECE = 10
# So many are looked at for each who is wanted, before the plan is given up.
_MOST = 8


@dataclass(frozen=True, slots=True)
class ModelRuns:
    """What the model says of people, in the order of the study.

    Parameters
    ----------
    outcomes : polars DataFrame
        `patient`, `status` and the outcome of each.
    courses : polars DataFrame
        `patient`, `day`, blood (`KEPT`) and lesions.
    """

    outcomes: pl.DataFrame
    courses: pl.DataFrame


def study_scenario(plan: StudyPlan) -> Scenario:
    """Return the host and the tumour of the patients of a study, without any intervention.

    Raises
    ------
    InputError
        If there is no such scenario, or it is one without a tumour or not of people.
    """
    stated = find_scenario(plan.mechanism.scenario)
    if stated.tumour == TUMOUR_FREE or stated.species != "human":
        msg = (
            f"mechanism.scenario = {plan.mechanism.scenario!r}: {stated.species}, tumour "
            f"{stated.tumour}; patients need a scenario of people with a tumour"
        )
        raise InputError(msg)
    days = plan.mechanism.tumour_days
    return dataclasses.replace(
        stated, interventions=(), tumour_days=float(days) if days else stated.tumour_days
    )


def screened(plan: StudyPlan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the inputs of as many fitting people as the study has patients, and who was left out.

    Returns
    -------
    inputs : polars DataFrame, one row per patient
        `patient`: place among those looked at, and the inputs of the model.
    left_out : polars DataFrame
        `status` and `n`: how many were looked at and left out, by reason.

    Raises
    ------
    InputError
        If too few of those who are drawn fit.
    """
    scenario = dataclasses.replace(study_scenario(plan), days=1.0)
    looking = CohortPlan(scenario, patients=_MOST * plan.patients, seed=plan.seed, observables=())
    drawn = drawn_patients(looking)
    fitting: list[pl.DataFrame] = []
    reasons: list[pl.DataFrame] = []
    found = 0
    for first in range(0, drawn.height, _PIECE):
        rows = drawn.slice(first, _PIECE)
        status = run_patients(looking, rows).patients.select("patient", "status")
        reasons.append(status.filter(pl.col("status") != ""))
        fits = rows.filter(status["status"] == "")
        fitting.append(fits)
        found += fits.height
        if found >= plan.patients:
            inputs = pl.concat(fitting).head(plan.patients)
            before = pl.col("patient") < inputs["patient"].max()
            left_out = pl.concat(reasons).filter(before).group_by("status").len("n").sort("status")
            return inputs, left_out
    msg = (
        f"mechanism: {found} of {drawn.height} virtual patients fit treatment, "
        f"{plan.patients} are wanted; choose another scenario or tumour_days"
    )
    raise InputError(msg)


def run_treated(
    plan: StudyPlan, inputs: pl.DataFrame, arms: Sequence[str], days: Sequence[int], end: int
) -> ModelRuns:
    """Return what becomes of patients in their arms.

    Parameters
    ----------
    plan : StudyPlan
    inputs : polars DataFrame, one row per patient
    arms : sequence of str, one per patient
    days : sequence of int
        On which blood may be drawn.
    end : int
        The last day that is followed.
    """
    rules = OutcomeRules(scan_every=plan.tumour.scan_every)
    scans = range(rules.scan_every, end + 1, rules.scan_every)
    kept = tuple(sorted({day for day in (*days, *scans) if day <= end}))
    outcomes, courses = [], []
    for arm in plan.arms:
        given = find_scenario(arm.scenario).interventions if arm.scenario else ()
        cohort = CohortPlan(
            dataclasses.replace(study_scenario(plan), days=float(end)),
            arms=(CohortArm(arm.name, tuple(one for one in given if one.day <= end)),),
            seed=plan.seed,
            observables=(*KEPT, *LESIONS),
            days=kept,
            ranges=(),
            outcomes=rules,
        )
        found = run_patients(cohort, inputs.filter(pl.Series([name == arm.name for name in arms])))
        outcomes.append(found.outcomes)
        courses.append(found.courses)
    return ModelRuns(pl.concat(outcomes).sort("patient"), pl.concat(courses))


def run_healthy(plan: StudyPlan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the inputs and the blood of the healthy people of a study, a row each."""
    from macroimmune.mechanism.model import parameters
    from macroimmune.mechanism.scenarios import run_scenario
    from macroimmune.mechanism.virtual_patients import variation
    from macroimmune.mechanism.virtual_patients.kept_observables import kept

    scenario = Scenario("healthy", species="human", days=1.0)
    own = tuple(name for name in variation() if parameters()[name].role != "tumour")
    # Another seed: the healthy are not the patients without their tumours.
    inputs = draw_patients(plan.healthy, plan.seed + 1, only=own)
    rows = []
    for values in inputs.drop("patient").iter_rows(named=True):
        run = run_scenario(scenario, values=values, days=(0.0,))
        rows.append(kept(run.course.filter(pl.col("day") == 0.0), KEPT, run.values))
    return inputs, pl.concat(rows)
