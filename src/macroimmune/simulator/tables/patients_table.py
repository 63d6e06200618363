"""The table of patients as the clinic keeps it: who they are and how they fared."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.people import Outcomes, People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.tables.best_response import best_response
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["patients_table"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


def patients_table(plan: StudyPlan, people: People, outcomes: Outcomes) -> pl.DataFrame:
    """Return one row per participant; outcomes of healthy people are empty.

    Notes
    -----
    Convention: times in months with two decimals. Progression-free survival (relapse-free in
    adjuvant studies) is the earlier of progression and death.
    """
    columns = _who(plan, people)
    if plan.outcomes.disease == "metastatic":
        columns["Best response"] = _of(people.is_patient, best_response(plan, people, outcomes))
    return pl.DataFrame({**columns, **_survival(plan, people, outcomes)})


def _who(plan: StudyPlan, people: People) -> dict[str, pl.Series]:
    is_patient = people.is_patient
    treated = np.isin(people.arm, [arm.name for arm in plan.arms if arm.is_immunotherapy])
    return {
        "Patient": pl.Series(people.participant_ids),
        "Group": pl.Series(np.where(is_patient, "patient", "healthy")),
        "Age": pl.Series(np.floor(people.age_years).astype(int)),
        "Sex": pl.Series(np.where(people.is_female, "F", "M")),
        "Tumour": _of(is_patient, people.cancer_type),
        "Stage": _of(is_patient, people.stage),
        "ECOG": _of(is_patient, np.where(is_patient, people.performance_status, 0.0).astype(int)),
        "Prior therapy": _of(is_patient, np.where(people.has_prior_therapy, "yes", "no")),
        "Arm": _of(is_patient, people.arm),
        "Immunotherapy": _of(is_patient, np.where(treated, "yes", "no")),
    }


def _of(is_there: Flags, values: NDArray[np.generic]) -> pl.Series:
    """Return values with empty cells where there is nothing to say."""
    known = pl.DataFrame({"value": values, "is_there": is_there})
    return known.select(pl.when("is_there").then("value")).to_series()


def _survival(plan: StudyPlan, people: People, outcomes: Outcomes) -> dict[str, pl.Series]:
    is_patient = people.is_patient
    progression, death = outcomes.progression_days, outcomes.death_days
    seen = outcomes.last_seen_days
    first = np.fmin(progression, death)
    died, ended = death <= seen, first <= seen
    is_adjuvant = plan.outcomes.disease == "adjuvant"
    time, event = (
        ("RFS (months)", "Relapsed or died")
        if is_adjuvant
        else ("PFS (months)", "Progressed or died")
    )
    return {
        "OS (months)": _of(is_patient, _months(np.fmin(death, seen))),
        "Status": _of(is_patient, np.where(died, "dead", "alive")),
        "Cause of death": _of(is_patient & died, outcomes.death_cause),
        time: _of(is_patient, _months(np.fmin(first, seen))),
        event: _of(is_patient, ended.astype(int)),
    }


def _months(days: Values) -> Values:
    return np.round(days / DAYS_PER_MONTH, 2)
