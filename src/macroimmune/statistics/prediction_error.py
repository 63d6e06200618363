"""How far predicted survival is from what happened: the Brier score beside that of no model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import CensoringCurve, censoring_curve, weight_influence
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.kaplan_meier import kaplan_meier

__all__ = ["BrierScore", "brier_score"]


@dataclass(frozen=True, slots=True, eq=False)
class BrierScore:
    """Mean squared error of predicted survival; NaN where `status` says why there is none.

    Parameters
    ----------
    horizons_days : float array, shape (horizons,)
    scores, null_scores : float array, shape (horizons,)
        Of the predictions, and of the Kaplan-Meier curve that predicts the same for all.
    standard_errors, ci_low, ci_high : float array, shape (horizons,)
        Of `scores`; normal interval.
    accuracy, accuracy_ci_low, accuracy_ci_high : float array, shape (horizons,)
        Index of prediction accuracy, 1 - score / null score: 0 = no better than no model, below 0
        = worse. Its interval is on the plain scale.
    integrated, null_integrated : float
        Mean over time between the first and the last horizon, trapezoidal; NaN with one horizon.
    n, n_events : int
        Participants; events up to the last horizon.
    method, convention, status : str
    """

    horizons_days: NDArray[np.float64]
    scores: NDArray[np.float64]
    null_scores: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    accuracy_ci_low: NDArray[np.float64]
    accuracy_ci_high: NDArray[np.float64]
    integrated: float
    null_integrated: float
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
    confidence: float = 0.95,
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
    confidence : float
        Level of the intervals.

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
    Standard errors by the infinitesimal jackknife, with the estimated weights where they come from
    the participants themselves; `training` is taken as known. Checked against: R
    `riskRegression::Score` (score and null score to 1e-10; its variance divides by n - 1).
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
    z = normal_quantile(confidence)
    base = survival if training is None else training
    curve = censoring_curve(base)
    status = _unreached(survival, curve, float(horizons[-1]))
    scores = null_scores = errors = accuracy_errors = np.full(horizons.size, np.nan)
    if not status:
        without_model = kaplan_meier(base).at(horizons)[0]
        found = [
            _at_horizon(
                survival,
                np.column_stack([given[:, k], np.full(survival.n, without_model[k])]),
                horizon,
                curve,
                is_own=training is None,
            )
            for k, horizon in enumerate(horizons)
        ]
        scores, null_scores, errors, accuracy_errors = np.array(found).T
    # A null score of zero leaves nothing to explain: everybody had the event, or nobody.
    accuracy = 1.0 - scores / np.where(null_scores > 0.0, null_scores, np.nan)
    return BrierScore(
        horizons_days=horizons,
        scores=scores,
        null_scores=null_scores,
        standard_errors=errors,
        ci_low=scores - z * errors,
        ci_high=scores + z * errors,
        accuracy=accuracy,
        accuracy_ci_low=accuracy - z * accuracy_errors,
        accuracy_ci_high=accuracy + z * accuracy_errors,
        integrated=_mean_over_time(scores, horizons),
        null_integrated=_mean_over_time(null_scores, horizons),
        n=survival.n,
        n_events=int((survival.event & (survival.time <= horizons[-1])).sum()),
        method="Brier score, inverse probability of censoring weights",
        convention="lower is better; weights 1/G(t-) at events, 1/G(horizon) after the horizon; "
        "infinitesimal jackknife",
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


def _at_horizon(
    survival: Survival,
    predicted: NDArray[np.float64],
    horizon: float,
    curve: CensoringCurve,
    *,
    is_own: bool,
) -> tuple[float, float, float, float]:
    """Return score, null score, error of the score and of the accuracy at one horizon.

    `predicted` holds the model's survival and that of no model, shape (n, 2).
    """
    died = survival.event & (survival.time <= horizon)
    later = survival.time > horizon
    weight = np.zeros(survival.n)
    weight[died] = 1.0 / curve.before(survival.time[died])
    weight[later] = 1.0 / curve.at(np.array([horizon]))[0]
    terms = weight[:, None] * (later[:, None] - predicted) ** 2
    scores = terms.mean(axis=0)
    influence = (terms - scores) / survival.n
    if is_own:
        at = np.where(later, horizon, survival.time)
        steps = np.searchsorted(curve.time, at, side="left")
        steps[later] = np.searchsorted(curve.time, horizon, side="right")
        influence = influence + np.column_stack([
            weight_influence(survival, curve, term / survival.n, steps) for term in terms.T
        ])
    # The curve that predicts the same for all is itself estimated, but minimises the null score:
    # moving it a little moves the score not at all.
    null = scores[1] if scores[1] > 0.0 else float("nan")
    of_accuracy = (influence[:, 1] * scores[0] / null - influence[:, 0]) / null
    error, accuracy_error = (float(np.sqrt(np.sum(i**2))) for i in (influence[:, 0], of_accuracy))
    return float(scores[0]), float(scores[1]), error, accuracy_error


def _mean_over_time(scores: NDArray[np.float64], horizons: NDArray[np.float64]) -> float:
    """Return the trapezoidal mean between the first and the last horizon; NaN with one."""
    if horizons.size < 2:
        return float("nan")
    return float(np.trapezoid(scores, horizons) / (horizons[-1] - horizons[0]))
