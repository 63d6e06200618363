"""Cross-validation in which every step of a model is fitted inside the folds.

A recipe is the whole way from training data to predictions: imputation, scaling, selection and
model. It is handed the rows of the training folds alone, so nothing of a held-out participant can
reach it. What was chosen with a look at all participants beforehand cannot be undone here: pass the
columns as they were measured.
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.logistic import checked_outcome
from macroimmune.statistics.out_of_fold import CrossValidation, Predict, out_of_fold_performance
from macroimmune.statistics.participant_folds import checked_folds, first_rows
from macroimmune.statistics.performance import (
    BinaryPerformance,
    SurvivalPerformance,
    binary_performance,
    survival_performance,
)

__all__ = ["BinaryRecipe", "SurvivalRecipe", "cross_validate_binary", "cross_validate_survival"]


class BinaryRecipe(Protocol):
    """Everything from training data to a function that predicts the risk of new rows."""

    def __call__(self, covariates: NDArray[np.float64], outcome: NDArray[np.bool_], /) -> Predict:
        """Return the function, or raise `EstimationError` where the model cannot be fitted."""


class SurvivalRecipe(Protocol):
    """Everything from training data to a function that predicts the risk by the horizon."""

    def __call__(self, covariates: NDArray[np.float64], survival: Survival, /) -> Predict:
        """Return the function, or raise `EstimationError` where the model cannot be fitted."""


def cross_validate_binary(
    covariates: ArrayLike,
    outcome: NDArray[np.bool_],
    recipe: BinaryRecipe,
    folds: ArrayLike,
    *,
    thresholds: ArrayLike,
    replicates: int,
    rng: np.random.Generator,
    participants: ArrayLike | None = None,
) -> CrossValidation[BinaryPerformance]:
    """Return the performance of a recipe for a yes-or-no outcome in participants it had not seen.

    Parameters
    ----------
    covariates : float array, shape (rows, columns)
        As measured; missing values are NaN and left to the recipe.
    outcome : bool array, shape (rows,)
        The same in all rows of a participant.
    recipe : BinaryRecipe
        Called with the training rows of each fold, returns a function from covariates to risks.
    folds : int array, shape (repeats, rows)
        From `participant_folds`, or the cohorts of the rows to leave out one cohort at a time.
    thresholds, replicates, rng
        As in `binary_performance`.
    participants : int or text array, shape (rows,), or None
        Whom each row belongs to.

    Returns
    -------
    found : CrossValidation
        With a status where the recipe could not be fitted in some fold.

    Raises
    ------
    InputError
        If shapes do not match, the recipe does not return risks, or the outcome differs between
        rows of a participant.
    DesignError
        If rows of a participant are in different folds.

    Notes
    -----
    Convention: performance counts participants, never rows. Checked against: a loop by hand, and
    noise in which selection outside the folds finds an area of 0.9.

    Examples
    --------
    >>> from macroimmune.statistics import participant_folds
    >>> rng = np.random.default_rng(1)
    >>> y = rng.random(40) < 0.5
    >>> folds = participant_folds(y, n_folds=5, repeats=2, rng=rng)
    >>> found = cross_validate_binary(rng.normal(size=(40, 3)), y,
    ...     lambda x, seen: lambda new: np.full(len(new), seen.mean()), folds,
    ...     thresholds=[0.5], replicates=0, rng=rng)
    >>> found.predicted_risk.shape
    (2, 40)
    """
    response = checked_outcome(outcome)
    matrix = _checked_covariates(covariates, response.size)
    given, codes = checked_folds(folds, response.size, participants)
    first = first_rows(codes)
    _check_constant(response, codes, first)

    def fitted(rows: NDArray[np.bool_]) -> Predict:
        return recipe(matrix[rows], response[rows])

    def judged(risk: NDArray[np.float64], /, *, is_apparent: bool) -> BinaryPerformance:
        return binary_performance(
            response[first],
            risk,
            thresholds=thresholds,
            is_apparent=is_apparent,
            replicates=replicates,
            rng=rng,
        )

    return out_of_fold_performance(matrix, given, codes, int(response[first].sum()), fitted, judged)


def cross_validate_survival(
    covariates: ArrayLike,
    survival: Survival,
    recipe: SurvivalRecipe,
    folds: ArrayLike,
    *,
    horizon_days: float,
    thresholds: ArrayLike,
    replicates: int,
    rng: np.random.Generator,
    participants: ArrayLike | None = None,
) -> CrossValidation[SurvivalPerformance]:
    """Return the performance of a recipe for survival in participants it had not seen.

    Parameters
    ----------
    covariates : float array, shape (rows, columns)
        As measured; missing values are NaN and left to the recipe.
    survival : Survival
        Of each row, the same in all rows of a participant; without left truncation.
    recipe : SurvivalRecipe
        Called with the training rows of each fold, returns a function from covariates to risks by
        the horizon.
    folds : int array, shape (repeats, rows)
        From `participant_folds`, or the cohorts of the rows to leave out one cohort at a time.
    horizon_days, thresholds, replicates, rng
        As in `survival_performance`.
    participants : int or text array, shape (rows,), or None
        Whom each row belongs to.

    Returns
    -------
    found : CrossValidation
        With a status where the recipe could not be fitted in some fold.

    Raises
    ------
    InputError
        If shapes do not match, the recipe does not return risks, or survival differs between rows
        of a participant.
    DesignError
        If rows of a participant are in different folds.

    Notes
    -----
    Convention: performance counts participants, never rows; the censoring of all participants
    weights every repeat alike. Checked against: a loop by hand.
    """
    matrix = _checked_covariates(covariates, survival.n)
    given, codes = checked_folds(folds, survival.n, participants)
    first = first_rows(codes)
    _check_constant(survival.time, codes, first)
    _check_constant(survival.event, codes, first)
    chosen = np.zeros(survival.n, dtype=bool)
    chosen[first] = True
    # `select` keeps the order of rows; predictions come in the order of participants.
    order = np.argsort(np.argsort(first))
    whole = survival.select(chosen)

    def fitted(rows: NDArray[np.bool_]) -> Predict:
        return recipe(matrix[rows], survival.select(rows))

    def judged(risk: NDArray[np.float64], /, *, is_apparent: bool) -> SurvivalPerformance:
        placed = np.empty_like(risk)
        placed[order] = risk
        return survival_performance(
            whole,
            placed,
            horizon_days=horizon_days,
            thresholds=thresholds,
            is_apparent=is_apparent,
            replicates=replicates,
            rng=rng,
        )

    return out_of_fold_performance(matrix, given, codes, whole.n_events, fitted, judged)


def _checked_covariates(covariates: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return covariates as a matrix; missing values stay.

    Raises
    ------
    InputError
        If they are no numbers or do not match the outcome.
    """
    given = np.asarray(covariates)
    if given.dtype.kind not in "fiub" or given.ndim != 2 or given.shape[0] != n:
        msg = (
            f"one row of numbers per row of the outcome: {n} rows, covariates {given.shape} "
            f"{given.dtype}"
        )
        raise InputError(msg)
    return given.astype(float)


def _check_constant(
    values: NDArray[np.float64] | NDArray[np.bool_],
    codes: NDArray[np.intp],
    first: NDArray[np.intp],
) -> None:
    """Refuse an outcome that differs between the rows of a participant.

    Raises
    ------
    InputError
        If it does.
    """
    differs = values != values[first][codes]
    if differs.any():
        row = int(np.flatnonzero(differs)[0])
        msg = (
            f"the outcome of row {row} differs from that of another row of the same participant; "
            "the participant is the unit: give each one outcome"
        )
        raise InputError(msg)
