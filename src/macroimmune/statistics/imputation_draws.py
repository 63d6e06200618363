"""One proper draw of missing values: first of the model's parameters, then of the values.

A draw that took the fitted parameters for certain would make intervals too short. Continuous
values: the linear model's posterior with the usual flat prior, then the observed value of a
participant with a similar prediction, so that nothing impossible is filled in. Yes-or-no values:
the logistic model with a weak normal prior, which keeps separated data finite. Undetected values:
the left-censored normal model, then the normal distribution cut at each limit.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics.left_censored import LeftCensoredRegression
from macroimmune.statistics.logistic import binomial_likelihood

__all__ = ["draw_below_limits", "draw_continuous", "draw_yes_or_no", "independent_columns"]

_DONORS = 5
_PRIOR_SD = 2.5
_STEPS = 50


def independent_columns(predictors: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which columns vary and are no combination of earlier ones and a constant.

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 2.0, 5.0], [2.0, 4.0, 5.0], [4.0, 8.0, 5.0]]))
    array([0])
    """
    kept: list[int] = []
    basis = np.ones((predictors.shape[0], 1)) / np.sqrt(max(predictors.shape[0], 1))
    for column in range(predictors.shape[1]):
        values = predictors[:, column]
        rest = values - basis @ (basis.T @ values)
        # Twice is enough: what rounding left of the earlier columns goes in the second pass.
        rest = rest - basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > 1e-7 * float(np.linalg.norm(values)):
            basis = np.column_stack([basis, rest / length])
            kept.append(column)
    return np.array(kept, dtype=np.intp)


def draw_continuous(
    values: NDArray[np.float64],
    predictors: NDArray[np.float64],
    missing: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return a draw of missing continuous values by predictive mean matching.

    Parameters
    ----------
    values : float array, shape (n,)
        What stands where `missing` is True is not read.
    predictors : float array, shape (n, predictors)
        Complete; columns that do not vary or repeat others are left out.
    missing : bool array, shape (n,)
    rng : numpy Generator

    Returns
    -------
    drawn : float array, shape (missing values,)

    Notes
    -----
    Convention: coefficients and variance drawn from the posterior; one of the five participants
    whose fitted value lies nearest to the drawn prediction gives its value.
    """
    seen = ~missing
    kept = independent_columns(predictors[seen])
    design = np.column_stack([np.ones(values.size), predictors[:, kept]])
    triangle, coefficients, squares = _least_squares(design[seen], values[seen])
    degrees = max(int(seen.sum()) - design.shape[1], 1)
    sd = np.sqrt(squares / rng.chisquare(degrees))
    drawn = coefficients + sd * np.linalg.solve(triangle, rng.standard_normal(coefficients.size))
    fitted, predicted = design[seen] @ coefficients, design[missing] @ drawn
    donors = min(_DONORS, int(seen.sum()))
    distance = np.abs(predicted[:, None] - fitted[None, :])
    # A random order among equal distances: ties must not always choose the first participants.
    shuffled = rng.permutation(fitted.size)
    nearest = np.argpartition(distance[:, shuffled], donors - 1, axis=1)[:, :donors]
    chosen = nearest[np.arange(predicted.size), rng.integers(0, donors, predicted.size)]
    return np.asarray(values[seen][shuffled[chosen]])


def draw_yes_or_no(
    values: NDArray[np.float64],
    predictors: NDArray[np.float64],
    missing: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return a draw of missing 0/1 values from a logistic model.

    Parameters
    ----------
    values : float array, shape (n,)
        0 or 1; what stands where `missing` is True is not read.
    predictors : float array, shape (n, predictors)
        Complete.
    missing : bool array, shape (n,)
    rng : numpy Generator

    Returns
    -------
    drawn : float array, shape (missing values,)
        0 or 1.

    Notes
    -----
    Convention: normal approximation of the posterior at its mode; the prior of each coefficient
    of a standardised predictor is normal with SD 2.5.
    """
    seen = ~missing
    kept = independent_columns(predictors[seen])
    chosen = predictors[:, kept]
    centre, spread = chosen[seen].mean(axis=0), chosen[seen].std(axis=0)
    design = np.column_stack([np.ones(values.size), (chosen - centre) / spread])
    precision = np.full(design.shape[1], 1.0 / _PRIOR_SD**2)
    precision[0] = 1.0 / (4.0 * _PRIOR_SD) ** 2
    response, at = values[seen] > 0.5, np.zeros(design.shape[1])
    information = np.diag(precision)
    # The posterior is strictly concave and bounded in curvature: damped Newton steps end.
    for _ in range(_STEPS):
        here = binomial_likelihood(design[seen], response, at)
        information = here.information + np.diag(precision)
        step = np.linalg.solve(information, here.score - precision * at)
        at = at + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    drawn = at + _normal_draw(np.linalg.inv(information), rng)
    probability = special.expit(design[missing] @ drawn)
    return np.asarray(rng.random(probability.size) < probability, dtype=float)


def draw_below_limits(
    fit: LeftCensoredRegression,
    limits: NDArray[np.float64],
    predictors: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return a draw of undetected values, each below its own limit.

    Parameters
    ----------
    fit : LeftCensoredRegression
        Of the values on the predictors, normal.
    limits : float array, shape (undetected,)
    predictors : float array, shape (undetected, predictors)
        Those of the fit, of the participants whose value is undetected.
    rng : numpy Generator

    Returns
    -------
    drawn : float array, shape (undetected,)
        At or below the limits.

    Notes
    -----
    Convention: coefficients and log SD drawn from their normal approximation; then the normal
    distribution, cut at the limit, by its quantile in logarithms (exact far below the mean).
    """
    parameters = np.append(fit.coefficients, np.log(fit.sd)) + _normal_draw(fit.covariance, rng)
    mean = parameters[0] + predictors @ parameters[1:-1]
    sd = float(np.exp(parameters[-1]))
    log_tail = special.log_ndtr((limits - mean) / sd)
    uniform = 1.0 - rng.random(limits.size)
    drawn = mean + sd * special.ndtri_exp(np.log(uniform) + log_tail)
    return np.asarray(np.minimum(drawn, limits))


def _normal_draw(covariance: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return one draw of a normal vector with mean zero."""
    root = np.linalg.cholesky(covariance)
    return np.asarray(root @ rng.standard_normal(len(covariance)))


def _least_squares(
    design: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return R of the design, the coefficients, and the sum of squared residuals."""
    orthogonal, triangle = np.linalg.qr(design)
    coefficients = np.asarray(np.linalg.solve(triangle, orthogonal.T @ values))
    residual = values - design @ coefficients
    return triangle, coefficients, float(residual @ residual)
