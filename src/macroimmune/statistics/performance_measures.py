"""The measures of performance as lines of a table, each beside the ideal and beside no model."""

from dataclasses import dataclass

import numpy as np

from macroimmune.statistics.binary_prediction_error import BinaryBrierScore
from macroimmune.statistics.calibration import Calibration
from macroimmune.statistics.concordance import Concordance
from macroimmune.statistics.net_benefit import NetBenefit
from macroimmune.statistics.prediction_error import BrierScore
from macroimmune.statistics.roc import Auc
from macroimmune.statistics.time_dependent_roc import TimeDependentAuc

__all__ = [
    "PerformanceMeasure",
    "accuracy_line",
    "brier_line",
    "calibration_lines",
    "joined_status",
    "net_benefit_lines",
]


@dataclass(frozen=True, slots=True)
class PerformanceMeasure:
    """One line of a table of performance.

    Parameters
    ----------
    name : str
    estimate, ci_low, ci_high : float
        NaN where there is none; net benefit has no interval.
    ideal : float
        What a perfect model would have; NaN where it depends on the data.
    without_model : float
        What predicting the same for all would have; of net benefit, the better of treating
        everybody and nobody. NaN where the question has no answer.
    method, status : str
    """

    name: str
    estimate: float
    ci_low: float
    ci_high: float
    ideal: float
    without_model: float
    method: str
    status: str


def calibration_lines(fit: Calibration) -> tuple[PerformanceMeasure, ...]:
    """Return the lines of the calibration; the intercept only where it was asked of the data."""
    nan = float("nan")
    lines = [
        ("observed / expected", fit.ratio, fit.ratio_ci_low, fit.ratio_ci_high, 1.0, 1.0),
        ("calibration slope", fit.slope, fit.slope_ci_low, fit.slope_ci_high, 1.0, nan),
        ("mean distance to the observed risk", fit.ici, fit.ici_ci_low, fit.ici_ci_high, 0.0, nan),
        (
            "median distance to the observed risk",
            fit.e50,
            fit.e50_ci_low,
            fit.e50_ci_high,
            0.0,
            nan,
        ),
        ("90th percentile of the distance", fit.e90, fit.e90_ci_low, fit.e90_ci_high, 0.0, nan),
    ]
    if np.isfinite(fit.intercept):
        large = (fit.intercept, fit.intercept_ci_low, fit.intercept_ci_high)
        lines.insert(1, ("calibration in the large, log odds", *large, 0.0, nan))
    # The status may be of the curve alone: a number that is there needs no excuse.
    return tuple(
        PerformanceMeasure(*line, fit.method, "" if np.isfinite(line[3]) else fit.status)
        for line in lines
    )


def brier_line(
    score: float, low: float, high: float, null: float, method: str, status: str
) -> PerformanceMeasure:
    """Return the line of the Brier score."""
    return PerformanceMeasure("Brier score", score, low, high, 0.0, null, method, status)


def accuracy_line(
    accuracy: float, low: float, high: float, method: str, status: str
) -> PerformanceMeasure:
    """Return the line of the index of prediction accuracy."""
    if not status and np.isnan(accuracy):
        status = "all have the same outcome, so no model could explain anything"
    return PerformanceMeasure(
        "index of prediction accuracy", accuracy, low, high, 1.0, 0.0, method, status
    )


def net_benefit_lines(worth: NetBenefit) -> tuple[PerformanceMeasure, ...]:
    """Return a line per threshold."""
    nan = float("nan")
    return tuple(
        PerformanceMeasure(
            f"net benefit at a risk of {level:g}",
            float(value),
            nan,
            nan,
            nan,
            max(float(everybody), 0.0) if np.isfinite(everybody) else nan,
            worth.method,
            "" if np.isfinite(value) else worth.status,
        )
        for level, value, everybody in zip(
            worth.thresholds, worth.net_benefit, worth.treat_all, strict=True
        )
    )


def joined_status(
    **parts: Auc
    | Concordance
    | TimeDependentAuc
    | Calibration
    | BinaryBrierScore
    | BrierScore
    | NetBenefit,
) -> str:
    """Return what is missing, part by part; a reason that several share is said once."""
    reasons: dict[str, list[str]] = {}
    for name, part in parts.items():
        if part.status:
            reasons.setdefault(part.status, []).append(name.replace("_", " "))
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
