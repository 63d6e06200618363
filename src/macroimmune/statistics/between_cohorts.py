"""The variance between cohorts: restricted maximum likelihood and the Q-profile interval."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

__all__ = ["heterogeneity_q", "profile_interval", "restricted_variance", "typical_variance"]

Vector = NDArray[np.float64]
_ROUNDS = 200
_TOLERANCE = 1e-13


def heterogeneity_q(effects: Vector, variances: Vector, tau_squared: float = 0.0) -> float:
    """Return the weighted sum of squares about the weighted mean; Cochran's Q at tau squared 0."""
    weights = 1.0 / (variances + tau_squared)
    mean = weights @ effects / weights.sum()
    return float(weights @ (effects - mean) ** 2)


def typical_variance(variances: Vector) -> float:
    """Return the variance within a typical cohort, as I squared and H take it (Higgins)."""
    weights = 1.0 / variances
    return float((variances.size - 1) / (weights.sum() - (weights @ weights) / weights.sum()))


def _restricted_likelihood(effects: Vector, variances: Vector, tau_squared: float) -> float:
    total = variances + tau_squared
    q = heterogeneity_q(effects, variances, tau_squared)
    return float(-0.5 * (np.log(total).sum() + math.log((1.0 / total).sum()) + q))


def _score_step(effects: Vector, variances: Vector, tau_squared: float) -> float:
    """Return the step of Fisher scoring: (y'PPy - tr P) / tr PP with P of an intercept alone."""
    w = 1.0 / (variances + tau_squared)
    total, squares = w.sum(), w @ w
    mean = w @ effects / total
    trace_p = total - squares / total
    trace_pp = squares - 2.0 * (w**3).sum() / total + (squares / total) ** 2
    return float(((w**2) @ (effects - mean) ** 2 - trace_p) / trace_pp)


def restricted_variance(effects: Vector, variances: Vector) -> float:
    """Return tau squared that maximises the restricted likelihood, never below zero.

    Parameters
    ----------
    effects, variances : float arrays, shape (cohorts,)
        Without missing values, variances above zero, two cohorts or more.

    Returns
    -------
    tau_squared : float
        NaN where the search does not settle.

    Notes
    -----
    Convention: Fisher scoring from the estimate of Hedges, a step that lowers the likelihood is
    halved. Checked against: R `metafor::rma(method = "REML")`.
    """
    found = max(0.0, float(np.var(effects, ddof=1) - variances.mean()))
    height = _restricted_likelihood(effects, variances, found)
    unit = float(variances.mean())
    for _ in range(_ROUNDS):
        step = _score_step(effects, variances, found)
        moved, higher = found, height
        while abs(step) > _TOLERANCE * (found + unit):
            moved = max(0.0, found + step)
            higher = _restricted_likelihood(effects, variances, moved)
            if higher >= height:
                break
            step /= 2.0
        if abs(moved - found) <= _TOLERANCE * (found + unit) or higher < height:
            return found
        found, height = moved, higher
    return math.nan


def profile_interval(
    effects: Vector, variances: Vector, *, confidence: float
) -> tuple[float, float]:
    """Return the Q-profile interval of tau squared; NaN twice where no tau squared fits.

    Notes
    -----
    Convention: the interval is empty where the cohorts agree better than chance allows even
    without any variance between them. Checked against: R `metafor::confint.rma.uni`.
    """
    tail, freedom = (1.0 - confidence) / 2.0, effects.size - 1
    at_zero = heterogeneity_q(effects, variances)
    wanted = (special.chdtri(freedom, tail), special.chdtri(freedom, 1.0 - tail))
    if at_zero < wanted[1]:
        return math.nan, math.nan
    ends = [0.0 if at_zero <= q else _where(effects, variances, float(q)) for q in wanted]
    return ends[0], ends[1]


def _where(effects: Vector, variances: Vector, wanted: float) -> float:
    """Return the tau squared at which the sum of squares, which falls with it, is `wanted`."""
    # For any tau squared Q is at most the plain sum of squares divided by it.
    most = float(((effects - effects.mean()) ** 2).sum()) / wanted
    return float(
        optimize.brentq(
            lambda tau_squared: heterogeneity_q(effects, variances, tau_squared) - wanted,
            0.0,
            most * (1.0 + 1e-9),
            xtol=1e-14 * most,
            rtol=1e-13,
        )
    )
