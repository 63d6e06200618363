"""A marker's hazard ratio along its range: natural cubic splines with knots fixed in advance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.intervals import chi_squared_p, normal_quantile

__all__ = ["KNOT_QUANTILES", "SplineEffect", "cox_spline", "natural_spline_basis"]

KNOT_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class SplineEffect:
    """The hazard ratio of a marker along a grid, against a reference value.

    Parameters
    ----------
    grid : float array, shape (points,)
        Values of the marker, in its own unit.
    log_hazard_ratio : float array, shape (points,)
        Against `reference`; zero there.
    hazard_ratio, ci_low, ci_high : float array, shape (points,)
        On the scale of the ratio; the interval has no width at the reference.
    reference : float
        Value of the marker with hazard ratio one.
    knots : float array, shape (knots,)
    p_overall, p_nonlinear : float
        Wald tests: no effect at all; a straight line.
    n, n_events : int
    method, convention, status : str
        Numbers are NaN where `status` says why there is no fit.
    """

    grid: NDArray[np.float64]
    log_hazard_ratio: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    reference: float
    knots: NDArray[np.float64]
    p_overall: float
    p_nonlinear: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def natural_spline_basis(x: ArrayLike, knots: ArrayLike) -> NDArray[np.float64]:
    """Return the natural cubic spline basis, linear beyond the outer knots.

    Parameters
    ----------
    x : float array, shape (n,)
    knots : float array, shape (k,), k >= 3
        Strictly ascending.

    Returns
    -------
    basis : float array, shape (n, k - 1)
        First column x itself, then the curved terms.

    Raises
    ------
    InputError
        If there are fewer than three knots or they do not ascend.

    Notes
    -----
    Convention: truncated powers divided by the squared distance of the outer knots (Harrell),
    so all columns have the unit of x. Checked against: R `rms::rcspline.eval`.

    Examples
    --------
    >>> natural_spline_basis([0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    array([[0.  , 0.  ],
           [1.  , 0.25],
           [2.  , 1.5 ]])
    """
    values, at = np.asarray(x, dtype=float), np.asarray(knots, dtype=float)
    if at.ndim != 1 or at.size < 3 or not (np.diff(at) > 0).all():
        msg = f"a spline needs three or more ascending knots, found {at.tolist()}"
        raise InputError(msg)
    cubes = np.maximum(values[:, None] - at, 0.0) ** 3
    before_last, last = at[-2], at[-1]
    # Two conditions, no curvature beyond either end, remove the last two truncated powers.
    curved = (
        cubes[:, :-2]
        - cubes[:, -2:-1] * (last - at[:-2]) / (last - before_last)
        + cubes[:, -1:] * (before_last - at[:-2]) / (last - before_last)
    ) / (last - at[0]) ** 2
    return np.column_stack([values, curved])


def cox_spline(
    survival: Survival,
    x: ArrayLike,
    grid: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    reference: float | None = None,
    confidence: float = 0.95,
) -> SplineEffect:
    """Return the hazard ratio along a marker from a three-knot natural spline.

    Parameters
    ----------
    survival : Survival
    x : float array, shape (n,)
        The marker, without missing values.
    grid : float array, shape (points,)
        Where the curve is wanted.
    strata : int or text array, shape (n,), or None
    reference : float or None
        Value with hazard ratio one; None takes the median of `x`.
    confidence : float
        Level of the pointwise intervals.

    Returns
    -------
    effect : SplineEffect

    Raises
    ------
    InputError
        If arrays do not match, or values are missing.

    Notes
    -----
    Convention: knots at the 10th, 50th and 90th percentile (linear interpolation), fixed
    before outcomes are read. Checked against: R `coxph` with `rms::rcspline.eval`, tests with
    `rms::anova`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=80), event=np.ones(80, dtype=bool))
    >>> float(cox_spline(s, np.arange(80.0), [39.5]).hazard_ratio[0])
    1.0
    """
    columns = covariate_matrix(x, survival.n)
    if columns.shape[1] != 1:
        msg = f"a spline is of one marker, found {columns.shape[1]} columns; fit one at a time"
        raise InputError(msg)
    marker, points = columns[:, 0], np.asarray(grid, dtype=float)
    z = normal_quantile(confidence)
    knots = np.full(3, np.nan)
    status = "no participants, so there is no curve"
    if marker.size:
        knots = np.quantile(marker, KNOT_QUANTILES)
        reference = float(np.median(marker)) if reference is None else float(reference)
        status = _status(marker, knots)
    at = float("nan") if reference is None else reference
    if status:
        return _effect(points, None, None, at, knots, (survival.n, survival.n_events), z, status)
    fit = cox(survival, natural_spline_basis(marker, knots), strata=strata, confidence=confidence)
    against = natural_spline_basis(points, knots) - natural_spline_basis([at], knots)
    return _effect(points, fit, against, at, knots, (fit.n, fit.n_events), z, fit.status)


def _effect(
    points: NDArray[np.float64],
    fit: CoxFit | None,
    against: NDArray[np.float64] | None,
    reference: float,
    knots: NDArray[np.float64],
    counts: tuple[int, int],
    z: float,
    status: str,
) -> SplineEffect:
    """Return the curve of a fit, or an empty one of the same shape."""
    log_ratio, error = np.full(points.shape, np.nan), np.full(points.shape, np.nan)
    p_nonlinear = p_overall = float("nan")
    if fit is not None and against is not None and not fit.status:
        log_ratio = against @ fit.coefficients
        error = np.sqrt(np.einsum("ij,jk,ik->i", against, fit.covariance, against))
        p_overall = fit.wald_p_value
        curved = fit.coefficients[1:]
        statistic = curved @ np.linalg.solve(fit.covariance[1:, 1:], curved)
        p_nonlinear = chi_squared_p(float(statistic), curved.size)
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(log_ratio + k * error) for k in (0.0, -z, z))
    return SplineEffect(
        grid=points,
        log_hazard_ratio=log_ratio,
        hazard_ratio=ratio,
        ci_low=low,
        ci_high=high,
        reference=reference,
        knots=knots,
        p_overall=p_overall,
        p_nonlinear=p_nonlinear,
        n=counts[0],
        n_events=counts[1],
        method="Cox, Efron ties, natural cubic spline with three knots",
        convention="hazard ratio against the reference value; knots at the 10th, 50th and 90th "
        "percentile; pointwise Wald intervals",
        status=status,
    )


def _status(marker: NDArray[np.float64], knots: NDArray[np.float64]) -> str:
    """Say why the knots carry no curve, or nothing."""
    if (np.diff(knots) > 0).all() and np.unique(marker).size > 2:
        return ""
    return (
        "the marker has too few different values (at its 10th, 50th and 90th percentile: "
        f"{', '.join(f'{knot:g}' for knot in knots)}) for a curve; use the linear effect"
    )
