"""Several landmarks in one model: who is at risk at each of them, one set under the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.intervals import normal_quantile, wald_contrast
from macroimmune.statistics.time_dependent_rows import DatedValues

__all__ = ["LandmarkEffect", "LandmarkSets", "landmark_effect", "landmark_sets"]


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkSets:
    """The participants at risk at each landmark, one set under the other.

    Parameters
    ----------
    participant : int array, shape (rows,)
        Position in the cohort.
    landmark_day : float array, shape (rows,)
    survival : Survival, shape (rows,)
        From the landmark (as entry) to the event, the end of observation or of the window, on
        the time of the cohort.
    value : float array, shape (rows,)
        The last value measured at or before the landmark.
    n_at_risk, n_without_value : int array, shape (landmarks,)
        At risk at each landmark, and how many of them had no value by then and were left out.
    """

    participant: NDArray[np.intp]
    landmark_day: NDArray[np.float64]
    survival: Survival
    value: NDArray[np.float64]
    n_at_risk: NDArray[np.intp]
    n_without_value: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkEffect:
    """The effect of a value known at the landmark, over several landmarks; NaN with a `status`.

    Parameters
    ----------
    common : CoxFit
        One hazard ratio for all landmarks, the first coefficient; other covariates follow.
    landmark_days : float array, shape (landmarks,)
    log_hazard_ratio, standard_error : float array, shape (landmarks,)
    hazard_ratio, ci_low, ci_high : float array, shape (landmarks,)
        From the model in which the log hazard ratio moves in a line with the landmark.
    change_per_day, change_p_value : float
        Slope of that line, and its Wald test.
    drifting : CoxFit
        That model: value, value times (landmark - first landmark), others.
    n, n_rows, n_events : int
        Participants, rows and events in rows (an event counts at every landmark before it).
    method, convention, status : str
    """

    common: CoxFit
    landmark_days: NDArray[np.float64]
    log_hazard_ratio: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    change_per_day: float
    change_p_value: float
    drifting: CoxFit
    n: int
    n_rows: int
    n_events: int
    method: str
    convention: str
    status: str


def landmark_sets(
    survival: Survival, measured: DatedValues, *, landmarks: ArrayLike, window_days: float
) -> LandmarkSets:
    """Return the stacked landmark sets of a cohort.

    Parameters
    ----------
    survival : Survival
        One entry per participant. Left truncation is honoured: who enters after a landmark is
        not in its set.
    measured : DatedValues
        Of the cohort's participants.
    landmarks : float array, shape (landmarks,), days
        Fixed in advance, ascending.
    window_days : float
        Follow-up ends this long after each landmark; infinity for all of it.

    Returns
    -------
    sets : LandmarkSets

    Raises
    ------
    InputError
        If landmarks or window are not such days, or a measurement names no participant.

    Notes
    -----
    Convention: at risk means time > landmark and entry <= landmark, as in `dynpred::cutLM`; an
    event at the end of the window counts.
    """
    days = np.atleast_1d(np.asarray(landmarks, dtype=float))
    good = days.ndim == 1 and days.size and (np.isfinite(days) & (days >= 0)).all()
    if not good or (np.diff(days) <= 0).any():
        msg = f"landmarks are ascending days at or after time zero, found {days.tolist()}"
        raise InputError(msg)
    if not window_days > 0:
        msg = f"the window after a landmark is a number of days above zero, found {window_days}"
        raise InputError(msg)
    measured.check_cohort(survival.n)
    sets = [_one_set(survival, measured, float(day), window_days) for day in days]
    return LandmarkSets(
        participant=np.concatenate([whose for whose, _, _, _ in sets]),
        landmark_day=np.repeat(days, [whose.size for whose, _, _, _ in sets]),
        survival=Survival(
            time=np.concatenate([part.time for _, part, _, _ in sets]),
            event=np.concatenate([part.event for _, part, _, _ in sets]),
            entry=np.repeat(days, [whose.size for whose, _, _, _ in sets]),
        ),
        value=np.concatenate([values for _, _, values, _ in sets]),
        n_at_risk=np.array([at_risk for _, _, _, at_risk in sets]),
        n_without_value=np.array([at_risk - whose.size for whose, _, _, at_risk in sets]),
    )


def landmark_effect(
    sets: LandmarkSets,
    *,
    adjusted_for: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> LandmarkEffect:
    """Return the effect of the value at the landmark, from all landmarks together.

    Parameters
    ----------
    sets : LandmarkSets
    adjusted_for : number or bool array, shape (cohort, others), or None
        Other covariates of the cohort's participants.
    strata : int or text array, shape (cohort,), or None
        Beside the landmarks, which are strata always.
    confidence : float

    Returns
    -------
    effect : LandmarkEffect

    Raises
    ------
    InputError
        If covariates or strata do not match the cohort, or values are missing.

    Notes
    -----
    Convention: landmarks are strata, the variance is that of participants as clusters, because
    one participant stands in several sets. Checked against: R `coxph` with `strata(LM)` and
    `cluster(id)`, to 1e-6.
    """
    z, whose = normal_quantile(confidence), sets.participant
    days, landmark = np.unique(sets.landmark_day, return_inverse=True)
    stratum = landmark
    if strata is not None:
        codes = label_codes(strata, np.asarray(strata).size, "stratum")[0][whose]
        stratum = landmark * (int(codes.max(initial=0)) + 1) + codes
    columns = [sets.value]
    if adjusted_for is not None:
        columns.append(covariate_matrix(adjusted_for, len(np.asarray(adjusted_for)))[whose])
    since_first = sets.landmark_day - (days[0] if days.size else 0.0)
    options = {"strata": stratum, "cluster": whose, "confidence": confidence}
    common = cox(sets.survival, np.column_stack(columns), **options)  # type: ignore[arg-type]
    drift = np.column_stack([columns[0], columns[0] * since_first, *columns[1:]])
    drifting = cox(sets.survival, drift, **options)  # type: ignore[arg-type]
    status = common.status or _of_drift(days, drifting)
    weights = np.column_stack([np.ones(days.size), days - (days[0] if days.size else 0.0)])
    beta, covariance = drifting.coefficients[:2], drifting.covariance[:2, :2]
    log_ratio = weights @ beta
    error = np.sqrt(np.einsum("ij,jk,ik->i", weights, covariance, weights))
    change = wald_contrast(beta, covariance, np.array([0.0, 1.0]), confidence=confidence)
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(log_ratio + k * error) for k in (0.0, -z, z))
    return LandmarkEffect(
        common=common,
        landmark_days=days,
        log_hazard_ratio=log_ratio,
        standard_error=error,
        hazard_ratio=ratio,
        ci_low=low,
        ci_high=high,
        change_per_day=change.estimate,
        change_p_value=change.p_value,
        drifting=drifting,
        n=int(np.unique(whose).size),
        n_rows=int(whose.size),
        n_events=sets.survival.n_events,
        method="Cox, Efron ties, stacked landmark sets, clusters of participants",
        convention="stratified by landmark; last value at or before it; at risk means time > day",
        status=status,
    )


def _of_drift(days: NDArray[np.float64], drifting: CoxFit) -> str:
    if days.size == 1:
        return "one landmark tells nothing about a change between landmarks"
    return f"change between landmarks: {drifting.status}" if drifting.status else ""


def _one_set(
    survival: Survival, measured: DatedValues, day: float, window_days: float
) -> tuple[NDArray[np.intp], Survival, NDArray[np.float64], int]:
    """Return who is in the set of one landmark, their survival and value, and who was at risk."""
    since, remains = survival.landmark(day)
    latest = np.full(survival.n, np.nan)
    by_then = measured.day <= day
    # Sorted by participant and day, so the last assignment to each is the latest.
    latest[measured.participant[by_then]] = measured.value[by_then]
    known = ~np.isnan(latest[remains])
    whose = np.flatnonzero(remains)[known]
    ends = day + window_days
    time = np.minimum(survival.time[whose], ends)
    event = survival.event[whose] & (survival.time[whose] <= ends)
    return whose, Survival(time=time, event=event), latest[whose], since.n
