"""What sums up a cohort: who left when and why, weights, and how each arm fared."""

from typing import Any

import numpy as np
import polars as pl

from macroimmune.mechanism.virtual_patients.cohort_plan import CohortPlan
from macroimmune.mechanism.virtual_patients.population_weights import population_weights
from macroimmune.outcomes import BestResponse, Survival
from macroimmune.results.records import FlowStep, flow_frame

__all__ = ["arms_frame", "cohort_flow", "weights_of"]

_RESPONDED = [one.value for one in BestResponse if one.is_responder]


def weights_of(plan: CohortPlan, patients: pl.DataFrame) -> tuple[pl.Series, dict[str, Any]]:
    """Return the weight of each patient in the target population, and what is told of it.

    Notes
    -----
    Convention: weights of those who are not left out add up to 1; the others have none. Where a
    target cannot be met, or a patient lacks its variable, all are equal and `weights_status` says
    why.
    """
    stays = patients["status"] == ""
    kept = patients.filter(stays)
    names = dict.fromkeys(target.variable for target in plan.targets)
    lacking = next((name for name in names if kept[name].null_count()), None)
    targets = () if lacking else plan.targets
    # One column more, so that the number of patients is known without targets.
    variables = {"patient": kept["patient"].cast(pl.Float64).to_numpy()}
    found = population_weights(
        variables | {name: kept[name].to_numpy() for name in names if not lacking}, targets
    )
    status = found.status
    if lacking:
        without = kept[lacking].null_count()
        status = f"{without} patients have no {lacking} before treatment; all weights are equal"
    weight = np.full(patients.height, np.nan)
    weight[stays.to_numpy()] = found.weights
    told = {
        "effective_sample_size": round(found.effective_sample_size, 1),
        "weights_status": status,
        "targets_reached": list(found.reached),
    }
    return pl.Series("weight", weight).fill_nan(None), told


def cohort_flow(plan: CohortPlan, patients: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return who was drawn, who left before treatment, and who has no outcome, each with why."""
    remaining = patients.height
    steps = [FlowStep("drawn", remaining, 0, "")]
    for reason, n in _reasons(patients):
        remaining -= n
        steps.append(FlowStep("looked at before treatment", remaining, n, reason))
    for arm in plan.arms:
        of_arm = outcomes.filter(pl.col("arm") == arm.name)
        remaining = of_arm.height
        steps.append(FlowStep(f"treated: {arm.name}", remaining, 0, ""))
        for reason, n in _reasons(of_arm):
            remaining -= n
            steps.append(FlowStep(f"followed: {arm.name}", remaining, n, reason))
    return flow_frame(steps)


def _reasons(frame: pl.DataFrame) -> list[tuple[str, int]]:
    counted = frame.filter(pl.col("status") != "").group_by("status").len()
    return list(counted.sort("len", "status", descending=[True, False]).iter_rows())


def arms_frame(plan: CohortPlan, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return one row per arm: patients, response and durable benefit, PFS and OS.

    Notes
    -----
    Convention: rates are weighted to the target population, of all who were followed; a best
    response that could not be told counts as none, a durable benefit only where it could be told.
    Medians are of Kaplan-Meier curves of the patients as they are, missing where not reached.
    """
    return pl.DataFrame(
        [_arm_row(arm.name, outcomes.filter(pl.col("arm") == arm.name)) for arm in plan.arms],
        schema={
            "arm": pl.String,
            "patients": pl.Int64,
            "response_rate": pl.Float64,
            "durable_benefit_rate": pl.Float64,
            "progressions_or_deaths": pl.Int64,
            "median_pfs_days": pl.Float64,
            "deaths": pl.Int64,
            "median_os_days": pl.Float64,
        },
    )


def _arm_row(arm: str, outcomes: pl.DataFrame) -> dict[str, object]:
    followed = outcomes.filter(pl.col("status") == "")
    told = followed.filter(pl.col("durable_benefit").is_not_null())
    responded = followed.select(pl.col("response").is_in(_RESPONDED)).to_series()
    return {
        "arm": arm,
        "patients": followed.height,
        "response_rate": _rate(responded, followed["weight"]),
        "durable_benefit_rate": _rate(told["durable_benefit"], told["weight"]),
        "progressions_or_deaths": int(followed["progressed"].sum()),
        "median_pfs_days": _median(followed["pfs_days"], followed["progressed"]),
        "deaths": int(followed["died"].sum()),
        "median_os_days": _median(followed["os_days"], followed["died"]),
    }


def _rate(happened: pl.Series, weight: pl.Series) -> float | None:
    total = float(weight.sum())
    return float(weight.filter(happened).sum()) / total if total > 0 else None


def _median(days: pl.Series, event: pl.Series) -> float | None:
    if days.len() == 0:
        return None
    # Slow to import, and the processes that run patients sum up none.
    from macroimmune.statistics.kaplan_meier import kaplan_meier

    median = kaplan_meier(Survival(days.to_numpy(), event.to_numpy())).median
    return None if np.isnan(median) else float(median)
