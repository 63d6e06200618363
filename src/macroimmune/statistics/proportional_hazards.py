"""Does the hazard ratio change with time? The score test of proportional hazards."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.cox_likelihood import partial_likelihood, weighted_information
from macroimmune.statistics.intervals import chi_squared_p
from macroimmune.statistics.kaplan_meier import kaplan_meier
from macroimmune.statistics.risk_sets import risk_sets

__all__ = [
    "ProportionalHazards",
    "TimeTransform",
    "check_transform",
    "proportional_hazards",
    "time_without_scale",
    "transformed_time",
]

TimeTransform = Literal["km", "rank", "identity", "log"]


_NO_DRIFT = (
    "no drift of the hazard ratio can be told: at fewer than two times of events do the covariates "
    "of those at risk differ"
)


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalHazards:
    """Score tests of proportional hazards; NaN with a `status` where there is no fit.

    Parameters
    ----------
    statistics : float array, shape (covariates,)
        Chi-squared with one degree of freedom each.
    p_values : float array, shape (covariates,)
    global_statistic, global_p_value : float
        All covariates together.
    degrees_of_freedom : int
        Of the global test.
    transform : str
        The scale of time on which the log hazard ratio is let drift.
    n, n_events : int
    method, convention, status : str
    """

    statistics: NDArray[np.float64]
    p_values: NDArray[np.float64]
    global_statistic: float
    global_p_value: float
    degrees_of_freedom: int
    transform: str
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def proportional_hazards(
    survival: Survival,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    transform: TimeTransform = "km",
    fit: CoxFit | None = None,
) -> ProportionalHazards:
    """Return the tests that hazard ratios do not change with time.

    Parameters
    ----------
    survival : Survival
    covariates : number or bool array, shape (n,) or (n, covariates)
    strata : int or text array, shape (n,), or None
    transform : str
        "km" (one minus the curve of all patients just before the time), "rank", "identity" or
        "log".
    fit : CoxFit or None
        The model of these very covariates and strata, where it was fitted already.

    Returns
    -------
    test : ProportionalHazards

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, or the transform is unknown.

    Notes
    -----
    Convention: the score test of survival 3 and later, not the older approximation by
    correlation of residuals. A large p is no proof of proportional hazards. Checked against:
    R `cox.zph`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=50), event=np.ones(50, dtype=bool))
    >>> proportional_hazards(s, rng.normal(size=50)).degrees_of_freedom
    1
    """
    check_transform(transform)
    matrix = covariate_matrix(covariates, survival.n)
    fit = cox(survival, matrix, strata=strata) if fit is None else fit
    size = matrix.shape[1]
    statistics, overall = np.full(size, np.nan), float("nan")
    status = fit.status or time_without_scale(survival, transform)
    if not status:
        scale = matrix.std(axis=0)
        statistics, overall = _score_tests(
            survival,
            (matrix - matrix.mean(axis=0)) / scale,
            fit.coefficients * scale,
            None if strata is None else label_codes(strata, survival.n, "stratum")[0],
            transform,
        )
        if np.isnan(overall):
            statistics, status = np.full(size, np.nan), _NO_DRIFT
    return ProportionalHazards(
        statistics=statistics,
        p_values=np.array([chi_squared_p(float(s), 1) for s in statistics]),
        global_statistic=overall,
        global_p_value=chi_squared_p(overall, size),
        degrees_of_freedom=size,
        transform=transform,
        n=fit.n,
        n_events=fit.n_events,
        method="score test of proportional hazards",
        convention=f"drift of the log hazard ratio along time transformed by {transform!r}",
        status=status,
    )


def _score_tests(
    survival: Survival,
    covariates: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    strata: NDArray[np.intp] | None,
    transform: TimeTransform,
) -> tuple[NDArray[np.float64], float]:
    """Return the statistic of each covariate and of all together; NaN where no drift can be told.

    Without information on the drift beside that on the hazard ratio the matrix has no inverse.
    """
    risk = risk_sets(survival, strata)
    likelihood = partial_likelihood(risk, covariates, coefficients)
    drift = transformed_time(survival, transform)[risk.event_rows]
    drift -= drift.mean()
    # The model with x and x g(t): its information has blocks weighted by 1, g and g squared.
    base, cross, square = (
        weighted_information(risk, covariates, likelihood, drift**power) for power in (0, 1, 2)
    )
    score = drift @ (covariates[risk.event_rows] - likelihood.mean)
    # Deaths tied at one time share g, so the order of Efron's steps does not matter above.
    whole = np.block([[base, cross], [cross, square]])
    if np.linalg.matrix_rank(whole, hermitian=True) < len(whole):
        return np.full(score.size, np.nan), float("nan")
    statistics = np.empty(score.size)
    for column in range(score.size):
        effective = square[column, column] - cross[column] @ np.linalg.solve(base, cross[column])
        statistics[column] = score[column] ** 2 / effective
    effective_all = square - cross @ np.linalg.solve(base, cross)
    return statistics, float(score @ np.linalg.solve(effective_all, score))


def check_transform(transform: str) -> None:
    """Refuse a transform of time that is not one of those offered.

    Raises
    ------
    InputError
        With those that are.
    """
    if transform not in get_args(TimeTransform):
        msg = f"transform of time {transform!r}: expected one of {get_args(TimeTransform)}"
        raise InputError(msg)


def time_without_scale(survival: Survival, transform: TimeTransform) -> str:
    """Say that a time of zero has no logarithm, or nothing."""
    if transform != "log" or not survival.n or survival.time.min() > 0:
        return ""
    return "an event or end of observation at time zero has no logarithm; use another transform"


def transformed_time(survival: Survival, transform: TimeTransform) -> NDArray[np.float64]:
    """Return the transformed time of each participant, shape (participants,)."""
    if transform == "identity":
        return survival.time.copy()
    if transform == "log":
        return np.log(survival.time)
    if transform == "rank":
        return np.asarray(stats.rankdata(survival.time), dtype=float)
    curve = kaplan_meier(survival)
    before = np.concatenate(([1.0], curve.survival))
    return 1.0 - before[np.searchsorted(curve.time, survival.time, side="left")]
