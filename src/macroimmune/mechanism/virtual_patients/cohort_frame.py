"""A virtual cohort as one table: a patient per row, with what was there before and what came."""

from collections.abc import Mapping, Sequence

import polars as pl

from macroimmune.mechanism.scenarios import Scenario
from macroimmune.mechanism.scenarios.actions import scenario_values
from macroimmune.mechanism.virtual_patients.cohort_patients import run_patients
from macroimmune.mechanism.virtual_patients.cohort_plan import CohortPlan
from macroimmune.mechanism.virtual_patients.draw_patients import PATIENT, draw_patients
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.mechanism.virtual_patients.physiological_ranges import (
    PhysiologicalRange,
    physiological_ranges,
)

__all__ = ["cohort_frame", "drawn_patients"]


def cohort_frame(
    scenario: Scenario,
    n: int,
    seed: int,
    observables: Sequence[str] = (),
    days: Sequence[int] = (),
    *,
    rules: OutcomeRules | None = None,
    ranges: Sequence[PhysiologicalRange] | None = None,
) -> pl.DataFrame:
    """Run one arm in this process and return it as one table.

    Parameters
    ----------
    scenario : Scenario
    n : int
        Patients to draw.
    seed : int
    observables : sequence of str
        Columns of the model, or observables.
    days : sequence of int
        On which days after treatment start, beside the day before it.
    rules : OutcomeRules or None
    ranges : sequence of PhysiologicalRange or None
        Who is outside one of them before treatment is left out; None: `physiological_ranges`.

    Returns
    -------
    cohort : polars DataFrame, n rows
        `patient`; its inputs; each observable before treatment under its name, and on later days
        as `name@day`; `response`, `best_change`, `pfs_days`, `progressed`, `os_days`, `died`,
        `durable_benefit`; `status`: empty, or why the patient was left out or has no outcome.
        What is not there is missing.
    """
    plan = CohortPlan(
        scenario=scenario,
        patients=n,
        seed=seed,
        observables=tuple(observables),
        days=tuple(days),
        ranges=physiological_ranges() if ranges is None else tuple(ranges),
        outcomes=rules or OutcomeRules(),
    )
    found = run_patients(plan, drawn_patients(plan))
    later = found.courses.filter(pl.col("day") >= 0).drop("arm")
    outcomes = found.outcomes.drop("arm").rename({"status": "after"})
    frame = found.patients.join(outcomes, on=PATIENT, how="left", maintain_order="left")
    for name in plan.observables:
        wide = later.pivot("day", index=PATIENT, values=name)
        named = {day: f"{name}@{float(day):g}" for day in wide.columns[1:]}
        frame = frame.join(wide.rename(named), on=PATIENT, how="left", maintain_order="left")
    status = pl.when(pl.col("status") == "").then(pl.col("after").fill_null("")).otherwise("status")
    return frame.with_columns(status.alias("status")).drop("after")


def drawn_patients(plan: CohortPlan) -> pl.DataFrame:
    """Return the inputs of all patients of a plan."""
    stated: Mapping[str, float] = scenario_values(plan.scenario, {})
    return draw_patients(plan.patients, plan.seed, plan.design, stated, only=plan.varies)
