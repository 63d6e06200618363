"""The variance between cohorts: restricted maximum likelihood and the Q-profile interval."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

__all__ = ["heterogeneity_q", "profile_interval", "restricted_variance", "typical_variance"]

Vector = NDArray[np.float64]
_ROUNDS = 2000
_TOLERANCE = 1e-13


def heterogeneity_q(effects: Vector, variances: Vector, tau_squared: float = 0.0) -> float:
    """Return the weighted sum of squares about the weighted mean; Cochran's Q at tau squared 0."""
    weights = 1.0 / (variances + tau_squared)
    mean = weights @ effects / weights.sum()
    return float(weights @ (effects - mean) ** 2)


def typical_variance(variances: Vector) -> float:
    """Return the variance within a typical cohort, as I squared and H take it (Higgins)."""
    return float((variances.size - 1) / _shared_weights(1.0 / variances).sum())


def _shared_weights(weights: Vector) -> Vector:
    """Return the product of the weights of each two cohorts by their sum, zero on the diagonal.

    What is left of a cohort's weight beside the mean, w_i - w_i^2 / sum(w), is the sum of its row;
    taken as that difference it would be lost where one cohort has nearly all the weight.
    """
    shared: Vector = np.outer(weights, weights) / weights.sum()
    np.fill_diagonal(shared, 0.0)
    return shared


def _restricted_likelihood(effects: Vector, variances: Vector, tau_squared: float) -> float:
    total = variances + tau_squared
    q = heterogeneity_q(effects, variances, tau_squared)
    return float(-0.5 * (np.log(total).sum() + math.log((1.0 / total).sum()) + q))


def _score_step(effects: Vector, variances: Vector, tau_squared: float) -> float:
    """Return the step of Fisher scoring: (y'PPy - tr P) / tr PP with P of an intercept alone."""
    # P has the shared weights, negative, beside its diagonal, and rows that add up to zero.
    shared = _shared_weights(1.0 / (variances + tau_squared))
    diagonal = shared.sum(axis=1)
    residuals = (shared * (effects[:, None] - effects)).sum(axis=1)
    trace_pp = diagonal @ diagonal + (shared**2).sum()
    return float((residuals @ residuals - diagonal.sum()) / trace_pp)


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
    Convention: Fisher scoring from the estimate of Hedges; a step that lowers the likelihood is
    halved, and where the score turns the top between both places is taken. Checked against: R
    `metafor::rma(method = "REML")`.
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
        if step * _score_step(effects, variances, moved) < 0:
            # Scoring could step from one side of the top to the other for thousands of rounds.
            return _top_between(effects, variances, found, moved, _TOLERANCE * (moved + unit))
        found, height = moved, higher
    return math.nan


def _top_between(
    effects: Vector, variances: Vector, one: float, other: float, tolerance: float
) -> float:
    """Return the tau squared between two others at which the score is zero."""
    return float(
        optimize.brentq(
            lambda tau_squared: _score_step(effects, variances, tau_squared),
            one,
            other,
            xtol=tolerance,
            rtol=_TOLERANCE,
        )
    )


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
