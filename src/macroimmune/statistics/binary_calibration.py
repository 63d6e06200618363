"""Calibration of predicted risks of a yes-or-no outcome, without bins."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from macroimmune.statistics.calibration import (
    GRID_POINTS,
    LARGEST_RISK,
    Calibration,
    calibration_distances,
    calibration_knots,
    checked_risk,
    distance_limits,
    empty_calibration,
)
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.logistic import binomial_likelihood, checked_outcome, logistic
from macroimmune.statistics.spline import natural_spline_basis

__all__ = ["binary_calibration"]

_METHOD = (
    "logistic recalibration; smooth curve by logistic regression on a natural cubic spline of the "
    "log odds with three knots"
)
_CONVENTION = (
    "slope below 1 = risks too extreme, intercept and log ratio above 0 = risks too low; knots at "
    "the 10th, 50th and 90th percentile; distances averaged over the participants; "
    "a risk that rounds to 1 counts as the largest number below it"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Smooth:
    """The observed log odds as a spline of the predicted ones."""

    knots: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    status: str

    def at(
        self, predictor: NDArray[np.float64], z: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the observed risk with its pointwise limits."""
        design = _design(predictor, self.knots)
        odds = design @ self.coefficients
        reach = z * np.sqrt(np.einsum("ij,jk,ik->i", design, self.covariance, design))
        risk, low, high = (special.expit(odds + k * reach) for k in (0.0, -1.0, 1.0))
        return risk, low, high


def binary_calibration(
    outcome: NDArray[np.bool_],
    predicted_risk: ArrayLike,
    *,
    replicates: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> Calibration:
    """Return how predicted risks of a yes-or-no outcome compare with what happened.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for the event that was predicted.
    predicted_risk : float array, shape (n,), in [0, 1]
        Without missing values.
    replicates : int
        Bootstrap samples for the limits of the distances; 0 leaves them out.
    rng : numpy Generator
    confidence : float
        Level of the intervals.

    Returns
    -------
    found : Calibration

    Raises
    ------
    InputError
        If shapes do not match, the outcome is not boolean, or risks lie outside [0, 1].

    Notes
    -----
    Convention: the slope is that of a logistic regression on the log odds of the predictions, the
    intercept that with the slope fixed at one. Checked against: R `rms::val.prob` (slope), `glm`
    with `offset` and with `rms::rcs`.

    Examples
    --------
    >>> y, risk = np.arange(8) % 2 == 0, [0.6, 0.4, 0.7, 0.2, 0.3, 0.5, 0.55, 0.45]
    >>> found = binary_calibration(y, risk, replicates=0, rng=np.random.default_rng(1))
    >>> round(found.ratio, 3)  # 4 seen, 3.7 expected
    1.081
    """
    response = checked_outcome(outcome)
    risk = checked_risk(predicted_risk, response.size)
    z = normal_quantile(confidence)
    n, n_events = response.size, int(response.sum())
    status = "" if 0 < n_events < n else f"{n_events} of {n} participants had the event"
    found = empty_calibration(
        n=n,
        n_events=n_events,
        observed=n_events / n if n else float("nan"),
        expected=float(risk.mean()) if n else float("nan"),
        method=_METHOD,
        convention=_CONVENTION,
        status=status and f"{status}: both outcomes are needed",
    )
    if status:
        return found
    found = _in_the_large(found, response, risk, z)
    predictor = _log_odds(risk)
    knots, problem = calibration_knots(predictor)
    if np.isfinite(predictor).all() and np.ptp(predictor) > 0.0:
        fit = logistic(response, predictor, confidence=confidence)
        problem = problem or fit.status
        slope, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
        found = replace(
            found, slope=slope, slope_ci_low=slope - z * error, slope_ci_high=slope + z * error
        )
    smooth = None if problem else _smooth(response, predictor, knots)
    if smooth is None or smooth.status:
        return replace(found, status=problem if smooth is None else smooth.status)

    def distances(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return _distances(response[rows], risk[rows], predictor[rows])

    limits, used, sentence = distance_limits(
        distances, n, replicates=replicates, rng=rng, confidence=confidence
    )
    ici, e50, e90 = (float(d) for d in calibration_distances(risk, smooth.at(predictor, z)[0]))
    grid = np.linspace(risk.min(), risk.max(), GRID_POINTS)
    curve, low, high = smooth.at(_log_odds(grid), z)
    return replace(
        found,
        ici=ici,
        ici_ci_low=limits[0, 0],
        ici_ci_high=limits[0, 1],
        e50=e50,
        e50_ci_low=limits[1, 0],
        e50_ci_high=limits[1, 1],
        e90=e90,
        e90_ci_low=limits[2, 0],
        e90_ci_high=limits[2, 1],
        predicted=grid,
        smoothed=curve,
        smoothed_ci_low=low,
        smoothed_ci_high=high,
        replicates=used,
        status=sentence,
    )


def _log_odds(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds, minus infinity at a risk of 0."""
    return np.asarray(special.logit(np.minimum(risk, LARGEST_RISK)), dtype=float)


def _in_the_large(
    found: Calibration, response: NDArray[np.bool_], risk: NDArray[np.float64], z: float
) -> Calibration:
    """Fill ratio and intercept; the latter needs risks above 0 and below 1."""
    observed, expected = found.observed, found.expected
    if expected > 0.0:
        # Binomial error of the observed share, on the log scale.
        reach = z * np.sqrt((1.0 - observed) / (observed * found.n))
        ratio, low, high = (observed / expected * np.exp(k * reach) for k in (0.0, -1.0, 1.0))
        found = replace(
            found, ratio=float(ratio), ratio_ci_low=float(low), ratio_ci_high=float(high)
        )
    predictor = _log_odds(risk)
    if not np.isfinite(predictor).all():
        return found
    # The score of an intercept beside a fixed predictor falls with it, from above to below zero.
    reach = np.abs(predictor).max() + np.abs(special.logit(observed)) + 1.0
    intercept = float(
        optimize.brentq(
            lambda a: response.sum() - special.expit(predictor + a).sum(), -reach, reach, xtol=1e-13
        )
    )
    moved = special.expit(predictor + intercept)
    error = float(1.0 / np.sqrt(np.sum(moved * (1.0 - moved))))
    return replace(
        found,
        intercept=intercept,
        intercept_ci_low=intercept - z * error,
        intercept_ci_high=intercept + z * error,
    )


def _smooth(
    response: NDArray[np.bool_], predictor: NDArray[np.float64], knots: NDArray[np.float64]
) -> _Smooth:
    """Return the smooth curve, or why there is none."""
    fit = logistic(response, natural_spline_basis(predictor, knots))
    coefficients = np.append(fit.intercept, fit.coefficients)
    covariance = np.full((3, 3), np.nan)
    if not fit.status:
        design = _design(predictor, knots)
        covariance = np.linalg.inv(binomial_likelihood(design, response, coefficients).information)
    return _Smooth(knots, coefficients, covariance, fit.status)


def _design(predictor: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return intercept and spline basis."""
    return np.column_stack([np.ones(predictor.size), natural_spline_basis(predictor, knots)])


def _distances(
    response: NDArray[np.bool_], risk: NDArray[np.float64], predictor: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distances in one sample, NaN where there is no curve."""
    knots, status = calibration_knots(predictor)
    smooth = None if status else _smooth(response, predictor, knots)
    if smooth is None or smooth.status:
        return np.full(3, np.nan)
    return calibration_distances(risk, smooth.at(predictor, 0.0)[0])
