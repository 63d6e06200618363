"""How a hazard ratio moves with time: scaled Schoenfeld residuals and their smooth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.cox_likelihood import PartialLikelihood, partial_likelihood
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.proportional_hazards import (
    TimeTransform,
    check_transform,
    time_without_scale,
    transformed_time,
)
from macroimmune.statistics.risk_sets import RiskSets, risk_sets
from macroimmune.statistics.spline import natural_spline_basis

__all__ = ["HazardRatioOverTime", "hazard_ratio_over_time"]

_FEWEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class HazardRatioOverTime:
    """The hazard ratio of each covariate along time; NaN where `status` says why.

    Parameters
    ----------
    event_time : float array, shape (events,), days
        When each event was seen, stratum after stratum.
    event_rows : int array, shape (events,)
        The participants who had them.
    scaled_residuals : float array, shape (events, covariates)
        What each event says about the log hazard ratio at its time; their mean is near the
        coefficient. NaN for events of a stratum in which the covariate does not vary.
    time : float array, shape (points,), days
        Where the smooth is given: from the first to the last event, evenly on the transformed
        scale.
    log_hazard_ratio, standard_error : float array, shape (points, covariates)
    hazard_ratio, ci_low, ci_high : float array, shape (points, covariates)
        Pointwise intervals.
    degrees_of_freedom : int
        Of the natural cubic spline, the intercept counted.
    transform : str
        The scale of time on which the smooth is made.
    n, n_events : int
    method, convention, status : str
    """

    event_time: NDArray[np.float64]
    event_rows: NDArray[np.intp]
    scaled_residuals: NDArray[np.float64]
    time: NDArray[np.float64]
    log_hazard_ratio: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    degrees_of_freedom: int
    transform: str
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def hazard_ratio_over_time(
    survival: Survival,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    transform: TimeTransform = "km",
    degrees_of_freedom: int = 4,
    points: int = 40,
    fit: CoxFit | None = None,
    confidence: float = 0.95,
) -> HazardRatioOverTime:
    """Return the scaled Schoenfeld residuals of a Cox model and their smooth over time.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    covariates : number or bool array, shape (n,) or (n, covariates)
        Without missing values.
    strata : int or text array, shape (n,), or None
    transform : {"km", "rank", "identity", "log"}
        The scale of time, as in `proportional_hazards`; "km" gives each event about the same
        room.
    degrees_of_freedom : int
        Of the spline, at least 3.
    points : int
        At how many times the smooth is given, at least 2.
    fit : CoxFit or None
        The model of these very covariates and strata, where it was fitted already.
    confidence : float
        Level of the pointwise intervals.

    Returns
    -------
    curve : HazardRatioOverTime

    Raises
    ------
    InputError
        If the arrays do not match, values are missing, or an option is out of its range.

    Notes
    -----
    Convention: residuals are scaled with the mean information per event and the coefficient is
    added; inner knots at even quantiles of the event times and grid together, as in R. The
    interval takes the variance of a residual as the inverse of the mean information and normal
    quantiles (R draws two standard errors). Checked against: R `cox.zph(fit)$y` and
    `plot.cox.zph`, to 1e-6.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=50), event=np.ones(50, dtype=bool))
    >>> hazard_ratio_over_time(s, rng.normal(size=50), points=5).hazard_ratio.shape
    (5, 1)
    """
    check_transform(transform)
    if degrees_of_freedom < _FEWEST or points < 2:
        msg = (
            f"a smooth needs {_FEWEST} or more degrees of freedom and 2 or more points, found "
            f"{degrees_of_freedom} and {points}"
        )
        raise InputError(msg)
    matrix, z = covariate_matrix(covariates, survival.n), normal_quantile(confidence)
    fit = cox(survival, matrix, strata=strata) if fit is None else fit
    shape = (points, matrix.shape[1])
    time, smooth, error = np.full(points, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    codes = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    risk, status = risk_sets(survival, codes), fit.status
    residuals = np.full((risk.event_rows.size, matrix.shape[1]), np.nan)
    if not status:
        residuals, variance = _scaled_residuals(risk, matrix, fit.coefficients, codes)
        status = time_without_scale(survival, transform)
    if not status:
        at_events = transformed_time(survival, transform)[risk.event_rows]
        grid = np.linspace(at_events.min(), at_events.max(), points)
        knots = np.quantile([*grid, *at_events], np.linspace(0.0, 1.0, degrees_of_freedom))
        status = _too_few_times(at_events, knots)
    if not status:
        smooth, error = _smooth(at_events, residuals, grid, variance, knots)
        time = _days(grid, at_events, survival.time[risk.event_rows])
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(smooth + k * error) for k in (0.0, -z, z))
    return HazardRatioOverTime(
        event_time=survival.time[risk.event_rows],
        event_rows=risk.event_rows,
        scaled_residuals=residuals,
        time=time,
        log_hazard_ratio=smooth,
        standard_error=error,
        hazard_ratio=ratio,
        ci_low=low,
        ci_high=high,
        degrees_of_freedom=degrees_of_freedom,
        transform=transform,
        n=fit.n,
        n_events=fit.n_events,
        method=(
            "scaled Schoenfeld residuals, smoothed by a natural cubic spline with "
            f"{degrees_of_freedom} degrees of freedom"
        ),
        convention=f"smoothed along time transformed by {transform!r}; pointwise intervals",
        status=status,
    )


def _scaled_residuals(
    risk: RiskSets,
    matrix: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    strata: NDArray[np.intp] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scaled residuals with the coefficient added, and their variance."""
    centred = matrix - matrix.mean(axis=0)
    likelihood = partial_likelihood(risk, centred, coefficients)
    raw = _schoenfeld(risk, centred, likelihood)
    varies = _varies(risk, matrix, strata)
    # Each entry of the information is a sum over the events in whose stratum both vary.
    shared = varies.T.astype(float) @ varies
    per_event = likelihood.information / np.maximum(shared, 1.0)
    residuals = np.full(raw.shape, np.nan)
    for pattern in np.unique(varies, axis=0):
        rows, columns = (varies == pattern).all(axis=1), np.flatnonzero(pattern)
        if columns.size:
            block = np.linalg.solve(per_event[np.ix_(columns, columns)], raw[rows][:, columns].T).T
            residuals[np.ix_(rows, columns)] = block + coefficients[columns]
    return residuals, np.asarray(np.diag(np.linalg.inv(per_event)), dtype=float)


def _schoenfeld(
    risk: RiskSets, centred: NDArray[np.float64], likelihood: PartialLikelihood
) -> NDArray[np.float64]:
    """Return, per event, its covariates less their mean at risk; ties share Efron's mean."""
    deaths = risk.deaths[risk.event_index]
    columns = [
        risk.sum_of_deaths(likelihood.mean[:, column])[risk.event_index] / deaths
        for column in range(centred.shape[1])
    ]
    return np.asarray(centred[risk.event_rows] - np.column_stack(columns), dtype=float)


def _varies(
    risk: RiskSets, matrix: NDArray[np.float64], strata: NDArray[np.intp] | None
) -> NDArray[np.bool_]:
    """Return, per event, which covariates vary in its stratum."""
    if strata is None:
        return np.ones((risk.event_rows.size, matrix.shape[1]), dtype=bool)
    by_stratum = np.array([
        np.ptp(matrix[strata == code], axis=0) > 0 for code in range(int(strata.max()) + 1)
    ])
    return np.asarray(by_stratum[strata[risk.event_rows]])


def _too_few_times(at_events: NDArray[np.float64], knots: NDArray[np.float64]) -> str:
    """Say that a spline cannot be told from such event times, or nothing."""
    distinct = np.unique(at_events).size
    if distinct > knots.size and (np.diff(knots) > 0).all():
        return ""
    return (
        f"{distinct} different event times are too few, or too many events share one, for a "
        f"smooth with {knots.size} degrees of freedom"
    )


def _smooth(
    at_events: NDArray[np.float64],
    residuals: NDArray[np.float64],
    grid: NDArray[np.float64],
    variance: NDArray[np.float64],
    knots: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least-squares spline of the residuals on the grid, with standard errors.

    With an intercept a natural spline has as many columns as knots, the two ends counted.
    """
    start, width = knots[0], knots[-1] - knots[0]

    def basis(x: NDArray[np.float64]) -> NDArray[np.float64]:
        curved = natural_spline_basis((x - start) / width, (knots - start) / width)
        return np.column_stack([np.ones(x.size), curved])

    on_grid, at = basis(grid), basis(at_events)
    smooth, error = (np.full((grid.size, residuals.shape[1]), np.nan) for _ in range(2))
    for column in range(residuals.shape[1]):
        known = ~np.isnan(residuals[:, column])
        q, r = np.linalg.qr(at[known])
        # A covariate that varies in one small stratum only may be known at too few times.
        if np.linalg.matrix_rank(r) < knots.size:
            continue
        weights = np.linalg.solve(r.T, on_grid.T)
        smooth[:, column] = weights.T @ (q.T @ residuals[known, column])
        error[:, column] = np.sqrt(variance[column] * np.sum(weights**2, axis=0))
    return smooth, error


def _days(
    grid: NDArray[np.float64], at_events: NDArray[np.float64], days: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the days of points on the transformed scale, straight between event times."""
    order = np.lexsort((days, at_events))
    scale, first = np.unique(at_events[order], return_index=True)
    return np.interp(grid, scale, days[order][first])
