"""How good a predicted survival is at a horizon: Brier score and time-dependent area."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import CensoringCurve, censoring_curve
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.kaplan_meier import kaplan_meier

__all__ = ["BrierScore", "TimeDependentAuc", "brier_score", "time_dependent_auc"]


@dataclass(frozen=True, slots=True, eq=False)
class BrierScore:
    """Mean squared error of predicted survival; NaN where `status` says why there is none.

    Parameters
    ----------
    horizons_days : float array, shape (horizons,)
    scores, null_scores : float array, shape (horizons,)
        Of the predictions, and of the Kaplan-Meier curve that predicts the same for all.
    integrated, null_integrated : float
        Mean over time between the first and the last horizon, trapezoidal; NaN with one horizon.
    n, n_events : int
        Participants; events up to the last horizon.
    method, convention, status : str
    """

    horizons_days: NDArray[np.float64]
    scores: NDArray[np.float64]
    null_scores: NDArray[np.float64]
    integrated: float
    null_integrated: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class TimeDependentAuc:
    """How well a marker tells those with the event by a horizon from those without.

    Parameters
    ----------
    auc : float
        NaN where `status` says why there is none.
    horizon_days : float
    n_cases, n_controls, n_unknown : int
        Event by the horizon; still without it after the horizon; censored before it.
    n, n_events : int
    method, convention, status : str
    """

    auc: float
    horizon_days: float
    n_cases: int
    n_controls: int
    n_unknown: int
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def brier_score(
    survival: Survival,
    predicted: ArrayLike,
    horizons_days: ArrayLike,
    *,
    training: Survival | None = None,
) -> BrierScore:
    """Return the Brier score of predicted survival probabilities, beside that of no model.

    Parameters
    ----------
    survival : Survival
        Of the participants that were predicted; without left truncation.
    predicted : float array, shape (n, horizons), in [0, 1]
        Predicted probability of no event by each horizon, without missing values.
    horizons_days : float array, shape (horizons,)
        Ascending, fixed in advance.
    training : Survival or None
        Whose censoring gives the weights and whose Kaplan-Meier curve is the model of nothing;
        the participants themselves where none are given.

    Returns
    -------
    found : BrierScore
        With a status where a horizon lies past the last follow-up.

    Raises
    ------
    InputError
        If shapes do not match, predictions lie outside [0, 1], horizons do not ascend, or
        participants entered late.

    Notes
    -----
    Convention: inverse weights G(t-) at an event and G(t) at the horizon; censored participants
    count through the weights. G(t) at an event, as some packages have it, is biased under ties.
    Checked against: a loop over participants, and complete data where it is the mean squared
    error.
    """
    horizons = np.atleast_1d(np.asarray(horizons_days, dtype=float))
    given = covariate_matrix(predicted, survival.n)
    if given.shape[1] != horizons.size or (np.diff(horizons) <= 0).any() or (horizons <= 0).any():
        msg = (
            f"one column of predictions per horizon, horizons above zero and ascending: found "
            f"{given.shape[1]} columns and horizons {horizons.tolist()}"
        )
        raise InputError(msg)
    if (given < 0.0).any() or (given > 1.0).any():
        msg = "predictions are probabilities of no event and lie between 0 and 1; check the scale"
        raise InputError(msg)
    base = survival if training is None else training
    curve = censoring_curve(base)
    status = _unreached(survival, curve, float(horizons[-1]))
    scores = null_scores = np.full(horizons.size, np.nan)
    integrated = null_integrated = float("nan")
    if not status:
        without_model = kaplan_meier(base).at(horizons)[0]
        scores = np.array([
            _brier(survival, given[:, k], horizon, curve) for k, horizon in enumerate(horizons)
        ])
        null_scores = np.array([
            _brier(survival, np.full(survival.n, without_model[k]), horizon, curve)
            for k, horizon in enumerate(horizons)
        ])
        if horizons.size > 1:
            span = horizons[-1] - horizons[0]
            integrated = float(np.trapezoid(scores, horizons) / span)
            null_integrated = float(np.trapezoid(null_scores, horizons) / span)
    return BrierScore(
        horizons_days=horizons,
        scores=scores,
        null_scores=null_scores,
        integrated=integrated,
        null_integrated=null_integrated,
        n=survival.n,
        n_events=int((survival.event & (survival.time <= horizons[-1])).sum()),
        method="Brier score, inverse probability of censoring weights",
        convention="lower is better; weights 1/G(t-) at events, 1/G(horizon) after the horizon",
        status=status,
    )


def time_dependent_auc(
    survival: Survival, marker: ArrayLike, *, horizon_days: float
) -> TimeDependentAuc:
    """Return the cumulative / dynamic area under the ROC curve at a horizon.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    marker : float array, shape (n,)
        Without missing values; higher is expected to mean earlier.
    horizon_days : float
        Fixed in advance.

    Returns
    -------
    found : TimeDependentAuc

    Raises
    ------
    InputError
        If the marker does not match, values are missing, the horizon is not positive, or
        participants entered late.

    Notes
    -----
    Convention: cases have the event by the horizon, weighted by 1/G(t-); controls are without it
    after the horizon; ties of the marker count half. Checked against: a loop over all pairs, and
    complete data where it is the ordinary area.
    """
    values = covariate_matrix(marker, survival.n)[:, 0]
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        msg = f"a horizon is a day after time zero, found {horizon_days}; fix it in advance"
        raise InputError(msg)
    curve = censoring_curve(survival)
    case = survival.event & (survival.time <= horizon_days)
    control = survival.time > horizon_days
    status = _unreached(survival, curve, horizon_days)
    if not status and not (case.any() and control.any()):
        status = (
            f"{int(case.sum())} participants had the event by day {horizon_days:g} and "
            f"{int(control.sum())} were without it after that day: both are needed"
        )
    area = float("nan")
    if not status:
        weight = 1.0 / curve.before(survival.time[case])
        reference = np.sort(values[control])
        below = np.searchsorted(reference, values[case], side="left")
        up_to = np.searchsorted(reference, values[case], side="right")
        area = float(weight @ ((below + up_to) / 2.0) / (weight.sum() * reference.size))
    return TimeDependentAuc(
        auc=area,
        horizon_days=float(horizon_days),
        n_cases=int(case.sum()),
        n_controls=int(control.sum()),
        n_unknown=int((~case & ~control).sum()),
        n=survival.n,
        n_events=int(case.sum()),
        method=f"cumulative/dynamic area under the ROC curve at day {horizon_days:g}",
        convention="above one half = higher values go with earlier events; weights 1/G(t-)",
        status=status,
    )


def _unreached(survival: Survival, curve: CensoringCurve, horizon: float) -> str:
    """Say that follow-up does not reach the horizon, or nothing."""
    last = min(float(survival.time.max(initial=0.0)), curve.last)
    if horizon > last:
        return f"the horizon of {horizon:g} days lies past the last follow-up of {last:g} days"
    # A participant who is there after the horizon proves G(horizon) > 0, but training may differ.
    if not curve.at(np.array([horizon]))[0] > 0.0:
        return f"nobody could be observed past {horizon:g} days, so survivors have no weight"
    return ""


def _brier(
    survival: Survival, predicted: NDArray[np.float64], horizon: float, curve: CensoringCurve
) -> float:
    """Return the score at one horizon."""
    died = survival.event & (survival.time <= horizon)
    later = survival.time > horizon
    total = np.sum(predicted[died] ** 2 / curve.before(survival.time[died]))
    total += np.sum((1.0 - predicted[later]) ** 2) / curve.at(np.array([horizon]))[0]
    return float(total / survival.n)
