"""The ROC curve of a marker for the event by a horizon, and the area under it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import CensoringCurve, censoring_curve, weight_influence
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.roc import logit_interval

__all__ = ["TimeDependentAuc", "TimeDependentRoc", "time_dependent_auc", "time_dependent_roc"]


@dataclass(frozen=True, slots=True, eq=False)
class TimeDependentAuc:
    """How well a marker tells those with the event by a horizon from those without.

    Parameters
    ----------
    auc : float
        NaN where `status` says why there is none.
    standard_error : float
        By the infinitesimal jackknife, the weights for censoring being estimated.
    ci_low, ci_high : float
        On the logit scale; NaN where the area is 0 or 1.
    horizon_days : float
    n_cases, n_controls, n_unknown : int
        Event by the horizon; still without it after the horizon; censored before it.
    n, n_events : int
    method, convention, status : str
    """

    auc: float
    standard_error: float
    ci_low: float
    ci_high: float
    horizon_days: float
    n_cases: int
    n_controls: int
    n_unknown: int
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class TimeDependentRoc:
    """The cumulative / dynamic ROC curve; empty where `status` says why there is none.

    Parameters
    ----------
    thresholds : float array, shape (points,)
        Descending; the first is infinite. A marker at or above it is called positive.
    sensitivity : float array, shape (points,)
        Weighted share of those with the event by the horizon that are positive.
    specificity : float array, shape (points,)
        Share of those without it after the horizon that are negative.
    horizon_days : float
    n_cases, n_controls, n_unknown : int
    n, n_events : int
    method, convention, status : str
    """

    thresholds: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    horizon_days: float
    n_cases: int
    n_controls: int
    n_unknown: int
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Cases and controls at a horizon."""

    values: NDArray[np.float64]
    case: NDArray[np.bool_]
    control: NDArray[np.bool_]
    curve: CensoringCurve
    status: str

    def weights(self, survival: Survival) -> NDArray[np.float64]:
        """Return 1 / G(t-) of the cases, shape (cases,)."""
        return 1.0 / self.curve.before(survival.time[self.case])


def time_dependent_auc(
    survival: Survival, marker: ArrayLike, *, horizon_days: float, confidence: float = 0.95
) -> TimeDependentAuc:
    """Return the cumulative / dynamic area under the ROC curve at a horizon.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    marker : float array, shape (n,)
        Without missing values; higher is expected to mean earlier.
    horizon_days : float
        Fixed in advance.
    confidence : float
        Level of the interval.

    Returns
    -------
    found : TimeDependentAuc

    Raises
    ------
    InputError
        If the marker does not match, values are missing, the horizon is not positive, or
        participants entered late.

    Notes
    -----
    Convention: cases have the event by the horizon, weighted by 1/G(t-); controls are without it
    after the horizon; ties of the marker count half. Checked against: R `riskRegression::Score`
    (area to 1e-10; its variance divides by n - 1), and a loop over all pairs.
    """
    z = normal_quantile(confidence)
    groups = _groups(survival, marker, horizon_days)
    area = error = low = high = float("nan")
    if not groups.status:
        area, influence = _area(survival, groups)
        error = float(np.sqrt(np.sum(influence**2)))
        if 0.0 < area < 1.0 and error > 0.0:
            low, high, _ = logit_interval(area, error, z)
    return TimeDependentAuc(
        auc=area,
        standard_error=error,
        ci_low=low,
        ci_high=high,
        horizon_days=float(horizon_days),
        n_cases=int(groups.case.sum()),
        n_controls=int(groups.control.sum()),
        n_unknown=int((~groups.case & ~groups.control).sum()),
        n=survival.n,
        n_events=int(groups.case.sum()),
        method=f"cumulative/dynamic area under the ROC curve at day {horizon_days:g}",
        convention="above one half = higher values go with earlier events; weights 1/G(t-); "
        "logit interval, infinitesimal jackknife",
        status=groups.status,
    )


def time_dependent_roc(
    survival: Survival, marker: ArrayLike, *, horizon_days: float
) -> TimeDependentRoc:
    """Return the points of the cumulative / dynamic ROC curve at a horizon.

    Parameters
    ----------
    survival, marker, horizon_days
        As in `time_dependent_auc`.

    Returns
    -------
    found : TimeDependentRoc

    Raises
    ------
    InputError
        As `time_dependent_auc`.

    Notes
    -----
    Convention: positive = at or above the threshold; the area under straight lines between the
    points is the area of `time_dependent_auc`. Checked against: R `riskRegression::Score`.
    """
    groups = _groups(survival, marker, horizon_days)
    thresholds = sensitivity = specificity = np.empty(0)
    if not groups.status:
        levels = np.unique(groups.values)[::-1]
        thresholds = np.concatenate(([np.inf], levels))
        weight = groups.weights(survival)
        order = np.argsort(groups.values[groups.case])
        below = np.concatenate(([0.0], np.cumsum(weight[order])))
        place = np.searchsorted(groups.values[groups.case][order], thresholds, side="left")
        sensitivity = 1.0 - below[place] / below[-1]
        reference = np.sort(groups.values[groups.control])
        specificity = np.searchsorted(reference, thresholds, side="left") / reference.size
    return TimeDependentRoc(
        thresholds=thresholds,
        sensitivity=sensitivity,
        specificity=specificity,
        horizon_days=float(horizon_days),
        n_cases=int(groups.case.sum()),
        n_controls=int(groups.control.sum()),
        n_unknown=int((~groups.case & ~groups.control).sum()),
        n=survival.n,
        n_events=int(groups.case.sum()),
        method=f"cumulative/dynamic ROC curve at day {horizon_days:g}",
        convention="positive = at or above the threshold; cases weighted by 1/G(t-)",
        status=groups.status,
    )


def _area(survival: Survival, groups: _Groups) -> tuple[float, NDArray[np.float64]]:
    """Return the area and what each participant adds to it."""
    weight = groups.weights(survival)
    cases, controls = groups.values[groups.case], groups.values[groups.control]
    ordered = np.sort(controls)
    # Share of controls below each case, and weighted share of cases above each control, ties half.
    below = (
        np.searchsorted(ordered, cases, side="left") + np.searchsorted(ordered, cases, side="right")
    ) / (2.0 * controls.size)
    order = np.argsort(cases)
    total = np.concatenate(([0.0], np.cumsum(weight[order])))
    above = 1.0 - (
        total[np.searchsorted(cases[order], controls, side="left")]
        + total[np.searchsorted(cases[order], controls, side="right")]
    ) / (2.0 * total[-1])
    area = float(weight @ below / weight.sum())
    by_case = np.zeros(survival.n)
    by_case[groups.case] = weight * (below - area) / weight.sum()
    influence = by_case.copy()
    influence[groups.control] += (above - area) / controls.size
    # The weight of the controls is common to all and cancels; that of the cases does not.
    steps = np.searchsorted(groups.curve.time, survival.time, side="left")
    return area, influence + weight_influence(survival, groups.curve, by_case, steps)


def _groups(survival: Survival, marker: ArrayLike, horizon_days: float) -> _Groups:
    """Return who had the event by the horizon and who was without it after.

    Raises
    ------
    InputError
        If the marker does not match or the horizon is not positive.
    """
    values = covariate_matrix(marker, survival.n)[:, 0]
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        msg = f"a horizon is a day after time zero, found {horizon_days}; fix it in advance"
        raise InputError(msg)
    curve = censoring_curve(survival)
    case = survival.event & (survival.time <= horizon_days)
    control = survival.time > horizon_days
    status = ""
    last = float(survival.time.max(initial=0.0))
    if horizon_days > last:
        status = (
            f"the horizon of {horizon_days:g} days lies past the last follow-up of {last:g} days"
        )
    elif not (case.any() and control.any()):
        status = (
            f"{int(case.sum())} participants had the event by day {horizon_days:g} and "
            f"{int(control.sum())} were without it after that day: both are needed"
        )
    return _Groups(values, case, control, curve, status)
