"""An effect that changes with time: before and after a step, or along the logarithm of time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.intervals import normal_quantile, wald_contrast
from macroimmune.statistics.start_stop import StartStop, split_at

__all__ = ["TimeVaryingEffect", "effect_along_log_time", "effect_before_and_after"]


@dataclass(frozen=True, slots=True, eq=False)
class TimeVaryingEffect:
    """The hazard ratio of a covariate at several times; NaN where `status` says why.

    Parameters
    ----------
    days : float array, shape (times,)
        For a step, where each period begins: 0 and the step. Along log time, the days asked for.
    log_hazard_ratio, standard_error : float array, shape (times,)
    hazard_ratio, ci_low, ci_high : float array, shape (times,)
    change : float
        For a step, the logarithm of the ratio of the hazard ratios, after over before; along log
        time, the change of the log hazard ratio per unit of the natural logarithm of time.
    change_standard_error, change_p_value : float
        Wald, two-sided.
    fit : CoxFit
        The model on start-stop rows; its n counts rows.
    n, n_events, n_excluded : int
        Participants and events; participants whose time is zero are in neither.
    method, convention, status : str
    """

    days: NDArray[np.float64]
    log_hazard_ratio: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    change: float
    change_standard_error: float
    change_p_value: float
    fit: CoxFit
    n: int
    n_events: int
    n_excluded: int
    method: str
    convention: str
    status: str


def effect_before_and_after(
    survival: Survival,
    x: ArrayLike,
    *,
    step_day: float,
    adjusted_for: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> TimeVaryingEffect:
    """Return the hazard ratio of a covariate up to a day and after it.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    x : number or bool array, shape (n,)
        The covariate, without missing values.
    step_day : float
        Fixed before looking at the data.
    adjusted_for : number or bool array, shape (n, others), or None
        Covariates whose effect does not change.
    strata : int or text array, shape (n,), or None
    confidence : float

    Returns
    -------
    effect : TimeVaryingEffect

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, or the step is no day after time zero.

    Notes
    -----
    Convention: an event on the day of the step belongs before it. Efron ties. Checked against: R
    `coxph` on `survSplit`, to 1e-6.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=80), event=np.ones(80, dtype=bool))
    >>> effect_before_and_after(s, rng.normal(size=80), step_day=0.5).hazard_ratio.shape
    (2,)
    """
    if not (np.isfinite(step_day) and step_day > 0):
        msg = f"a step is a day after time zero, found {step_day}; fix it in advance"
        raise InputError(msg)
    rows = split_at(survival, [step_day])
    after = rows.start >= step_day
    counts = int(rows.event[~after].sum()), int(rows.event[after].sum())
    missing = [name for name, n in zip(("up to", "after"), counts, strict=True) if not n]
    status = f"no events {' or '.join(missing)} day {step_day:g}" if missing else ""
    return _effect(
        survival,
        rows,
        (x, adjusted_for, strata),
        lambda column: np.column_stack([column * ~after, column * after]),
        days=np.array([0.0, step_day]),
        weights=np.eye(2),
        change=np.array([-1.0, 1.0]),
        method=f"Cox, Efron ties, effect with a step at day {step_day:g}",
        convention="after over before; an event on the day of the step belongs before it",
        status=status,
        confidence=confidence,
    )


def effect_along_log_time(
    survival: Survival,
    x: ArrayLike,
    *,
    days: ArrayLike,
    adjusted_for: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> TimeVaryingEffect:
    """Return the hazard ratio of a covariate at stated days, its logarithm moving with log time.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured. Rows are made for every participant and event time.
    x : number or bool array, shape (n,)
        The covariate, without missing values.
    days : float array, shape (times,)
        Where the hazard ratio is wanted; after time zero.
    adjusted_for : number or bool array, shape (n, others), or None
    strata : int or text array, shape (n,), or None
    confidence : float

    Returns
    -------
    effect : TimeVaryingEffect

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, or a day is not after time zero.

    Notes
    -----
    Convention: natural logarithm of days. Efron ties. Checked against: R `coxph` with
    `tt = function(x, t, ...) x * log(t)`, to 1e-6.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=80), event=np.ones(80, dtype=bool))
    >>> effect_along_log_time(s, rng.normal(size=80), days=[0.5, 1.0]).hazard_ratio.shape
    (2,)
    """
    at = np.atleast_1d(np.asarray(days, dtype=float))
    if at.ndim != 1 or not (np.isfinite(at) & (at > 0)).all():
        msg = f"hazard ratios are asked for at days after time zero, found {at.tolist()}"
        raise InputError(msg)
    seen = survival.time[survival.event & (survival.time > 0)]
    rows = split_at(survival, seen)
    # Counted from the middle event time, so that the two columns are not nearly the same.
    middle = float(np.median(seen)) if seen.size else 1.0
    log_time = np.log(rows.stop / middle)
    return _effect(
        survival,
        rows,
        (x, adjusted_for, strata),
        lambda column: np.column_stack([column, column * log_time]),
        days=at,
        weights=np.column_stack([np.ones(at.size), np.log(at / middle)]),
        change=np.array([0.0, 1.0]),
        method="Cox, Efron ties, log hazard ratio linear in the logarithm of time",
        convention="change per unit of the natural logarithm of days",
        status="" if seen.size else "no events were seen, so no hazard ratio can be estimated",
        confidence=confidence,
    )


def _effect(
    survival: Survival,
    rows: StartStop,
    given: tuple[ArrayLike, ArrayLike | None, ArrayLike | None],
    columns: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    days: NDArray[np.float64],
    weights: NDArray[np.float64],
    change: NDArray[np.float64],
    method: str,
    convention: str,
    status: str,
    confidence: float,
) -> TimeVaryingEffect:
    """Fit the two columns of an effect on start-stop rows and read it at the times asked for.

    Raises
    ------
    InputError
        If more than one covariate was given.
    """
    x, adjusted_for, strata = given
    marker = covariate_matrix(x, survival.n)
    if marker.shape[1] != 1:
        msg = f"the effect of one covariate, found {marker.shape[1]} columns; use adjusted_for"
        raise InputError(msg)
    z = normal_quantile(confidence)
    design = columns(marker[rows.participant, 0])
    if adjusted_for is not None:
        others = covariate_matrix(adjusted_for, survival.n)
        design = np.column_stack([design, others[rows.participant]])
    stratum = None
    if strata is not None:
        stratum = label_codes(strata, survival.n, "stratum")[0][rows.participant]
    fit = cox(rows.survival, design, strata=stratum, confidence=confidence)
    status = status or fit.status
    beta, covariance = fit.coefficients[:2], fit.covariance[:2, :2]
    if status:
        beta, covariance = np.full(2, np.nan), np.full((2, 2), np.nan)
    log_ratio = weights @ beta
    error = np.sqrt(np.einsum("ij,jk,ik->i", weights, covariance, weights))
    contrast = wald_contrast(beta, covariance, change, confidence=confidence)
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(log_ratio + k * error) for k in (0.0, -z, z))
    return TimeVaryingEffect(
        days=days,
        log_hazard_ratio=log_ratio,
        standard_error=error,
        hazard_ratio=ratio,
        ci_low=low,
        ci_high=high,
        change=contrast.estimate,
        change_standard_error=contrast.standard_error,
        change_p_value=contrast.p_value,
        fit=fit,
        n=rows.n_participants,
        n_events=rows.n_events,
        n_excluded=survival.n - rows.n_participants,
        method=method,
        convention=convention,
        status=status,
    )
