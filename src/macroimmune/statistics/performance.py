"""How good predictions are, all of it at once: discrimination never stands alone.

A model can order participants well and still give risks that are wrong by a factor of two, or be
worth less than treating everybody. So discrimination, calibration, the Brier score beside that of
no model and net benefit are one result, and there is no way to ask for one of them here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.binary_calibration import binary_calibration
from macroimmune.statistics.binary_prediction_error import BinaryBrierScore, binary_brier_score
from macroimmune.statistics.calibration import Calibration, checked_risk
from macroimmune.statistics.concordance import Concordance, concordance
from macroimmune.statistics.net_benefit import NetBenefit, net_benefit, survival_net_benefit
from macroimmune.statistics.performance_measures import (
    PerformanceMeasure,
    accuracy_line,
    brier_line,
    calibration_lines,
    joined_status,
    net_benefit_lines,
)
from macroimmune.statistics.prediction_error import BrierScore, brier_score
from macroimmune.statistics.roc import Auc, auc
from macroimmune.statistics.survival_calibration import survival_calibration
from macroimmune.statistics.time_dependent_roc import TimeDependentAuc, time_dependent_auc

__all__ = [
    "BinaryPerformance",
    "SurvivalPerformance",
    "binary_performance",
    "survival_performance",
]

APPARENT = "apparent performance, in the data that fitted the model: too good"
VALIDATED = "performance in participants who did not fit the model"


@dataclass(frozen=True, slots=True, eq=False)
class BinaryPerformance:
    """Performance of predicted risks of a yes-or-no outcome.

    Parameters
    ----------
    discrimination : Auc
    calibration : Calibration
    brier : BinaryBrierScore
    net_benefit : NetBenefit
    is_apparent : bool
        True where the predictions come from the data that fitted the model.
    measures : tuple of PerformanceMeasure
        All of it as lines of a table.
    n, n_events : int
    method, convention, status : str
        `method` says whether the performance is apparent; `status` which parts are missing.
    """

    discrimination: Auc
    calibration: Calibration
    brier: BinaryBrierScore
    net_benefit: NetBenefit
    is_apparent: bool
    measures: tuple[PerformanceMeasure, ...]
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalPerformance:
    """Performance of predicted risks of an event by a horizon.

    Parameters
    ----------
    horizon_days : float
    discrimination : Concordance
        Uno's, with events up to the horizon.
    area : TimeDependentAuc
    calibration : Calibration
    brier : BrierScore
    net_benefit : NetBenefit
    is_apparent : bool
        True where the predictions come from the data that fitted the model.
    measures : tuple of PerformanceMeasure
        All of it as lines of a table.
    n, n_events : int
        Participants; events up to the horizon.
    method, convention, status : str
        `method` says whether the performance is apparent; `status` which parts are missing.
    """

    horizon_days: float
    discrimination: Concordance
    area: TimeDependentAuc
    calibration: Calibration
    brier: BrierScore
    net_benefit: NetBenefit
    is_apparent: bool
    measures: tuple[PerformanceMeasure, ...]
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def binary_performance(
    outcome: NDArray[np.bool_],
    predicted_risk: ArrayLike,
    *,
    thresholds: ArrayLike,
    is_apparent: bool,
    replicates: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> BinaryPerformance:
    """Return discrimination, calibration, Brier score and net benefit of predicted risks.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    predicted_risk : float array, shape (n,), in [0, 1]
        Without missing values.
    thresholds : float array, shape (thresholds,), in (0, 1)
        Of the risk at which one would treat; fixed in advance.
    is_apparent : bool
        Whether these participants fitted the model.
    replicates : int
        Bootstrap samples for the distances of the calibration; 0 leaves their limits out.
    rng : numpy Generator
    confidence : float
        Level of the intervals.

    Returns
    -------
    found : BinaryPerformance

    Raises
    ------
    InputError
        If shapes do not match, the outcome is not boolean, risks lie outside [0, 1] or thresholds
        outside (0, 1).

    Examples
    --------
    >>> found = binary_performance(
    ...     np.arange(8) % 2 == 0, [0.6, 0.4, 0.7, 0.2, 0.3, 0.5, 0.55, 0.45], thresholds=[0.5],
    ...     is_apparent=False, replicates=0, rng=np.random.default_rng(1))
    >>> [measure.name for measure in found.measures][:2]
    ['area under the ROC curve', 'observed / expected']
    """
    cases = np.asarray(outcome)
    risk = checked_risk(predicted_risk, cases.size)
    area = auc(risk, cases, confidence=confidence)
    fit = binary_calibration(cases, risk, replicates=replicates, rng=rng, confidence=confidence)
    error = binary_brier_score(cases, risk, confidence=confidence)
    worth = net_benefit(cases, risk, thresholds)
    measures = (
        PerformanceMeasure(
            "area under the ROC curve",
            area.estimate,
            area.ci_low,
            area.ci_high,
            1.0,
            0.5,
            area.method,
            area.status,
        ),
        *calibration_lines(fit),
        brier_line(
            error.score, error.ci_low, error.ci_high, error.null_score, error.method, error.status
        ),
        accuracy_line(
            error.accuracy,
            error.accuracy_ci_low,
            error.accuracy_ci_high,
            error.method,
            error.status,
        ),
        *net_benefit_lines(worth),
    )
    return BinaryPerformance(
        discrimination=area,
        calibration=fit,
        brier=error,
        net_benefit=worth,
        is_apparent=is_apparent,
        measures=measures,
        n=error.n,
        n_events=error.n_events,
        method=APPARENT if is_apparent else VALIDATED,
        convention="each part has its own; risks are of the event",
        status=joined_status(discrimination=area, calibration=fit, Brier=error, net_benefit=worth),
    )


def survival_performance(
    survival: Survival,
    predicted_risk: ArrayLike,
    *,
    horizon_days: float,
    thresholds: ArrayLike,
    is_apparent: bool,
    replicates: int,
    rng: np.random.Generator,
    training: Survival | None = None,
    confidence: float = 0.95,
) -> SurvivalPerformance:
    """Return discrimination, calibration, Brier score and net benefit of risks by a horizon.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    predicted_risk : float array, shape (n,), in [0, 1]
        Of the event by the horizon, without missing values.
    horizon_days : float
        Fixed in advance.
    thresholds : float array, shape (thresholds,), in (0, 1)
        Of the risk at which one would treat; fixed in advance.
    is_apparent : bool
        Whether these participants fitted the model.
    replicates : int
        Bootstrap samples for the distances of the calibration; 0 leaves their limits out.
    rng : numpy Generator
    training : Survival or None
        Whose Kaplan-Meier curve is the model of nothing, and whose censoring weights the Brier
        score; the participants themselves where none are given.
    confidence : float
        Level of the intervals.

    Returns
    -------
    found : SurvivalPerformance

    Raises
    ------
    InputError
        If shapes do not match, risks lie outside [0, 1], thresholds outside (0, 1), the horizon is
        not positive, or participants entered late.

    Notes
    -----
    Convention: Uno's concordance takes events up to the horizon and weights 1/G(t-)^2; Brier
    score and area weights 1/G(t-). Checked against: the parts, each by itself.
    """
    risk = checked_risk(predicted_risk, survival.n)
    fit = survival_calibration(
        survival,
        risk,
        horizon_days=horizon_days,
        replicates=replicates,
        rng=rng,
        confidence=confidence,
    )
    order = concordance(
        survival, risk, weights="uno", horizon_days=horizon_days, confidence=confidence
    )
    area = time_dependent_auc(survival, risk, horizon_days=horizon_days, confidence=confidence)
    error = brier_score(
        survival, 1.0 - risk, [horizon_days], training=training, confidence=confidence
    )
    worth = survival_net_benefit(survival, risk, thresholds, horizon_days=horizon_days)
    return SurvivalPerformance(
        horizon_days=float(horizon_days),
        discrimination=order,
        area=area,
        calibration=fit,
        brier=error,
        net_benefit=worth,
        is_apparent=is_apparent,
        measures=_survival_measures(order, area, fit, error, worth),
        n=survival.n,
        n_events=fit.n_events,
        method=APPARENT if is_apparent else VALIDATED,
        convention="each part has its own; risks are of the event by the horizon",
        status=joined_status(
            discrimination=order, area=area, calibration=fit, Brier=error, net_benefit=worth
        ),
    )


def _survival_measures(
    order: Concordance,
    area: TimeDependentAuc,
    fit: Calibration,
    error: BrierScore,
    worth: NetBenefit,
) -> tuple[PerformanceMeasure, ...]:
    """Return the measures as lines that can be read beside each other."""
    day = area.horizon_days
    return (
        PerformanceMeasure(
            f"Uno's concordance up to day {day:g}",
            order.concordance,
            order.ci_low,
            order.ci_high,
            1.0,
            0.5,
            order.method,
            order.status,
        ),
        PerformanceMeasure(
            f"area under the ROC curve at day {day:g}",
            area.auc,
            area.ci_low,
            area.ci_high,
            1.0,
            0.5,
            area.method,
            area.status,
        ),
        *calibration_lines(fit),
        brier_line(
            float(error.scores[0]),
            float(error.ci_low[0]),
            float(error.ci_high[0]),
            float(error.null_scores[0]),
            error.method,
            error.status,
        ),
        accuracy_line(
            float(error.accuracy[0]),
            float(error.accuracy_ci_low[0]),
            float(error.accuracy_ci_high[0]),
            error.method,
            error.status,
        ),
        *net_benefit_lines(worth),
    )
