"""The area under the ROC curve with DeLong's variance, and the difference of two areas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile, wald_p

__all__ = [
    "CONVENTION",
    "METHOD",
    "Auc",
    "AucDifference",
    "auc",
    "auc_difference",
    "checked_score",
    "delong_variance",
    "logit_interval",
    "placements",
    "problem_of_area",
    "problem_of_counts",
]

METHOD = "area under the ROC curve, DeLong variance"
CONVENTION = (
    "probability that a case scores higher than a control, ties one half; above 0.5 = higher "
    "score in cases; interval and p against 0.5 on the logit scale"
)


@dataclass(frozen=True, slots=True, eq=False)
class Auc:
    """An area under the ROC curve; NaN with a `status` where it cannot be estimated.

    Parameters
    ----------
    estimate : float
        Above 0.5 where cases score higher.
    standard_error : float
        DeLong, on the scale of the area.
    ci_low, ci_high : float
        On the logit scale, so always within 0-1.
    p_value : float
        Two-sided against 0.5, on the logit scale: below 0.05 exactly when the 95 % interval
        leaves out 0.5.
    n, n_events : int
        Participants and cases.
    method, convention, status : str
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class AucDifference:
    """The difference of two areas measured in the same participants.

    Parameters
    ----------
    estimate : float
        First area less second.
    standard_error, ci_low, ci_high, p_value : float
        DeLong for paired curves; normal interval on the plain scale.
    n, n_events : int
    method, convention, status : str
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def auc(score: ArrayLike, outcome: NDArray[np.bool_], *, confidence: float = 0.95) -> Auc:
    """Return the area under the ROC curve of a score.

    Parameters
    ----------
    score : float array, shape (n,)
        Without missing values.
    outcome : bool array, shape (n,)
        True for cases, such as responders.
    confidence : float
        Level of the interval.

    Returns
    -------
    area : Auc
        An area of exactly 0 or 1 is given without interval: its variance cannot be estimated.

    Raises
    ------
    InputError
        If shapes differ, the outcome is not boolean, or scores are missing.

    Notes
    -----
    Convention: the direction is never turned round; 0.3 means lower scores in cases.
    Checked against: R `pROC::ci.auc(method="delong")`.

    Examples
    --------
    >>> auc([1.0, 2.0, 3.0, 4.0], np.array([False, True, False, True])).estimate
    0.75
    """
    values, cases = checked_score(score, outcome)
    z = normal_quantile(confidence)
    n, n_cases = cases.size, int(cases.sum())
    status = problem_of_counts(n_cases, n - n_cases)
    area = error = low = high = p_value = float("nan")
    if not status:
        of_cases, of_controls = placements(values, cases)
        area = float(of_cases.mean())
        error = float(np.sqrt(delong_variance([of_cases], [of_controls])[0, 0]))
        if 0.0 < area < 1.0 and error > 0.0:
            low, high, p_value = logit_interval(area, error, z)
        else:
            error = float("nan")
            status = problem_of_area(area)
    return Auc(area, error, low, high, p_value, n, n_cases, METHOD, CONVENTION, status)


def auc_difference(
    first: ArrayLike, second: ArrayLike, outcome: NDArray[np.bool_], *, confidence: float = 0.95
) -> AucDifference:
    """Return the difference of the areas of two scores of the same participants.

    Parameters
    ----------
    first, second : float array, shape (n,)
        Without missing values.
    outcome : bool array, shape (n,)
        True for cases.
    confidence : float
        Level of the interval.

    Returns
    -------
    difference : AucDifference

    Raises
    ------
    InputError
        If shapes differ, the outcome is not boolean, or scores are missing.

    Notes
    -----
    Convention: first less second; scores that were fitted to these same participants give a
    difference that is too large. Checked against: R `pROC::roc.test(paired=TRUE)`.

    Examples
    --------
    >>> y = np.array([False, True, False, True, False, True])
    >>> auc_difference([1, 5, 2, 3, 4, 6], [1, 2, 3, 4, 5, 6], y).estimate.__round__(4)
    0.2222
    """
    one, cases = checked_score(first, outcome)
    two, _ = checked_score(second, outcome)
    z = normal_quantile(confidence)
    n, n_cases = cases.size, int(cases.sum())
    status = problem_of_counts(n_cases, n - n_cases)
    estimate = error = p_value = float("nan")
    if not status:
        placed = [placements(values, cases) for values in (one, two)]
        estimate = float(placed[0][0].mean() - placed[1][0].mean())
        covariance = delong_variance([a for a, _ in placed], [b for _, b in placed])
        variance = float(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1])
        if variance > 1e-15:
            error = float(np.sqrt(variance))
            p_value = float(wald_p(np.asarray(estimate / error)))
        else:
            status = "the two scores order the participants alike, so the variance is zero"
    return AucDifference(
        estimate=estimate,
        standard_error=error,
        ci_low=estimate - z * error,
        ci_high=estimate + z * error,
        p_value=p_value,
        n=n,
        n_events=n_cases,
        method="difference of areas under the ROC curve, paired DeLong variance",
        convention="first less second; normal interval and p on the plain scale",
        status=status,
    )


def logit_interval(area: float, error: float, z: float) -> tuple[float, float, float]:
    """Return the limits of an area, and its p against one half, on the logit scale."""
    logit, logit_error = float(special.logit(area)), error / (area * (1.0 - area))
    low, high = (float(special.expit(logit + k * logit_error)) for k in (-z, z))
    return low, high, float(wald_p(np.asarray(logit / logit_error)))


def checked_score(
    score: ArrayLike, outcome: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return score and outcome as arrays of one length, or refuse them.

    Raises
    ------
    InputError
        If shapes differ, the outcome is not boolean, or scores are missing.
    """
    cases = np.asarray(outcome)
    if cases.dtype != np.bool_ or cases.ndim != 1:
        msg = f"the outcome must be a flat boolean array (True = case), found {cases.dtype}"
        raise InputError(msg)
    values = covariate_matrix(score, cases.size)
    if values.shape[1] != 1:
        msg = f"one score per participant, found {values.shape[1]} columns"
        raise InputError(msg)
    return values[:, 0], cases


def placements(
    values: NDArray[np.float64], cases: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, per case, the share of controls below it and, per control, of cases above it."""
    # Midrank among all less midrank among one's own kind counts the other kind below, ties half.
    ranks = stats.rankdata(values)
    own_cases, own_controls = stats.rankdata(values[cases]), stats.rankdata(values[~cases])
    m, n = own_cases.size, own_controls.size
    return (ranks[cases] - own_cases) / n, 1.0 - (ranks[~cases] - own_controls) / m


def delong_variance(
    of_cases: list[NDArray[np.float64]], of_controls: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return DeLong's covariance of the areas of one or more scores."""
    by_case, by_control = np.stack(of_cases), np.stack(of_controls)
    variances = [np.cov(p).reshape(len(p), len(p)) / p.shape[1] for p in (by_case, by_control)]
    return np.asarray(variances[0] + variances[1], dtype=float)


def problem_of_counts(n_cases: int, n_controls: int) -> str:
    """Say why no area can be estimated, or nothing."""
    if n_cases < 2 or n_controls < 2:
        return (
            f"{n_cases} cases and {n_controls} controls: at least two of each are needed for "
            "the area with its variance"
        )
    return ""


def problem_of_area(area: float) -> str:
    """Say why an area has no interval."""
    if area in {0.0, 1.0}:
        return f"the score separates the groups completely (area {area:g}); no interval"
    return "the score does not vary, so the area is one half without variance"
