"""Response, progression and death of patients as the model has them."""

import dataclasses

import numpy as np
import polars as pl

from macroimmune.mechanism.virtual_patients import lesion_diameter_mm, read_scans
from macroimmune.mechanism.virtual_patients.cohort_patients import LESIONS
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.outcomes import BestResponse
from macroimmune.simulator.from_mechanism.model_runs import ModelRuns
from macroimmune.simulator.people import Outcomes
from macroimmune.simulator.plan import StudyPlan

__all__ = ["model_outcomes"]

Scans = tuple[tuple[int, float], ...]

_RESPONDED = [one.value for one in BestResponse if one.is_responder]


def model_outcomes(plan: StudyPlan, drawn: Outcomes, runs: ModelRuns) -> Outcomes:
    """Return the outcomes of the model; who is seen how long stays as it was drawn.

    Parameters
    ----------
    plan : StudyPlan
    drawn : Outcomes
        Of the statistical model, for patients and after them the healthy.
    runs : ModelRuns
        Of the patients, in the order of the study.

    Notes
    -----
    Convention: a patient whose run ended early is seen until day 1.
    """
    found = runs.outcomes
    n, patients = drawn.response.size, found.height
    never = pl.lit(float("inf"))
    is_death = pl.col("died") & (pl.col("pfs_days") == pl.col("os_days"))
    progressed = pl.col("progressed") & ~is_death
    days = found.select(
        progression=pl.when(progressed).then("pfs_days").otherwise(never),
        death=pl.when("died").then("os_days").otherwise(never),
    )
    progression, death = np.full(n, np.nan), np.full(n, np.nan)
    progression[:patients], death[:patients] = days["progression"], days["death"]
    seen = drawn.last_seen_days.copy()
    seen[:patients] = np.where(found["status"] == "", seen[:patients], 1.0)
    cause = np.where(progression < death, "cancer", "other")
    sums = _sums_of_diameters(plan, runs)
    best = np.full(n, "", dtype="<U2")
    for who, scans in enumerate(sums):
        best[who] = _best_seen(scans, progression[who], death[who], seen[who])
    return dataclasses.replace(
        drawn,
        response=np.pad(
            found["response"].is_in(_RESPONDED).fill_null(value=False), (0, n - patients)
        ),
        progression_days=progression,
        death_days=death,
        last_seen_days=seen,
        death_cause=np.where(np.isnan(death), "", cause),
        best=best,
        sums_mm=sums,
    )


def _best_seen(scans: Scans, progression: float, death: float, seen: float) -> str:
    """Return the best response at the scans that were made before observation ended."""
    made = [(day, size) for day, size in scans if 0 < day <= min(death, seen)]
    before = scans[0][1] if scans else 0.0
    sizes = np.array([size for _, size in made], dtype=float)
    shows = np.array([day == progression for day, _ in made], dtype=bool)
    best = read_scans(before, sizes, shows).best
    if best is BestResponse.NOT_EVALUABLE and death <= seen:
        return BestResponse.PROGRESSIVE_DISEASE.value
    return best.value


def _sums_of_diameters(plan: StudyPlan, runs: ModelRuns) -> tuple[Scans, ...]:
    """Return day and sum of diameters at the scans of each patient, the one before included.

    Notes
    -----
    Convention: of the lesions that were seen before treatment, as response is read from them.
    """
    rules = OutcomeRules(scan_every=plan.tumour.scan_every)
    day = pl.col("day")
    is_scan = (day == -1) | ((day > 0) & (day % rules.scan_every == 0))
    by_patient = {}
    for rows in runs.courses.filter(is_scan).sort("patient", "day").partition_by("patient"):
        cells = rows.select(LESIONS).to_numpy()
        sizes = lesion_diameter_mm(cells, rules.cells_per_ml, rules.visible_mm)
        sums = sizes[:, sizes[0] > 0.0].sum(axis=1)
        days = rows["day"].cast(pl.Int64)
        by_patient[rows["patient"][0]] = tuple(zip(days.to_list(), sums.tolist(), strict=True))
    return tuple(by_patient.get(patient, ()) for patient in runs.outcomes["patient"])
