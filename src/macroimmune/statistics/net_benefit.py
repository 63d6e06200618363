"""Decision curves: what acting on a predicted risk is worth at thresholds fixed in advance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.kaplan_meier import kaplan_meier
from macroimmune.statistics.logistic import checked_outcome

__all__ = ["NetBenefit", "net_benefit", "survival_net_benefit"]

_CONVENTION = (
    "true positives less false positives weighted by threshold / (1 - threshold), per participant; "
    "treat if the risk is at or above the threshold; treating nobody is worth 0"
)


@dataclass(frozen=True, slots=True, eq=False)
class NetBenefit:
    """Net benefit at each threshold; NaN where `status` says why there is none.

    Parameters
    ----------
    thresholds, net_benefit, treat_all : float array, shape (thresholds,)
        Of treating by the predicted risk, and of treating everybody.
    n_treated : int array, shape (thresholds,)
    n, n_events : int
    method, convention, status : str
    """

    thresholds: NDArray[np.float64]
    net_benefit: NDArray[np.float64]
    treat_all: NDArray[np.float64]
    n_treated: NDArray[np.intp]
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def net_benefit(
    outcome: NDArray[np.bool_], predicted_risk: ArrayLike, thresholds: ArrayLike
) -> NetBenefit:
    """Return the decision curve of a predicted risk of a binary outcome.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for the event that treatment is meant to prevent.
    predicted_risk : float array, shape (n,), in [0, 1]
        Without missing values.
    thresholds : float array, shape (thresholds,), in (0, 1)
        Fixed in advance.

    Returns
    -------
    curve : NetBenefit

    Raises
    ------
    InputError
        If shapes do not match, risks lie outside [0, 1] or thresholds outside (0, 1).

    Notes
    -----
    Convention: Vickers and Elkin (2006). Checked against: hand calculation, and dcurves.

    Examples
    --------
    >>> y = np.array([True, True, False, False])
    >>> net_benefit(y, [0.9, 0.4, 0.6, 0.1], [0.5]).net_benefit
    array([0.])
    """
    response = checked_outcome(outcome)
    risk, levels = _checked(predicted_risk, response.size, thresholds)
    status = "" if response.size else "no participants"
    treated = risk[:, None] >= levels
    odds = levels / (1.0 - levels)
    n = max(response.size, 1)
    benefit = (
        (treated & response[:, None]).sum(0) - odds * (treated & ~response[:, None]).sum(0)
    ) / n
    everybody = (response.sum() - odds * (~response).sum()) / n
    gap = np.full(levels.size, np.nan)
    return NetBenefit(
        thresholds=levels,
        net_benefit=gap if status else benefit,
        treat_all=gap if status else everybody,
        n_treated=np.asarray(treated.sum(axis=0), dtype=np.intp),
        n=response.size,
        n_events=int(response.sum()),
        method="net benefit, binary outcome",
        convention=_CONVENTION,
        status=status,
    )


def survival_net_benefit(
    survival: Survival, predicted_risk: ArrayLike, thresholds: ArrayLike, *, horizon_days: float
) -> NetBenefit:
    """Return the decision curve of a predicted risk of the event by a horizon.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    predicted_risk : float array, shape (n,), in [0, 1]
        Of the event by the horizon, without missing values.
    thresholds : float array, shape (thresholds,), in (0, 1)
    horizon_days : float
        Fixed in advance.

    Returns
    -------
    curve : NetBenefit
        NaN at a threshold where those who would be treated were not followed to the horizon.

    Raises
    ------
    InputError
        As `net_benefit`, or if the horizon is not positive.

    Notes
    -----
    Convention: the share with the event among those who would be treated is one less their
    Kaplan-Meier curve at the horizon (Vickers and others 2008). Checked against: dcurves, and
    `net_benefit` without censoring.
    """
    risk, levels = _checked(predicted_risk, survival.n, thresholds)
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        msg = f"a horizon is a day after time zero, found {horizon_days}; fix it in advance"
        raise InputError(msg)
    odds = levels / (1.0 - levels)
    everybody = _by_horizon(survival, horizon_days)
    treated = risk[:, None] >= levels
    share = treated.mean(axis=0) if survival.n else np.zeros(levels.size)
    events = np.array([
        _by_horizon(survival.select(treated[:, k]), horizon_days) if treated[:, k].any() else 0.0
        for k in range(levels.size)
    ])
    benefit = share * (events - odds * (1.0 - events))
    status = ""
    if np.isnan(everybody):
        status = f"the horizon of {horizon_days:g} days lies past the last follow-up"
        benefit = np.full(levels.size, np.nan)
    elif np.isnan(benefit).any():
        listed = ", ".join(f"{level:g}" for level in levels[np.isnan(benefit)])
        status = f"those who would be treated at {listed} were not followed to the horizon"
    return NetBenefit(
        thresholds=levels,
        net_benefit=benefit,
        treat_all=everybody - odds * (1.0 - everybody),
        n_treated=np.asarray(treated.sum(axis=0), dtype=np.intp),
        n=survival.n,
        n_events=int((survival.event & (survival.time <= horizon_days)).sum()),
        method=f"net benefit by day {horizon_days:g}, Kaplan-Meier",
        convention=_CONVENTION,
        status=status,
    )


def _by_horizon(survival: Survival, horizon: float) -> float:
    """Return the probability of the event by the horizon, NaN past the follow-up."""
    if not survival.n:
        return float("nan")
    return 1.0 - float(kaplan_meier(survival).at([horizon])[0][0])


def _checked(
    predicted_risk: ArrayLike, n: int, thresholds: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return risks and thresholds as arrays.

    Raises
    ------
    InputError
        If risks lie outside [0, 1] or thresholds outside (0, 1).
    """
    risk = covariate_matrix(predicted_risk, n)[:, 0]
    levels = np.atleast_1d(np.asarray(thresholds, dtype=float))
    if (risk < 0.0).any() or (risk > 1.0).any():
        msg = "predicted risks are probabilities of the event and lie between 0 and 1"
        raise InputError(msg)
    if levels.ndim != 1 or not ((levels > 0.0) & (levels < 1.0)).all():
        msg = f"thresholds lie between 0 and 1, found {levels.tolist()}; fix them in advance"
        raise InputError(msg)
    return risk, levels
