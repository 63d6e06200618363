"""Estimates of several cohorts pooled: random effects by REML, intervals by Hartung and Knapp."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.between_cohorts import (
    heterogeneity_q,
    profile_interval,
    restricted_variance,
    typical_variance,
)
from macroimmune.statistics.intervals import chi_squared_p, normal_quantile

__all__ = ["FEWER_THAN_THREE", "MetaAnalysis", "leave_one_out", "meta_analysis"]

METHOD = "random effects, REML, Hartung-Knapp with floor"
UNFLOORED = "random effects, REML, Hartung-Knapp without floor"
CONVENTION = (
    "variance of the mean is max(1, q) / sum of weights with q the weighted mean square; "
    "t with cohorts - 1 degrees of freedom"
)
FEWER_THAN_THREE = (
    "fewer than three cohorts: no between-cohort variance can be estimated with any trust"
)
NO_COHORT = "no cohort has an estimate"
_ENOUGH = 3
Floor = Literal["ad hoc", "none"]
Prediction = Literal["k - 1", "k - 2"]


@dataclass(frozen=True, slots=True, eq=False)
class MetaAnalysis:
    """Several cohorts in one estimate, on the scale on which the effects were given.

    Parameters
    ----------
    estimate, standard_error, ci_low, ci_high, p_value : float
        The mean of the distribution of effects, with its Hartung-Knapp interval and t test.
    prediction_low, prediction_high : float
        Where the true effect of a new cohort is expected.
    fixed_estimate, fixed_ci_low, fixed_ci_high : float
        If all cohorts had one and the same true effect (inverse variances, normal quantiles).
    tau_squared, tau_squared_low, tau_squared_high : float
        Variance of true effects between cohorts and its Q-profile interval, NaN where empty.
    q_statistic, heterogeneity_p_value : float
        Cochran's Q and its chi-squared p with cohorts - 1 degrees of freedom.
    i_squared : float, percent
        Share of the variance that lies between cohorts.
    h : float
        Square root of total over typical within-cohort variance; 1 without heterogeneity.
    weights_percent : float array, shape (cohorts,)
        Weight of each cohort in `estimate`.
    n : int
        Cohorts with an estimate.
    n_events : int
        Always 0: events were counted where the effects were estimated.
    method, convention, status : str
        `status` says why numbers are NaN or how to read them.
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    prediction_low: float
    prediction_high: float
    fixed_estimate: float
    fixed_ci_low: float
    fixed_ci_high: float
    tau_squared: float
    tau_squared_low: float
    tau_squared_high: float
    q_statistic: float
    heterogeneity_p_value: float
    i_squared: float
    h: float
    weights_percent: NDArray[np.float64]
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def meta_analysis(
    effects: ArrayLike,
    standard_errors: ArrayLike,
    *,
    floor: Floor = "ad hoc",
    prediction: Prediction = "k - 1",
    confidence: float = 0.95,
) -> MetaAnalysis:
    """Return the estimates of several cohorts pooled with a variance between cohorts.

    Parameters
    ----------
    effects : float array, shape (cohorts,)
        On a scale on which they are about normal, such as log hazard ratios; NaN where a cohort
        has no estimate, which leaves it out.
    standard_errors : float array, shape (cohorts,)
        On the same scale, above zero; NaN leaves the cohort out.
    floor : {"ad hoc", "none"}
        Whether the Hartung-Knapp factor q may fall below 1, which makes an interval narrower
        than that of a model that knows the variance between cohorts.
    prediction : {"k - 1", "k - 2"}
        Degrees of freedom of the prediction interval: as metafor, or as Higgins and Riley.
    confidence : float
        Level of all intervals.

    Returns
    -------
    pooled : MetaAnalysis
        All numbers NaN with a status where fewer than three cohorts have an estimate.

    Raises
    ------
    InputError
        If shapes differ, a number is infinite, a standard error is not above zero, or an option
        is not one of those named.

    Notes
    -----
    Convention: tau squared by REML; variance of the mean = max(1, q) / sum(w), w = 1 / (v + tau
    squared), q = sum(w (y - mean)^2) / (k - 1), without the max for `floor="none"`; t with k - 1
    degrees of freedom; prediction interval = mean -+ t sqrt(variance + tau squared).
    DerSimonian and Laird's method is not offered: with few cohorts it is wrong far too often.
    Checked against: R `metafor::rma(method = "REML", test = "adhoc" or "knha")`, `predict`,
    `confint`, `leave1out`.

    Examples
    --------
    >>> pooled = meta_analysis([0.1, 0.4, 0.7], [0.1, 0.1, 0.1])
    >>> round(pooled.estimate, 3), round(pooled.tau_squared, 3)
    (0.4, 0.08)
    >>> meta_analysis([0.1, 0.4], [0.1, 0.1]).status[:24]
    'fewer than three cohorts'
    """
    y, errors = _checked(effects, standard_errors)
    if floor not in {"ad hoc", "none"} or prediction not in {"k - 1", "k - 2"}:
        msg = (
            f"floor is 'ad hoc' or 'none', prediction 'k - 1' or 'k - 2': {floor!r}, {prediction!r}"
        )
        raise InputError(msg)
    z = normal_quantile(confidence)
    used = ~np.isnan(y) & ~np.isnan(errors)
    method = METHOD if floor == "ad hoc" else UNFLOORED
    if used.sum() < _ENOUGH:
        return _without_numbers(used, method, FEWER_THAN_THREE if used.any() else NO_COHORT)
    # In units of the typical error squares neither vanish nor overflow.
    unit = float(np.exp(np.log(errors[used]).mean()))
    y, variances = y[used] / unit, (errors[used] / unit) ** 2
    tau_squared = restricted_variance(y, variances)
    if math.isnan(tau_squared):
        return _without_numbers(used, method, "the variance between cohorts did not converge")
    k, w = int(used.sum()), 1.0 / (variances + tau_squared)
    mean = float(w @ y / w.sum())
    factor = float(w @ (y - mean) ** 2) / (k - 1)
    variance = (max(1.0, factor) if floor == "ad hoc" else factor) / float(w.sum())
    error, t = math.sqrt(variance), _t_quantile(k - 1, confidence)
    reach = _t_quantile(k - int(prediction[-1]), confidence) * math.sqrt(variance + tau_squared)
    fixed, fixed_reach = _fixed(y, variances, z)
    low, high = profile_interval(y, variances, confidence=confidence)
    q, within = heterogeneity_q(y, variances), typical_variance(variances)
    weights = np.full(used.size, np.nan)
    weights[used] = 100.0 * w / w.sum()
    return MetaAnalysis(
        estimate=mean * unit,
        standard_error=error * unit if error else math.nan,
        ci_low=(mean - t * error) * unit if error else math.nan,
        ci_high=(mean + t * error) * unit if error else math.nan,
        p_value=float(2.0 * special.stdtr(k - 1, -abs(mean) / error)) if error else math.nan,
        prediction_low=(mean - reach) * unit if error else math.nan,
        prediction_high=(mean + reach) * unit if error else math.nan,
        fixed_estimate=fixed * unit,
        fixed_ci_low=(fixed - fixed_reach) * unit,
        fixed_ci_high=(fixed + fixed_reach) * unit,
        tau_squared=tau_squared * unit**2,
        tau_squared_low=low * unit**2,
        tau_squared_high=high * unit**2,
        q_statistic=q,
        heterogeneity_p_value=chi_squared_p(q, k - 1),
        i_squared=100.0 * tau_squared / (tau_squared + within),
        h=math.sqrt(1.0 + tau_squared / within),
        weights_percent=weights,
        n=k,
        n_events=0,
        method=method,
        convention=CONVENTION if floor == "ad hoc" else CONVENTION.replace("max(1, q)", "q"),
        status=_status(error, low),
    )


def leave_one_out(
    effects: ArrayLike,
    standard_errors: ArrayLike,
    *,
    floor: Floor = "ad hoc",
    confidence: float = 0.95,
) -> tuple[MetaAnalysis, ...]:
    """Return the pooled estimate without each cohort in turn.

    Parameters
    ----------
    effects, standard_errors, floor, confidence
        As in `meta_analysis`.

    Returns
    -------
    pooled : tuple of MetaAnalysis, one per cohort
        A cohort without an estimate gives what all others give.

    Raises
    ------
    InputError
        As `meta_analysis`.

    Notes
    -----
    Convention: three cohorts leave two, which give a status and no number. Checked against: R
    `metafor::leave1out`.
    """
    y, errors = _checked(effects, standard_errors)
    kept = ~np.eye(y.size, dtype=bool)
    return tuple(
        meta_analysis(np.where(rows, y, np.nan), errors, floor=floor, confidence=confidence)
        for rows in kept
    )


def _checked(
    effects: ArrayLike, standard_errors: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as arrays.

    Raises
    ------
    InputError
        If they cannot be the estimates of cohorts.
    """
    y, errors = np.asarray(effects, dtype=float), np.asarray(standard_errors, dtype=float)
    if y.ndim != 1 or y.shape != errors.shape:
        msg = f"one standard error per effect, each a plain list: found {y.shape}, {errors.shape}"
        raise InputError(msg)
    if np.isinf(y).any() or np.isinf(errors).any():
        msg = "an effect or standard error is infinite; leave that cohort out with NaN"
        raise InputError(msg)
    if (errors <= 0).any():
        msg = f"standard errors lie above zero, found {np.nanmin(errors):g}; give NaN if unknown"
        raise InputError(msg)
    return y, errors


def _fixed(y: NDArray[np.float64], variances: NDArray[np.float64], z: float) -> tuple[float, float]:
    """Return the fixed-effect mean and how far its interval reaches."""
    weights = 1.0 / variances
    return float(weights @ y / weights.sum()), z / math.sqrt(float(weights.sum()))


def _t_quantile(freedom: int, confidence: float) -> float:
    return float(special.stdtrit(freedom, 0.5 + confidence / 2.0))


def _status(error: float, tau_low: float) -> str:
    parts = []
    if not error:
        parts.append("all cohorts give the same estimate: without the floor there is no interval")
    if math.isnan(tau_low):
        parts.append("the cohorts agree better than chance: tau has no interval")
    return "; ".join(parts)


def _without_numbers(used: NDArray[np.bool_], method: str, status: str) -> MetaAnalysis:
    nan = math.nan
    return MetaAnalysis(
        *(nan,) * 17,
        weights_percent=np.full(used.size, nan),
        n=int(used.sum()),
        n_events=0,
        method=method,
        convention=CONVENTION,
        status=status,
    )
