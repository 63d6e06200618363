"""The points of the curves that the report draws."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.results import conform, empty
from macroimmune.statistics import SplineEffect, kaplan_meier

__all__ = [
    "Curve",
    "curves_frame",
    "distribution",
    "effect_curve",
    "kaplan_meier_curves",
    "thinned_times",
    "thirds",
]

_POINTS = 48
_TICKS = 6
_MAX_POINTS = 120
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SMALLEST_GROUP = 5
_LABELS = ("curve", "feature", "endpoint", "landmark_days", "group")
_NUMBERS = ("x", "y", "ci_low", "ci_high", "n")
THIRDS = ("lower third", "middle third", "upper third")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a figure: its labels and its points, see the table `curves` of the results."""

    curve: str
    feature: str
    endpoint: str
    landmark_days: float | None
    group: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    n: NDArray[np.int64]


def thirds(values: NDArray[np.float64], scale: str) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the groups of participants in which a survival curve is drawn.

    Parameters
    ----------
    values : float array, shape (participants,)
        Without missing values.
    scale : str
        Scale of the feature; `flag` gives detected and not detected.

    Returns
    -------
    groups : list of (name, bool array)
        Thirds; halves where ties leave a third with fewer than 5; empty where nothing varies.

    Notes
    -----
    Convention: for display only; no test is made between them. Values at a cut belong below it.
    """
    if scale == "flag":
        groups = [("not detected", values == 0), ("detected", values > 0)]
        return [(name, rows) for name, rows in groups if rows.any()]
    low, high = np.quantile(values, [1 / 3, 2 / 3]) if values.size else (0.0, 0.0)
    split = [values <= low, (values > low) & (values <= high), values > high]
    groups = list(zip(THIRDS, split, strict=True))
    if min(int(rows.sum()) for _, rows in groups) >= _SMALLEST_GROUP:
        return groups
    middle = np.median(values) if values.size else 0.0
    halves = [("at or below the median", values <= middle), ("above the median", values > middle)]
    return halves if min(int(rows.sum()) for _, rows in halves) >= _SMALLEST_GROUP else []


def kaplan_meier_curves(
    feature: str, data: EndpointData, groups: list[tuple[str, Survival]]
) -> list[Curve]:
    """Return Kaplan-Meier curves of groups, thinned to what a figure shows, and who is at risk.

    Parameters
    ----------
    feature : str
        Empty for curves of the whole study.
    data : EndpointData
        The endpoint and landmark that the curves belong to.
    groups : list of (name, Survival)

    Returns
    -------
    curves : list of columns, see the results contract
        Up to 48 points a group, the estimate at each being exact.
    """
    longest = max((float(survival.time.max()) for _, survival in groups if survival.n), default=0.0)
    ticks = _nice_ticks(longest)
    curves: list[Curve] = []
    for name, survival in groups:
        if not survival.n:
            continue
        fit = kaplan_meier(survival)
        times = thinned_times(fit.time[fit.n_event > 0], float(survival.time.max()))
        gap = np.full(ticks.size, np.nan)
        place = (feature, data.endpoint.id, data.landmark_days, name)
        curves.append(Curve("kaplan_meier", *place, times, *fit.at(times), fit.at_risk(times)))
        curves.append(Curve("at_risk", *place, ticks, gap, gap, gap, fit.at_risk(ticks)))
    return curves


def effect_curve(
    values: ParticipantValues, data: EndpointData, spline: SplineEffect
) -> list[Curve]:
    """Return the hazard ratio against the median of the feature, along its values."""
    if spline.status:
        return []
    x = _unscaled(spline.grid, values.definition.scale)
    place = (values.definition.id, data.endpoint.id, data.landmark_days, "continuous")
    limits = (spline.ci_low, spline.ci_high)
    return [Curve("effect", *place, x, spline.hazard_ratio, *limits, np.full(x.size, spline.n))]


def distribution(values: ParticipantValues, data: EndpointData) -> list[Curve]:
    """Return the quantiles of a feature by response, and the points where they are few."""
    chosen = data.known & ~np.isnan(values.on_scale)
    outcome = data.outcome_of(chosen)
    levels = values.values[chosen]
    curves: list[Curve] = []
    for name, rows in (("yes", outcome), ("no", ~outcome)):
        group = levels[rows]
        if not group.size:
            continue
        place = (values.definition.id, data.endpoint.id, data.landmark_days, name)
        x, y = np.array(_QUANTILES), np.quantile(group, _QUANTILES)
        curves.append(_points("distribution", place, x, y, group.size))
        if levels.size <= _MAX_POINTS:
            x = np.full(group.size, np.nan)
            curves.append(_points("points", place, x, np.sort(group), group.size))
    return curves


def _points(
    curve: str,
    place: tuple[str, str, float | None, str],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    n: int,
) -> Curve:
    """Return points without an interval; `n` participants stand behind each of them."""
    gap = np.full(x.size, np.nan)
    return Curve(curve, *place, x, y, gap, gap, np.full(x.size, n))


def curves_frame(curves: list[Curve]) -> pl.DataFrame:
    """Return curves as the table `curves` of the results contract."""
    if not curves:
        return empty("curves")
    labels = pl.DataFrame(
        [{name: getattr(curve, name) for name in _LABELS} for curve in curves],
        schema=dict.fromkeys(_LABELS, pl.String) | {"landmark_days": pl.Float64},
    )
    row_of_point = np.repeat(np.arange(len(curves)), [curve.x.size for curve in curves])
    points = {name: np.concatenate([getattr(curve, name) for curve in curves]) for name in _NUMBERS}
    frame = labels[row_of_point].with_columns(pl.Series(name, x) for name, x in points.items())
    return conform("curves", frame)


def thinned_times(event_times: NDArray[np.float64], last: float) -> NDArray[np.float64]:
    """Return up to 48 of the event times, with 0 and the last observation."""
    if event_times.size > _POINTS:
        rows = np.unique(np.linspace(0, event_times.size - 1, _POINTS).round().astype(int))
        event_times = event_times[rows]
    return np.unique(np.concatenate([[0.0], event_times, [last]]))


def _nice_ticks(longest: float) -> NDArray[np.float64]:
    """Return about six round days from 0 to the longest follow-up: months, half-years, years."""
    steps = np.array([7, 14, 30, 60, 91, 182, 365, 730, 1825, 3650], dtype=float)
    step = (
        steps[np.argmax(steps * _TICKS >= longest)] if longest < steps[-1] * _TICKS else steps[-1]
    )
    return np.arange(0.0, longest + 1e-9, step)


def _unscaled(grid: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return points of a model's scale in the unit of the feature."""
    if scale == "doubling":
        return np.exp2(grid)
    if scale == "share":
        return 100.0 * np.sin(grid) ** 2
    if scale == "root":
        return grid**2
    return grid
