"""What the study is, in numbers: participants, arms, endpoints with events and follow-up."""

from typing import Any

import numpy as np
import polars as pl

from macroimmune.association.cohorts_within import cohorts_within
from macroimmune.association.endpoint_data import EndpointData, endpoint_data, patients_only
from macroimmune.outcomes import Survival
from macroimmune.statistics import kaplan_meier
from macroimmune.study import Study

__all__ = ["study_summary"]

_ONE_YEAR = 365.0


def study_summary(study: Study) -> dict[str, Any]:
    """Return the numbers that describe a study, as plain JSON values; null where unknown."""
    people, patients = study.participants, patients_only(study)
    together = cohorts_within(patients)
    return {
        "name": study.name,
        "n_participants": people.height,
        "design": study.analysis.design,
        "arms": _counted(people, "arm"),
        "control_arms": list(study.analysis.control_arms),
        "cancer_types": _counted(people, "cancer_type"),
        "sex": _counted(people, "sex"),
        "age": _quartiles(people["age_years"]),
        "endpoints": [_endpoint(item, people) for item in endpoint_data(study)],
        "baseline_window_days": list(study.analysis.baseline_window_days),
        "landmarks_days": list(study.analysis.landmarks_days),
        "strata": list(study.analysis.strata),
        "cohorts": [
            {"name": name, "n_participants": n}
            for name, n in _counted(patients.participants, "cohort").items()
        ],
        "cohorts_together": together.sentence(),
    }


def _counted(people: pl.DataFrame, column: str) -> dict[str, int]:
    known = people[column].drop_nulls()
    counted = known.value_counts(sort=True) if len(known) else None
    return {} if counted is None else dict(counted.iter_rows())


def _quartiles(values: pl.Series) -> dict[str, float | int | None]:
    known = values.drop_nulls().to_numpy()
    if not known.size:
        return {"median": None, "q1": None, "q3": None, "n": 0}
    q1, median, q3 = (float(value) for value in np.quantile(known, [0.25, 0.5, 0.75]))
    return {"median": median, "q1": q1, "q3": q3, "n": int(known.size)}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _endpoint(data: EndpointData, people: pl.DataFrame) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": data.endpoint.id,
        "name": data.endpoint.name,
        "kind": data.endpoint.kind,
        "n": int(data.known.sum()),
    }
    if data.outcome is not None:
        return described | {"n_events": int(data.outcome.sum())}
    if data.survival is None:
        return described
    fit = kaplan_meier(data.survival)
    # Follow-up by the reverse Kaplan-Meier method: censoring is the event.
    reverse = Survival(
        time=data.survival.time, event=~data.survival.event, entry=data.survival.entry
    )
    return described | {
        "n_events": data.survival.n_events,
        "person_days": _person_days(data.survival),
        "median_days": _finite(fit.median),
        "median_ci_low": _finite(fit.median_ci_low),
        "median_ci_high": _finite(fit.median_ci_high),
        "median_follow_up_days": _finite(kaplan_meier(reverse).median),
        "one_year": _one_year(data, people),
    }


def _person_days(survival: Survival) -> float:
    """Return the days of observation of all, from entry to the event or the end."""
    entry = np.zeros(survival.n) if survival.entry is None else survival.entry
    return float(np.sort(survival.time - entry).sum())


def _one_year(data: EndpointData, people: pl.DataFrame) -> list[dict[str, Any]]:
    """Return survival at 365 days, by arm where there are arms."""
    survival = data.survival
    arms = people["arm"].fill_null("not stated").to_numpy()[data.known]
    rows = []
    for arm in sorted(set(arms)):
        chosen = arms == arm
        fit = kaplan_meier(survival.select(chosen))  # type: ignore[union-attr]
        estimate, low, high = fit.at([_ONE_YEAR])
        rows.append({
            "arm": str(arm),
            "n": fit.n,
            "n_events": fit.n_events,
            "survival": _finite(estimate[0]),
            "ci_low": _finite(low[0]),
            "ci_high": _finite(high[0]),
        })
    return rows
