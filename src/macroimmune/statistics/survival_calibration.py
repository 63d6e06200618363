"""Calibration of predicted risks of an event by a horizon, with censoring and without bins."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.baseline_hazard import baseline_hazard
from macroimmune.statistics.calibration import (
    GRID_POINTS,
    LARGEST_RISK,
    Calibration,
    calibration_distances,
    calibration_knots,
    checked_risk,
    distance_limits,
    empty_calibration,
)
from macroimmune.statistics.cox import cox
from macroimmune.statistics.kaplan_meier import kaplan_meier
from macroimmune.statistics.predicted_survival import PredictedSurvival, predicted_survival
from macroimmune.statistics.spline import natural_spline_basis

__all__ = ["survival_calibration"]

_CONVENTION = (
    "slope below 1 = risks too extreme, log ratio above 0 = risks too low; follow-up ends at the "
    "horizon; knots at the 10th, 50th and 90th percentile; distances averaged over the "
    "participants; a risk that rounds to 1 counts as the largest number below it"
)


def survival_calibration(
    survival: Survival,
    predicted_risk: ArrayLike,
    *,
    horizon_days: float,
    replicates: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> Calibration:
    """Return how predicted risks of the event by a horizon compare with what happened.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    predicted_risk : float array, shape (n,), in [0, 1]
        Of the event by the horizon, without missing values.
    horizon_days : float
        Fixed in advance.
    replicates : int
        Bootstrap samples for the limits of the distances; 0 leaves them out.
    rng : numpy Generator
    confidence : float
        Level of the intervals.

    Returns
    -------
    found : Calibration
        With a status past the last follow-up, without events by the horizon, and for predictions
        that do not vary.

    Raises
    ------
    InputError
        If shapes do not match, risks lie outside [0, 1], the horizon is not positive, or
        participants entered late.

    Notes
    -----
    Convention: Austin, Harrell and van Klaveren (2020). The slope is that of a Cox model on
    log(-log(1 - risk)), which is the linear predictor of a Cox model but for a constant; the curve
    is the risk by the horizon of a Cox model on a spline of it. Checked against: R `coxph`,
    `rms::rcs` and `survfit`.
    """
    risk = checked_risk(predicted_risk, survival.n)
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        msg = f"a horizon is a day after time zero, found {horizon_days}; fix it in advance"
        raise InputError(msg)
    if survival.entry is not None:
        msg = (
            "a risk that is predicted from time zero cannot be compared with participants who "
            "entered late (entry given); use a landmark at which all were observed"
        )
        raise InputError(msg)
    ended = _ended(survival, horizon_days)
    found = _in_the_large(survival, ended, risk, horizon_days, confidence)
    if found.status:
        return found
    predictor = _log_hazard(risk)
    knots, problem = calibration_knots(predictor)
    if np.isfinite(predictor).all() and np.ptp(predictor) > 0.0:
        fit = cox(ended, predictor, confidence=confidence)
        problem = problem or fit.status
        slope = float(fit.coefficients[0])
        found = replace(
            found,
            slope=slope,
            slope_ci_low=float(np.log(fit.ci_low[0])),
            slope_ci_high=float(np.log(fit.ci_high[0])),
        )
    if problem:
        return replace(found, status=problem)
    grid = np.linspace(risk.min(), risk.max(), GRID_POINTS)
    both = np.concatenate([predictor, _log_hazard(grid)])
    smooth = _smooth(ended, predictor, knots, both, horizon_days, confidence)
    if smooth.status:
        return replace(found, status=smooth.status)

    def distances(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        drawn = Survival(time=ended.time[rows], event=ended.event[rows])
        return _distances(drawn, risk[rows], predictor[rows], horizon_days)

    limits, used, sentence = distance_limits(
        distances, survival.n, replicates=replicates, rng=rng, confidence=confidence
    )
    ici, e50, e90 = (float(d) for d in calibration_distances(risk, smooth.risk[: survival.n, 0]))
    return replace(
        found,
        ici=ici,
        ici_ci_low=limits[0, 0],
        ici_ci_high=limits[0, 1],
        e50=e50,
        e50_ci_low=limits[1, 0],
        e50_ci_high=limits[1, 1],
        e90=e90,
        e90_ci_low=limits[2, 0],
        e90_ci_high=limits[2, 1],
        predicted=grid,
        smoothed=smooth.risk[survival.n :, 0],
        smoothed_ci_low=smooth.risk_ci_low[survival.n :, 0],
        smoothed_ci_high=smooth.risk_ci_high[survival.n :, 0],
        replicates=used,
        status=sentence,
    )


def _log_hazard(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(-log(1 - risk)), minus infinity at a risk of 0."""
    with np.errstate(divide="ignore"):
        return np.log(-np.log1p(-np.minimum(risk, LARGEST_RISK)))


def _ended(survival: Survival, horizon: float) -> Survival:
    """Return the participants with follow-up that ends at the horizon."""
    return Survival(
        time=np.minimum(survival.time, horizon),
        event=survival.event & (survival.time <= horizon),
    )


def _in_the_large(
    survival: Survival,
    ended: Survival,
    risk: NDArray[np.float64],
    horizon: float,
    confidence: float,
) -> Calibration:
    """Return observed and expected risk by the horizon with their ratio, or a status."""
    last = float(survival.time.max(initial=0.0))
    status = ""
    if horizon > last:
        status = f"the horizon of {horizon:g} days lies past the last follow-up of {last:g} days"
    elif ended.n_events == 0:
        status = f"no events were seen up to the horizon of {horizon:g} days"
    expected = float(risk.mean()) if risk.size else float("nan")
    observed = low = high = float("nan")
    if horizon <= last:
        curve = kaplan_meier(survival, confidence=confidence).at([horizon])
        observed, high, low = (1.0 - float(values[0]) for values in curve)
    found = empty_calibration(
        n=survival.n,
        n_events=ended.n_events,
        observed=observed,
        expected=expected,
        method=f"Cox recalibration at day {horizon:g}; smooth curve by a Cox model on a natural "
        "cubic spline of log(-log(1 - risk)) with three knots",
        convention=_CONVENTION,
        status=status,
    )
    if status or expected == 0.0:
        return found
    return replace(
        found,
        ratio=observed / expected,
        ratio_ci_low=low / expected,
        ratio_ci_high=high / expected,
    )


def _smooth(
    ended: Survival,
    predictor: NDArray[np.float64],
    knots: NDArray[np.float64],
    at: NDArray[np.float64],
    horizon: float,
    confidence: float,
) -> PredictedSurvival:
    """Return the observed risk by the horizon as a smooth function of the predicted one."""
    basis = natural_spline_basis(predictor, knots)
    fit = cox(ended, basis)
    baseline = baseline_hazard(ended, basis, fit.coefficients, covariance=fit.covariance)
    if fit.status:
        baseline = replace(baseline, status=fit.status)
    return predicted_survival(
        baseline, natural_spline_basis(at, knots), [horizon], confidence=confidence
    )


def _distances(
    ended: Survival,
    risk: NDArray[np.float64],
    predictor: NDArray[np.float64],
    horizon: float,
) -> NDArray[np.float64]:
    """Return the distances in one sample, NaN where there is no curve."""
    knots, status = calibration_knots(predictor)
    if status or ended.time.max() < horizon:
        return np.full(3, np.nan)
    smooth = _smooth(ended, predictor, knots, predictor, horizon, 0.95)
    return calibration_distances(risk, smooth.risk[:, 0])
