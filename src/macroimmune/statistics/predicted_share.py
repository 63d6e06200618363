"""The share of a response that predictions for people who took no part explain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PredictedShare", "predicted_correlation", "predicted_share", "r_squared"]

Values = NDArray[np.float64]
_LEVELS = (0.025, 0.975)
# Draws of groups per step, so that memory stays small.
_STEP = 500


@dataclass(frozen=True, slots=True)
class PredictedShare:
    """R squared of out-of-fold predictions, with the groups as units.

    Parameters
    ----------
    r_squared, ci_low, ci_high : float
        The interval is NaN where no groups were drawn.
    correlation : float
    """

    r_squared: float
    ci_low: float
    ci_high: float
    correlation: float


def r_squared(measured: Values, predicted: Values, training_means: Values) -> Values:
    """Return 1 - squared errors of predictions / squared errors of the training means.

    Parameters
    ----------
    measured, predicted, training_means : float arrays, shape (rows, ...)
        Sums go over the first axis.

    Examples
    --------
    >>> r_squared(np.array([1.0, 3.0]), np.array([1.5, 2.5]), np.array([2.0, 2.0]))
    np.float64(0.75)
    """
    errors = np.sum((measured - predicted) ** 2, axis=0)
    return np.asarray(1.0 - errors / np.sum((measured - training_means) ** 2, axis=0))[()]


def predicted_correlation(measured: Values, predicted: Values, training_means: Values) -> float:
    """Return the correlation of predicted and measured, both from the mean of the training rows.

    Notes
    -----
    Convention: whoever is left out pulls the mean of the others the other way, so the plain
    correlation of predictions that know nothing is far below zero; from the training means, and
    without centring again, it is about zero.

    Examples
    --------
    >>> predicted_correlation(np.array([1.0, 3.0]), np.array([1.5, 2.5]), np.array([2.0, 2.0]))
    1.0
    """
    one, other = measured - training_means, predicted - training_means
    size = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    return float(np.sum(one * other)) / size if size else float("nan")


def predicted_share(
    measured: Values,
    predicted: Values,
    training_means: Values,
    groups: NDArray[np.intp],
    *,
    replicates: int,
    rng: np.random.Generator,
) -> PredictedShare:
    """Return R squared of out-of-fold predictions with a 95 % interval over groups.

    Parameters
    ----------
    measured, predicted, training_means : float arrays, shape (rows,)
    groups : int array, shape (rows,)
        0, 1, ...; whole groups are drawn.
    replicates : int
    rng : numpy Generator

    Notes
    -----
    Convention: percentiles of R squared over draws of groups with the predictions as they are.
    """
    errors = np.bincount(groups, (measured - predicted) ** 2)
    spread = np.bincount(groups, (measured - training_means) ** 2)
    drawn = []
    for start in range(0, replicates, _STEP):
        size = min(_STEP, replicates - start)
        chosen = rng.integers(errors.size, size=(size, errors.size))
        drawn.append(1.0 - errors[chosen].sum(axis=1) / spread[chosen].sum(axis=1))
    low, high = np.quantile(np.concatenate(drawn), _LEVELS) if drawn else (np.nan, np.nan)
    return PredictedShare(
        float(r_squared(measured, predicted, training_means)),
        float(low),
        float(high),
        predicted_correlation(measured, predicted, training_means),
    )
