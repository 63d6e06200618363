"""How far predicted risks of a yes-or-no outcome are from it: the Brier score beside no model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.statistics.calibration import checked_risk
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.logistic import checked_outcome

__all__ = ["BinaryBrierScore", "binary_brier_score"]


@dataclass(frozen=True, slots=True, eq=False)
class BinaryBrierScore:
    """Mean squared error of predicted risks; NaN where `status` says why there is none.

    Parameters
    ----------
    score, standard_error, ci_low, ci_high : float
        Of the predictions; normal interval.
    null_score : float
        Of predicting the share with the event for all.
    accuracy, accuracy_ci_low, accuracy_ci_high : float
        Index of prediction accuracy, 1 - score / null score; NaN where all have one outcome.
    n, n_events : int
    method, convention, status : str
    """

    score: float
    standard_error: float
    ci_low: float
    ci_high: float
    null_score: float
    accuracy: float
    accuracy_ci_low: float
    accuracy_ci_high: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def binary_brier_score(
    outcome: NDArray[np.bool_], predicted_risk: ArrayLike, *, confidence: float = 0.95
) -> BinaryBrierScore:
    """Return the Brier score of predicted risks, beside that of no model.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    predicted_risk : float array, shape (n,), in [0, 1]
        Without missing values.
    confidence : float
        Level of the intervals.

    Returns
    -------
    found : BinaryBrierScore

    Raises
    ------
    InputError
        If shapes do not match, the outcome is not boolean, or risks lie outside [0, 1].

    Notes
    -----
    Convention: standard errors by the infinitesimal jackknife (divisor n). Checked against: R
    `riskRegression::Score` of a binary outcome.

    Examples
    --------
    >>> found = binary_brier_score(np.array([True, False]), [0.8, 0.4])
    >>> round(found.score, 3), found.null_score  # (0.04 + 0.16) / 2
    (0.1, 0.25)
    """
    response = checked_outcome(outcome)
    risk = checked_risk(predicted_risk, response.size)
    z = normal_quantile(confidence)
    n, nan = response.size, float("nan")
    score = null = error = accuracy = accuracy_error = nan
    if n:
        share = response.mean()
        terms = np.column_stack([(response - risk) ** 2, (response - share) ** 2])
        score, null = (float(mean) for mean in terms.mean(axis=0))
        influence = (terms - [score, null]) / n
        error = float(np.sqrt(np.sum(influence[:, 0] ** 2)))
        if null > 0.0:
            accuracy = 1.0 - score / null
            of_accuracy = (influence[:, 1] * score / null - influence[:, 0]) / null
            accuracy_error = float(np.sqrt(np.sum(of_accuracy**2)))
    return BinaryBrierScore(
        score=score,
        standard_error=error,
        ci_low=score - z * error,
        ci_high=score + z * error,
        null_score=null,
        accuracy=accuracy,
        accuracy_ci_low=accuracy - z * accuracy_error,
        accuracy_ci_high=accuracy + z * accuracy_error,
        n=n,
        n_events=int(response.sum()),
        method="Brier score, binary outcome",
        convention="lower is better; infinitesimal jackknife",
        status="" if n else "no participants",
    )
