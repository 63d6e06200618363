"""Plain recipes for cross-validation: imputation, scaling and model, all from training data."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.errors import EstimationError
from macroimmune.outcomes import Survival
from macroimmune.statistics.baseline_hazard import baseline_hazard
from macroimmune.statistics.cox import cox
from macroimmune.statistics.cross_validation import SurvivalRecipe
from macroimmune.statistics.logistic import logistic
from macroimmune.statistics.out_of_fold import Predict
from macroimmune.statistics.predicted_survival import predicted_survival

__all__ = ["cox_recipe", "logistic_recipe"]

Prepare = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def logistic_recipe(covariates: NDArray[np.float64], outcome: NDArray[np.bool_], /) -> Predict:
    """Return the function that predicts the risk by a logistic model of the training data.

    Parameters
    ----------
    covariates : float array, shape (rows, columns)
        Missing values are NaN.
    outcome : bool array, shape (rows,)

    Returns
    -------
    predict : function
        From covariates of new rows to their risks.

    Raises
    ------
    EstimationError
        If the model cannot be fitted, as `LogisticFit.status` says, or a column is all missing.

    Notes
    -----
    Convention: missing values take the median of the training rows, columns their mean and SD.
    Checked against: the steps by hand.
    """
    prepare = _preparation(covariates)
    fit = logistic(outcome, prepare(covariates))
    if fit.status:
        raise EstimationError(fit.status)
    return lambda new: special.expit(fit.intercept + prepare(new) @ fit.coefficients)


def cox_recipe(horizon_days: float) -> SurvivalRecipe:
    """Return the recipe that predicts the risk by a horizon by a Cox model of the training data.

    Parameters
    ----------
    horizon_days : float
        Fixed in advance.

    Returns
    -------
    recipe : SurvivalRecipe
        Raises `EstimationError` if the model cannot be fitted, as `CoxFit.status` says, a column
        is all missing, or the horizon lies past the last follow-up of the training data.

    Notes
    -----
    Convention: as `logistic_recipe`. Checked against: the steps by hand.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> s = Survival(time=rng.exponential(size=50), event=np.ones(50, bool))
    >>> predict = cox_recipe(0.5)(rng.normal(size=(50, 2)), s)
    >>> predict(np.zeros((3, 2))).shape
    (3,)
    """

    def recipe(covariates: NDArray[np.float64], survival: Survival, /) -> Predict:
        prepare = _preparation(covariates)
        prepared = prepare(covariates)
        fit = cox(survival, prepared)
        if fit.status:
            raise EstimationError(fit.status)
        baseline = baseline_hazard(survival, prepared, fit.coefficients)

        def predict(new: NDArray[np.float64]) -> NDArray[np.float64]:
            predicted = predicted_survival(baseline, prepare(new), [horizon_days])
            if predicted.status:
                raise EstimationError(predicted.status)
            return predicted.risk[:, 0]

        return predict

    return recipe


def _preparation(covariates: NDArray[np.float64]) -> Prepare:
    """Return imputation and scaling as the training rows have it.

    Raises
    ------
    EstimationError
        If a column has no value.
    """
    empty = np.flatnonzero(np.isnan(covariates).all(axis=0))
    if empty.size:
        listed = ", ".join(str(column) for column in empty)
        msg = f"no training row has a value in column {listed}"
        raise EstimationError(msg)
    median = np.nanmedian(covariates, axis=0)

    def filled(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(np.isnan(rows), median, rows)

    complete = filled(covariates)
    centre, spread = complete.mean(axis=0), complete.std(axis=0)
    # A column that does not vary stays so, and the fit says what is wrong with it.
    spread = np.where(spread > 0.0, spread, 1.0)
    return lambda rows: (filled(rows) - centre) / spread
