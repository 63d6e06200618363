"""Multiple imputation by chained equations: missing covariates and values below a limit.

Each incomplete column in turn is drawn given all others and what is known of the outcome; after
some cycles the columns agree with one another, and one completed data set is kept. This is done
anew for each imputation. The outcome itself is never imputed.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.imputation_draws import (
    draw_below_limits,
    draw_continuous,
    draw_yes_or_no,
    independent_columns,
)
from macroimmune.statistics.left_censored import LeftCensoredRegression, left_censored_regression

__all__ = ["ColumnKind", "Imputations", "multiple_imputation", "stratum_indicators"]

ColumnKind = Literal["continuous", "yes or no", "left-censored"]
METHOD = "multiple imputation by chained equations"
CONVENTION = (
    "continuous: predictive mean matching, five donors; yes or no: logistic; below a limit: "
    "left-censored normal model, cut at the limit; parameters drawn for every imputation"
)
LARGEST_SHARE = 0.5
_CYCLES = 10
_FEWEST_DETECTED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Imputations:
    """Completed data sets; none where `status` says why.

    Parameters
    ----------
    completed : float array, shape (imputations, n, columns)
        What was known is the same in all; without a first axis (length zero) where `status`
        is not empty.
    n_imputed : int array, shape (columns,)
        Values that were missing or undetected.
    n : int
    n_imputations : int
    method, convention, status : str
    """

    completed: NDArray[np.float64]
    n_imputed: NDArray[np.intp]
    n: int
    n_imputations: int
    method: str
    convention: str
    status: str


def multiple_imputation(
    columns: ArrayLike,
    kinds: tuple[ColumnKind, ...],
    outcome: ArrayLike,
    *,
    rng: np.random.Generator,
    is_below: ArrayLike | None = None,
    n_imputations: int = 20,
    cycles: int = _CYCLES,
) -> Imputations:
    """Return completed data sets of covariates of which some are missing or undetected.

    Parameters
    ----------
    columns : float array, shape (n, columns)
        Covariates, on the scale on which they enter the model; NaN where missing. Where a value
        is undetected, its limit.
    kinds : tuple of {"continuous", "yes or no", "left-censored"}, length columns
        Yes or no is 1 or 0. A left-censored column has no missing values.
    outcome : float array, shape (n, predictors)
        Complete: the event and the cumulative hazard for survival (`cumulative_hazard`), the
        outcome for a binary one; also strata, as indicators.
    rng : numpy Generator
    is_below : bool array, shape (n, columns), or None
        True where the value is a limit.
    n_imputations : int
        At least two.
    cycles : int
        Rounds over the columns before a data set is kept; one suffices for one incomplete column.

    Returns
    -------
    imputations : Imputations
        With a sentence in `status`, and no data set, where more than half of a column is missing
        or undetected, or a left-censored model has no estimate.

    Raises
    ------
    InputError
        If shapes differ, the outcome is not complete, a yes-or-no column holds another value, a
        left-censored one a missing value, or there are fewer than two imputations.

    Notes
    -----
    Convention: the outcome belongs among the predictors; without it effects shrink towards none.
    The columns' own scale is that of the analysis model. Checked against: R `mice` (pmm, logreg),
    pooled Cox coefficients within Monte-Carlo error.

    Examples
    --------
    >>> age = np.array([[50.0], [60.0], [np.nan], [70.0], [55.0], [65.0]])
    >>> event = np.array([0.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    >>> made = multiple_imputation(age, ("continuous",), event, rng=np.random.default_rng(1))
    >>> made.completed.shape, made.n_imputed.tolist()
    ((20, 6, 1), [1])
    """
    table, below = _checked(columns, kinds, is_below)
    n = table.shape[0]
    known = covariate_matrix(outcome, n)
    if n_imputations < 2:
        msg = f"{n_imputations} imputations; at least two are needed to see what lies between them"
        raise InputError(msg)
    hidden = np.isnan(table) | below
    incomplete = [
        int(c) for c in np.argsort(hidden.sum(axis=0), kind="stable") if hidden[:, c].any()
    ]
    status = _problem(table, hidden)
    made: list[NDArray[np.float64]] = []
    # With one incomplete column nothing else changes: one round, and one fit below limits.
    rounds = cycles if len(incomplete) > 1 else 1
    fits: dict[int, LeftCensoredRegression] | None = {} if rounds == 1 else None
    while not status and len(made) < n_imputations:
        filled = _start(table, hidden, kinds, rng)
        for _ in range(rounds):
            for column in incomplete:
                status = status or _redraw(column, filled, table, hidden, kinds, known, rng, fits)
        made.append(filled)
    return Imputations(
        completed=np.stack(made) if made and not status else np.empty((0, *table.shape)),
        n_imputed=hidden.sum(axis=0),
        n=n,
        n_imputations=n_imputations,
        method=METHOD,
        convention=CONVENTION,
        status=status,
    )


def stratum_indicators(
    strata: ArrayLike, is_known: NDArray[np.bool_], *, fewest: int = _FEWEST_DETECTED
) -> NDArray[np.float64]:
    """Return 0/1 columns of the strata for a model of a covariate.

    Parameters
    ----------
    strata : int or text array, shape (n,)
    is_known : bool array, shape (n,)
        Whose value is known (measured, detected).
    fewest : int
        Strata with fewer known values have no column of their own; together they have one, if
        they hold as many.

    Returns
    -------
    indicators : float array, shape (n, columns)
        Without one for the largest stratum, the reference.

    Examples
    --------
    >>> stratum_indicators(np.array([1, 1, 2, 2, 3]), np.ones(5, bool), fewest=2).T
    array([[0., 0., 1., 1., 0.]])
    """
    codes, names = label_codes(strata, is_known.size, "stratum")
    counts = np.bincount(codes, is_known, names.size)
    small = counts < fewest
    groups = [codes == code for code in np.flatnonzero(~small)]
    together = small[codes]
    if is_known[together].sum() >= fewest:
        groups.append(together)
    groups.sort(key=lambda rows: -int(rows.sum()))
    return np.column_stack([np.empty((is_known.size, 0)), *groups[1:]]).astype(float)


def _checked(
    columns: ArrayLike, kinds: tuple[ColumnKind, ...], is_below: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the columns and the marks of limits.

    Raises
    ------
    InputError
        As `multiple_imputation` says.
    """
    table = np.asarray(columns, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(kinds):
        msg = f"one kind per column: {len(kinds)} kinds, columns {table.shape}"
        raise InputError(msg)
    below = np.zeros(table.shape, bool) if is_below is None else np.asarray(is_below)
    if below.dtype != np.bool_ or below.shape != table.shape:
        msg = f"is_below must be boolean, shaped like the columns {table.shape}"
        raise InputError(msg)
    if np.isinf(table).any():
        msg = "covariates must be finite or missing (NaN); found an infinite value"
        raise InputError(msg)
    for column, kind in enumerate(kinds):
        values = table[:, column]
        if kind == "left-censored" and np.isnan(values).any():
            msg = (
                f"column {column} has {int(np.isnan(values).sum())} missing values or limits; give "
                "each undetected value its limit and leave the others out"
            )
            raise InputError(msg)
        if kind != "left-censored" and below[:, column].any():
            msg = f"column {column} holds limits, so its kind is left-censored, not {kind}"
            raise InputError(msg)
        if kind == "yes or no" and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
            msg = f"column {column} is yes or no, so it holds 1, 0 or nothing; found other values"
            raise InputError(msg)
    return table, below


def _problem(table: NDArray[np.float64], hidden: NDArray[np.bool_]) -> str:
    """Say why nothing can be imputed, or nothing."""
    n = table.shape[0]
    if n == 0:
        return "no participants"
    lacking = hidden.sum(axis=0)
    worst = int(lacking.argmax()) if lacking.size else 0
    if lacking.size and lacking[worst] > LARGEST_SHARE * n:
        return (
            f"{int(lacking[worst])} of {n} values of column {worst} are missing or undetected, "
            "more than half: too few are known to learn the rest from"
        )
    return ""


def _start(
    table: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    kinds: tuple[ColumnKind, ...],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return the columns with a first fill: an observed value at random, or the limit."""
    filled = table.copy()
    for column, kind in enumerate(kinds):
        gaps = hidden[:, column]
        if gaps.any() and kind != "left-censored":
            filled[gaps, column] = rng.choice(table[~gaps, column], int(gaps.sum()))
    return filled


def _redraw(
    column: int,
    filled: NDArray[np.float64],
    table: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    kinds: tuple[ColumnKind, ...],
    known: NDArray[np.float64],
    rng: np.random.Generator,
    fits: dict[int, LeftCensoredRegression] | None,
) -> str:
    """Draw one column anew given all others, in place; say why where that cannot be done."""
    gaps, kind = hidden[:, column], kinds[column]
    predictors = np.column_stack([np.delete(filled, column, axis=1), known])
    if kind == "continuous":
        filled[gaps, column] = draw_continuous(filled[:, column], predictors, gaps, rng)
        return ""
    if kind == "yes or no":
        filled[gaps, column] = draw_yes_or_no(filled[:, column], predictors, gaps, rng)
        return ""
    predictors = predictors[:, independent_columns(predictors)]
    fit = None if fits is None else fits.get(column)
    if fit is None:
        beside = predictors if predictors.shape[1] else None
        fit = left_censored_regression(table[:, column], gaps, beside, distribution="normal")
    if fits is not None:
        fits[column] = fit
    if not fit.status:
        filled[gaps, column] = draw_below_limits(fit, table[gaps, column], predictors[gaps], rng)
    return fit.status
