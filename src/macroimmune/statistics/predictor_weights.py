"""What carries out-of-fold predictions: how stable coefficients are, and what shuffling costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.ridge_fold import RidgeFold

__all__ = ["PredictorWeights", "predictor_weights"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PredictorWeights:
    """What each predictor contributes.

    Parameters
    ----------
    coefficients, coefficient_errors, importance : float arrays, shape (predictors,)
        As in `NestedRidge`.
    """

    coefficients: Values
    coefficient_errors: Values
    importance: Values


def predictor_weights(
    folds: Sequence[RidgeFold],
    penalties: Values,
    predictors: Values,
    measured: Values,
    predicted: Values,
    training_means: Values,
) -> PredictorWeights:
    """Return coefficients with their jackknife errors, and the importance of each predictor.

    Parameters
    ----------
    folds : sequence of RidgeFold
    penalties : float array, shape (folds,)
        As chosen.
    predictors : float array, shape (rows, predictors)
        Missing values are NaN.
    measured, predicted, training_means : float arrays, shape (rows,)

    Notes
    -----
    Convention: importance is the mean fall of R squared if a held-out row gets the predictor of a
    row drawn at random, the rest as it was; worked out exactly, without drawing. Predictors that
    say the same share it, so each of many can be small. The standard error is that of the
    delete-a-fold jackknife.
    """
    by_fold = np.empty((len(folds), predictors.shape[1]))
    cost = np.zeros(predictors.shape[1])
    for place, (fold, penalty) in enumerate(zip(folds, penalties, strict=True)):
        seen = measured[fold.train]
        by_fold[place] = fold.coefficients((seen - seen.mean())[:, None], penalty[None])[:, 0]
        slope = by_fold[place] / fold.scales
        values = fold.within(predictors)
        centre, spread = _observed(values)
        held = values[fold.test]
        away = centre - np.where(np.isnan(held), fold.centres, held)
        error = (measured - predicted)[fold.test]
        cost += slope**2 * (held.shape[0] * spread + np.sum(away**2, axis=0))
        cost -= 2.0 * slope * (error @ away)
    mean = by_fold.mean(axis=0)
    inflation = (len(folds) - 1) / len(folds)
    errors = np.sqrt(inflation * np.sum((by_fold - mean) ** 2, axis=0))
    return PredictorWeights(mean, errors, cost / np.sum((measured - training_means) ** 2))


def _observed(predictors: Values) -> tuple[Values, Values]:
    """Return mean and variance of the values that are not missing; 0 where all are."""
    seen = ~np.isnan(predictors)
    n = np.maximum(seen.sum(axis=0), 1)
    centre = np.where(seen, predictors, 0.0).sum(axis=0) / n
    return centre, np.sum(np.where(seen, predictors - centre, 0.0) ** 2, axis=0) / n
