"""Shares counted in donors: logistic regression in which the donor, not the cell, is the unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence, covariate_matrix

__all__ = ["OverdispersedLogistic", "overdispersed_logistic"]

Floats = NDArray[np.float64]

CONVENTION = (
    "log odds of a share; variance n p (1 - p) (1 + (n - 1) phi) by Williams; t with donors less "
    "coefficients degrees of freedom"
)
_MAX_ITERATIONS = 100
_LARGEST_DISPERSION = 1.0 - 1e-9
_LARGEST_STEP = 5.0
# Odds that move by more than e^15 between two donors separate them.
_RUNAWAY = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class OverdispersedLogistic:
    """A fitted model; every number is NaN where `status` says why there is none.

    Parameters
    ----------
    coefficients, standard_errors, p_values : float array, shape (columns,)
        Log odds ratios, the intercept first; p two-sided, by t.
    odds_ratios, ci_low, ci_high : float array, shape (columns,)
    dispersion : float
        phi, the correlation of two cells of one donor; 0 where donors vary no more than chance.
    degrees_of_freedom : int
    n : int
        Donors (rows).
    method, convention, status : str
    """

    coefficients: Floats
    standard_errors: Floats
    p_values: Floats
    odds_ratios: Floats
    ci_low: Floats
    ci_high: Floats
    dispersion: float
    degrees_of_freedom: int
    n: int
    method: str
    convention: str
    status: str


def overdispersed_logistic(
    counts: ArrayLike, totals: ArrayLike, covariates: ArrayLike, *, confidence: float = 0.95
) -> OverdispersedLogistic:
    """Return how the share of a population goes with covariates, donors being the unit.

    Parameters
    ----------
    counts : int array, shape (donors,)
        Cells of the population in each donor's sample.
    totals : int array, shape (donors,)
        Cells of its parent, at least one.
    covariates : number or bool array, shape (donors,) or (donors, covariates)
        Without missing values and without the intercept, which is always there. In a paired
        design, where a donor has a row before and a row after, an indicator for each donor but one
        is among them.
    confidence : float

    Returns
    -------
    model : OverdispersedLogistic
        NaN and a reason where donors are too few, covariates are collinear, or a group has no cell
        of the population, or nothing else.

    Raises
    ------
    InputError
        If shapes differ, counts are no whole numbers, exceed their totals, or values are missing.

    Notes
    -----
    Convention: Williams 1982 (Applied Statistics 31, 144), method of moments: the dispersion at
    which Pearson's statistic equals its degrees of freedom, never below zero. Shares of one parent
    add up to one: when one rises, others fall. Checked against: the same equations solved with
    R `glm`.

    Examples
    --------
    >>> model = overdispersed_logistic([10, 14, 30, 26], [100] * 4, [0, 0, 1, 1])
    >>> round(float(model.odds_ratios[1]), 3), model.degrees_of_freedom
    (2.852, 2)
    """
    check_confidence(confidence)
    y, n = _checked(counts, totals)
    x = np.column_stack([np.ones(y.size), covariate_matrix(covariates, y.size)])
    freedom = y.size - x.shape[1]
    problem = _problem(y, n, x)
    if problem:
        return _without(x.shape[1], y.size, problem)
    fit = _at_moment(y, n, x, freedom)
    if fit is None:
        return _without(x.shape[1], y.size, _SEPARATED)
    beta, covariance, dispersion = fit
    errors = np.sqrt(np.diag(covariance))
    reach = stats.t.ppf(0.5 + confidence / 2.0, freedom) * errors
    with np.errstate(over="ignore"):
        ratios, low, high = (np.exp(beta + side * reach) for side in (0.0, -1.0, 1.0))
    return OverdispersedLogistic(
        coefficients=beta,
        standard_errors=errors,
        p_values=2.0 * stats.t.sf(np.abs(beta / errors), freedom),
        odds_ratios=ratios,
        ci_low=low,
        ci_high=high,
        dispersion=dispersion,
        degrees_of_freedom=freedom,
        n=y.size,
        method="logistic regression of counts, over-dispersion by Williams",
        convention=CONVENTION,
        status="",
    )


_SEPARATED = (
    "the covariates separate donors with from donors without cells of the population, so the odds "
    "ratio is not finite"
)


def _checked(counts: ArrayLike, totals: ArrayLike) -> tuple[Floats, Floats]:
    """Return counts and totals as floats.

    Raises
    ------
    InputError
        As the public function says.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if y.ndim != 1 or y.shape != n.shape:
        msg = f"one total per count: shapes {y.shape} and {n.shape}"
        raise InputError(msg)
    whole = np.isfinite(y) & np.isfinite(n) & (y == np.floor(y)) & (n == np.floor(n))
    bad = ~(whole & (y >= 0) & (n >= 1) & (y <= n))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        msg = (
            f"{int(bad.sum())} rows are no counts of a whole; the first, row {first}, has "
            f"{y[first]:g} of {n[first]:g}; give whole numbers of cells, none above its total"
        )
        raise InputError(msg)
    return y, n


def _problem(y: Floats, n: Floats, x: Floats) -> str:
    """Say why no model can be fitted, or nothing."""
    if y.size <= x.shape[1]:
        return f"{y.size} donors are too few for {x.shape[1]} coefficients"
    if not y.any():
        return "no donor has a cell of the population"
    if (y == n).all():
        return "every cell belongs to the population"
    if np.linalg.matrix_rank(x / np.maximum(np.abs(x).max(axis=0), 1e-300)) < x.shape[1]:
        return "a covariate does not vary, or covariates are collinear"
    return ""


def _at_moment(
    y: Floats, n: Floats, x: Floats, freedom: int
) -> tuple[Floats, Floats, float] | None:
    """Return coefficients, covariance and the dispersion at which Pearson's statistic fits."""

    def excess(dispersion: float) -> float:
        fit = _weighted(y, n, x, dispersion)
        return np.inf if fit is None else fit[2] - freedom

    dispersion = 0.0
    at_zero = excess(0.0)
    if not np.isfinite(at_zero):
        return None
    if at_zero > 0.0:
        if excess(_LARGEST_DISPERSION) > 0.0:
            dispersion = _LARGEST_DISPERSION
        else:
            dispersion = float(optimize.brentq(excess, 0.0, _LARGEST_DISPERSION, xtol=1e-14))
    fit = _weighted(y, n, x, dispersion)
    return None if fit is None else (fit[0], fit[1], dispersion)


def _weighted(
    y: Floats, n: Floats, x: Floats, dispersion: float
) -> tuple[Floats, Floats, float] | None:
    """Return the weighted logistic fit with Pearson's statistic, None where it runs away."""
    weight = 1.0 / (1.0 + (n - 1.0) * dispersion)
    start = special.logit((y.sum() + 0.5) / (n.sum() + 1.0))
    beta = np.zeros(x.shape[1])
    beta[0] = start
    for _ in range(_MAX_ITERATIONS):
        p = special.expit(x @ beta)
        information = x.T @ (x * (weight * n * p * (1.0 - p))[:, None])
        score = x.T @ (weight * (y - n * p))
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            return None
        moved = np.abs(x @ step).max()
        beta = beta + step * min(1.0, _LARGEST_STEP / max(moved, 1e-300))
        if np.abs(x @ beta).max() > _RUNAWAY:
            return None
        if moved < 1e-11:
            break
    else:
        return None
    p = special.expit(x @ beta)
    variance = n * p * (1.0 - p)
    covariance = np.linalg.inv(x.T @ (x * (weight * variance)[:, None]))
    return beta, covariance, float((weight * (y - n * p) ** 2 / variance).sum())


def _without(size: int, n: int, status: str) -> OverdispersedLogistic:
    """Return an empty model of the usual shape that says what is missing."""
    gap = np.full(size, np.nan)
    return OverdispersedLogistic(
        coefficients=gap,
        standard_errors=gap,
        p_values=gap,
        odds_ratios=gap,
        ci_low=gap,
        ci_high=gap,
        dispersion=float("nan"),
        degrees_of_freedom=max(n - size, 0),
        n=n,
        method="logistic regression of counts, over-dispersion by Williams",
        convention=CONVENTION,
        status=status,
    )
