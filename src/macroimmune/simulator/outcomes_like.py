"""Plans whose outcomes are those of a public cohort."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.calibration import shipped_summaries
from macroimmune.simulator.people import draw_people
from macroimmune.simulator.people.effects import predictors
from macroimmune.simulator.plan import OutcomesPlan, StudyPlan

__all__ = ["cohorts_with_outcomes", "plan_like"]

Values = NDArray[np.float64]

# Patients whose blood says how much risks differ between patients.
_PATIENTS = 2000


def cohorts_with_outcomes() -> tuple[tuple[str, str], ...]:
    """Return the cohorts, and groups of them, that state survival.

    Examples
    --------
    >>> ("chowell_train", "all") in cohorts_with_outcomes()
    True
    """
    table = shipped_summaries().survival.select("cohort", "group").unique(maintain_order=True)
    return tuple((str(cohort), str(group)) for cohort, group in table.iter_rows())


def plan_like(plan: StudyPlan, cohort: str, group: str = "all") -> StudyPlan:
    """Return the plan with the survival and response of a cohort.

    Parameters
    ----------
    plan : StudyPlan
        Its effects stay; its arms should have no effect of their own.
    cohort, group : str
        As in the summary numbers.

    Returns
    -------
    like : StudyPlan
        Medians and shapes are such that patients together follow the cohort's Kaplan-Meier curves
        at the stated months, and respond as often; what a cohort does not state stays. Settings
        keep the decimals of the plan's file.

    Raises
    ------
    InputError
        If the cohort or group states no survival.

    Notes
    -----
    Convention: least squares on survival; risks of patients differ by the plan's effects, so the
    curve of all is flatter than that of an average patient. Progression is fitted given death.
    """
    known = cohorts_with_outcomes()
    if (cohort, group) not in known:
        names = [" / ".join(pair) for pair in known]
        msg = f"no survival of {cohort} / {group}. {did_you_mean(f'{cohort} / {group}', names)}"
        raise InputError(msg)
    acting = predictors(plan, draw_people(replace(plan, patients=_PATIENTS, healthy=0)))
    risk = np.exp(acting.log_hazard)
    outcomes = plan.outcomes
    months, heights = _curve(cohort, group, "os")
    median, shape = _fitted(months, heights, np.zeros_like(months), risk)
    outcomes = replace(outcomes, os_median_months=median, os_shape=shape)
    months, heights = _curve(cohort, group, "pfs")
    if len(months):
        death = _cumulative(months, outcomes.os_median_months, outcomes.os_shape)
        median, shape = _fitted(months, heights, death, risk)
        outcomes = replace(outcomes, progression_median_months=median, progression_shape=shape)
    return replace(plan, outcomes=_with_response(outcomes, cohort, group, acting.log_odds))


def _curve(cohort: str, group: str, endpoint: str) -> tuple[Values, Values]:
    rows = shipped_summaries().survival.filter(
        pl.col("cohort") == cohort,
        pl.col("group") == group,
        pl.col("endpoint") == endpoint,
        pl.col("month") > 0,
        pl.col("survival").is_not_null(),
    )
    return rows["month"].cast(pl.Float64).to_numpy(), rows["survival"].to_numpy()


def _cumulative(months: Values, median: float, shape: float) -> Values:
    """Return the Weibull cumulative hazard of an average patient."""
    return np.asarray(np.log(2.0) * (months / median) ** shape, dtype=float)


def _fitted(months: Values, heights: Values, others: Values, risk: Values) -> tuple[float, float]:
    """Return median and shape of the hazard that together with `others` gives the curve."""

    def misfit(parameters: Values) -> float:
        own = _cumulative(months, float(np.exp(parameters[0])), float(np.exp(parameters[1])))
        expected = np.exp(-np.outer(risk, own + others)).mean(axis=0)
        return float(((expected - heights) ** 2).sum())

    found = minimize(misfit, np.array([np.log(months.mean()), 0.0]), method="Nelder-Mead")
    median, shape = np.exp(found.x)
    return round(float(np.clip(median, 0.1, 600.0)), 2), round(float(np.clip(shape, 0.1, 10.0)), 3)


def _with_response(
    outcomes: OutcomesPlan, cohort: str, group: str, log_odds: Values
) -> OutcomesPlan:
    rows = shipped_summaries().response.filter(pl.col("cohort") == cohort, pl.col("group") == group)
    if rows.is_empty():
        return outcomes
    share = float(rows["share"][0])

    def excess(own: float) -> float:
        return float((1.0 / (1.0 + np.exp(-(own + log_odds)))).mean()) - share

    chance = 1.0 / (1.0 + np.exp(-float(brentq(excess, -10.0, 10.0))))
    return replace(outcomes, response=round(float(np.clip(chance, 0.001, 0.999)), 4))
