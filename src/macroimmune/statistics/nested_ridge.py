"""Do many measurements predict a response in people who took no part? Nested ridge regression."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.block_permutations import BlockPermutations, block_permutations
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.participant_folds import checked_folds
from macroimmune.statistics.predicted_share import (
    jackknife_interval,
    predicted_correlation,
    r_squared,
)
from macroimmune.statistics.predictor_weights import predictor_weights
from macroimmune.statistics.ridge_fold import RidgeFold, ridge_fold

__all__ = ["NestedRidge", "nested_ridge", "ridge_penalties"]

Values = NDArray[np.float64]
Places = NDArray[np.intp]
_LEAST_GROUPS = 4
# Below 100 orders no p-value is small.
_LEAST_LOG_ARRANGEMENTS = log(100.0)
_JACKKNIFE_SETS = 20
# Permutations per step, so that memory stays small.
_STEP = 250


@dataclass(frozen=True, slots=True, eq=False)
class NestedRidge:
    """How far a response is predicted in groups that took no part in the fit, and by what.

    Parameters
    ----------
    r_squared : float
        1 - squared errors of out-of-fold predictions / squared errors of the training means.
        Below zero where the predictions are worse than the mean.
    ci_low, ci_high : float
        95 % interval of `r_squared`, a twentieth of the groups left out at a time.
    correlation : float
        Between predicted and measured, both from the mean of the training rows.
    p_value : float
        Share of permutations, the observed order counted too, that predict as well.
    n_permutations : int
    null_r_squared : float
        Median over the permutations.
    is_within_strata : bool
        Whether responses were exchanged within strata alone.
    n, n_groups, n_predictors : int
    predicted : float array, shape (rows,)
        Each by a fit without its group.
    training_means : float array, shape (rows,)
    penalties : float array, shape (folds,)
        Chosen in each training fold.
    coefficients : float array, shape (predictors,)
        Mean over folds, per SD of the predictor.
    coefficient_errors : float array, shape (predictors,)
        Jackknife standard error over folds.
    importance : float array, shape (predictors,)
        By how much `r_squared` falls, on average, if a row gets the predictor of another row.
    status : str
        Empty, or why there is no estimate or how to read it.
    """

    r_squared: float
    ci_low: float
    ci_high: float
    correlation: float
    p_value: float
    n_permutations: int
    null_r_squared: float
    is_within_strata: bool
    n: int
    n_groups: int
    n_predictors: int
    predicted: Values
    training_means: Values
    penalties: Values
    coefficients: Values
    coefficient_errors: Values
    importance: Values
    status: str


def ridge_penalties(rows: int, predictors: int) -> Values:
    """Return the penalties among which a fold chooses: from hardly any to nearly the mean.

    Parameters
    ----------
    rows, predictors : int

    Notes
    -----
    Convention: 15 steps from 10^4 down to 10^-3 times max(rows, predictors), which is about the
    mean size of the squared singular values of standardised predictors. They come largest first,
    so that of equal ones the largest is taken.
    """
    return float(max(rows, predictors)) * np.logspace(4, -3, 15)


def nested_ridge(
    predictors: ArrayLike,
    response: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    folds: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    penalties: ArrayLike | None = None,
    permutations: int,
    interval: bool,
    rng: np.random.Generator,
) -> NestedRidge:
    """Return how well ridge regression predicts the response of groups that it has not seen.

    Parameters
    ----------
    predictors : float array, shape (rows, predictors)
        As measured; missing values are NaN and become the mean of the training rows.
    response : float array, shape (rows,)
        Without missing values.
    groups : int or text array, shape (rows,), or None
        Whom each row belongs to; each row is a group where None.
    folds : int array, shape (rows,), or None
        In which fold a row is held out; None leaves one group out at a time.
    strata : int or text array, shape (rows,), or None
        Such as batches: permutations stay within them where that leaves 1,000 arrangements.
    penalties : float array, or None
        Candidates, above zero; None: `ridge_penalties`.
    permutations : int
        For the p-value; 0 gives none.
    interval : bool
        Whether to give one; it repeats the procedure up to 20 times.
    rng : numpy Generator

    Returns
    -------
    found : NestedRidge
        With NaN and a status where the response is the same in all rows, or there are fewer than
        four groups.

    Raises
    ------
    InputError
        If shapes do not match, the response is not finite, or a penalty is not above zero.
    DesignError
        If rows of a group are in different folds.

    Notes
    -----
    Convention: filling in, scaling and the penalty are of the training rows alone, and held-out
    values beyond theirs are taken as the nearest of theirs; the penalty is
    the one with the least squared error when one training group is left out at a time. A
    permutation repeats all of it, with the responses of whole groups exchanged between groups of
    as many rows; p = (1 + b) / (1 + B), b the permutations whose `r_squared` is not smaller.
    Checked against: scikit-learn's pipeline of clipping, SimpleImputer, StandardScaler and
    RidgeCV within LeaveOneGroupOut, same folds and penalties.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> x = rng.normal(size=(60, 3))
    >>> found = nested_ridge(x, x[:, 1] + 0.3 * rng.normal(size=60), permutations=99,
    ...     interval=True, rng=rng)
    >>> found.r_squared > 0.8, found.p_value, int(np.argmax(found.importance))
    (True, 0.01, 1)
    """
    matrix, measured = _checked(predictors, response)
    codes = _codes(groups, measured.size)
    grid = _grid(penalties, matrix.shape)
    n_groups = int(codes.max(initial=-1)) + 1
    status = _impossible(measured, n_groups)
    if status:
        return _without(matrix.shape, n_groups, status)
    held_out = checked_folds(codes if folds is None else folds, measured.size, codes)[0][0]
    fitted = [ridge_fold(matrix, codes, held_out == fold) for fold in np.unique(held_out)]
    within = None if strata is None else label_codes(strata, measured.size, "stratum")[0]
    orders = block_permutations(codes, permutations, strata=within, rng=rng)
    own = _out_of_fold(fitted, measured[:, None], grid)
    measure = (measured, own.predicted[:, 0], own.means[:, 0])
    estimate = float(r_squared(*measure))
    low, high = float("nan"), float("nan")
    if interval:
        without = _jackknife(matrix, measured, codes, held_out, grid, rng)
        low, high = jackknife_interval(estimate, without)
    null = _null(fitted, measured, orders.rows, grid)
    p_value, note = _permutation_p(estimate, null, orders)
    weights = predictor_weights(fitted, own.penalties[:, 0], matrix, *measure)
    return NestedRidge(
        r_squared=estimate,
        ci_low=low,
        ci_high=high,
        correlation=predicted_correlation(*measure),
        p_value=p_value,
        n_permutations=permutations,
        null_r_squared=float(np.median(null)) if null.size else float("nan"),
        is_within_strata=orders.is_within_strata,
        n=measured.size,
        n_groups=n_groups,
        n_predictors=matrix.shape[1],
        predicted=own.predicted[:, 0],
        training_means=own.means[:, 0],
        penalties=own.penalties[:, 0],
        coefficients=weights.coefficients,
        coefficient_errors=weights.coefficient_errors,
        importance=weights.importance,
        status=note,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _OutOfFold:
    """Predictions of rows held out, and of what they were made, a column per response."""

    predicted: Values
    means: Values
    penalties: Values


def _out_of_fold(folds: Sequence[RidgeFold], responses: Values, grid: Values) -> _OutOfFold:
    """Return predictions of every row by the fold that holds it out."""
    predicted, means = np.empty_like(responses), np.empty_like(responses)
    penalties = np.empty((len(folds), responses.shape[1]))
    for place, fold in enumerate(folds):
        seen = responses[fold.train]
        mean = seen.mean(axis=0)
        centred = seen - mean
        penalties[place] = grid[fold.chosen_penalties(centred, grid)]
        means[fold.test] = mean
        predicted[fold.test] = mean + fold.predicted(centred, penalties[place])
    return _OutOfFold(predicted, means, penalties)


def _jackknife(
    matrix: Values,
    measured: Values,
    codes: Places,
    held_out: Places,
    grid: Values,
    rng: np.random.Generator,
) -> Values:
    """Return R squared of the whole procedure without one set of groups each."""
    n_groups = int(codes.max()) + 1
    sets = min(n_groups, _JACKKNIFE_SETS)
    left_out = (rng.permutation(n_groups) % sets)[codes]
    found = np.empty(sets)
    for one in range(sets):
        rows = left_out != one
        folds = held_out[rows]
        fitted = [ridge_fold(matrix[rows], codes[rows], folds == f) for f in np.unique(folds)]
        outcome = measured[rows, None]
        fits = _out_of_fold(fitted, outcome, grid)
        found[one] = r_squared(outcome, fits.predicted, fits.means)[0]
    return found


def _null(folds: Sequence[RidgeFold], measured: Values, orders: Places, grid: Values) -> Values:
    """Return R squared of each permutation, the whole procedure repeated."""
    found = []
    for start in range(0, len(orders), _STEP):
        responses = measured[orders[start : start + _STEP]].T
        fits = _out_of_fold(folds, responses, grid)
        found.append(r_squared(responses, fits.predicted, fits.means))
    return np.concatenate(found) if found else np.empty(0)


def _permutation_p(observed: float, null: Values, orders: BlockPermutations) -> tuple[float, str]:
    """Return the p-value, and what is to be known of the permutations."""
    if not null.size:
        return float("nan"), ""
    if orders.log_arrangements < _LEAST_LOG_ARRANGEMENTS:
        msg = "no p-value: too few groups have as many rows as another, so few orders are possible"
        return float("nan"), msg
    # Equal up to rounding counts as not smaller.
    reached = int(np.sum(null >= observed - 1e-12))
    note = f"{orders.n_fixed} groups keep their responses in permutations" if orders.n_fixed else ""
    return (1 + reached) / (1 + null.size), note


def _impossible(measured: Values, n_groups: int) -> str:
    if n_groups < _LEAST_GROUPS:
        return f"{n_groups} groups; at least {_LEAST_GROUPS} are needed"
    if np.ptp(measured) <= 1e-12 * np.abs(measured).max():
        return "the response is the same in all rows"
    return ""


def _without(shape: tuple[int, int], n_groups: int, status: str) -> NestedRidge:
    nan, rows, columns = float("nan"), np.full(shape[0], np.nan), np.full(shape[1], np.nan)
    numbers = (nan, nan, nan, nan, nan, 0, nan, False, shape[0], n_groups, shape[1])
    return NestedRidge(*numbers, rows, rows, np.empty(0), columns, columns, columns, status)


def _codes(groups: ArrayLike | None, n: int) -> Places:
    return np.arange(n) if groups is None else label_codes(groups, n, "group")[0]


def _grid(penalties: ArrayLike | None, shape: tuple[int, int]) -> Values:
    """Return the candidate penalties.

    Raises
    ------
    InputError
        If there are none, or one is not above zero.
    """
    if penalties is None:
        return ridge_penalties(*shape)
    grid = np.asarray(penalties, dtype=float)
    if grid.ndim != 1 or not grid.size or not (np.isfinite(grid) & (grid > 0.0)).all():
        msg = f"penalties {grid.tolist()}; expected one or more finite numbers above zero"
        raise InputError(msg)
    return grid


def _checked(predictors: ArrayLike, response: ArrayLike) -> tuple[Values, Values]:
    """Return both as numbers.

    Raises
    ------
    InputError
        If shapes do not match, or a value is infinite or, in the response, missing.
    """
    given, measured = np.asarray(predictors), np.asarray(response)
    if given.dtype.kind not in "fiub" or measured.dtype.kind not in "fiub":
        msg = f"predictors {given.dtype} and response {measured.dtype}; expected numbers"
        raise InputError(msg)
    matrix, measured = given.astype(float), measured.astype(float)
    if matrix.ndim != 2 or measured.shape != matrix.shape[:1] or not matrix.shape[1]:
        msg = (
            f"predictors {matrix.shape}, response {measured.shape}; expected one row of one or "
            "more predictors per value of the response"
        )
        raise InputError(msg)
    if not np.isfinite(measured).all() or np.isinf(matrix).any():
        msg = (
            "the response is missing or infinite in some row, or a predictor is infinite; select "
            "rows with a response, and leave missing predictors NaN"
        )
        raise InputError(msg)
    return matrix, measured
