"""One series of doses: whether levels rise or fall, and at which dose half of it is reached."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.statistics import HillFit, MonotoneTrend, hill_curve, monotone_trend

__all__ = ["DoseSeries", "fitted_series"]

LEVEL = 0.05
# The share of the whole effect that the highest dose must give, and without wells of no dose the
# lowest must not exceed the rest of it, for a plateau to count as reached.
REACHED = 0.9
_REPLICATES = 3
_NOT_REACHED = "the level without stimulus is not reached and no well is without"


@dataclass(frozen=True, slots=True, eq=False)
class DoseSeries:
    """What the doses of one stimulus, population and marker say; None where there is no number.

    Parameters
    ----------
    n_doses, n_values, n_batches : int
    ec50, ec50_ci_low, ec50_ci_high : float or None
        An end of the interval is None where the tested doses do not set it.
    hill : float or None
    bottom, top : float or None
        Mean over batches; None where the doses do not reach that plateau.
    is_plateau_reached : bool or None
    monotone_p : float or None
    fitted : float array, shape (n_values,)
        The curve; NaN where there is none.
    status : str
    """

    n_doses: int
    n_values: int
    n_batches: int
    ec50: float | None
    ec50_ci_low: float | None
    ec50_ci_high: float | None
    hill: float | None
    bottom: float | None
    top: float | None
    is_plateau_reached: bool | None
    monotone_p: float | None
    fitted: NDArray[np.float64]
    status: str


def fitted_series(
    dose: ArrayLike,
    value: ArrayLike,
    batch: ArrayLike,
    *,
    replicate: str = "batch",
    problem: str = "",
    rng: np.random.Generator,
) -> DoseSeries:
    """Return the curve of one series of doses, or the reason why there is none.

    Parameters
    ----------
    dose : float array, shape (n,)
        Zero where there was no stimulus.
    value : float array, shape (n,)
    batch : text array, shape (n,)
        Plate or participant of each value.
    replicate : str
        What a batch is, in the sentences of the status.
    problem : str
        Why these values make no series; then there is no curve.
    rng : numpy.random.Generator

    Notes
    -----
    Convention: EC50 and Hill coefficient are given where the levels rise or fall with dose (two-
    sided p up to 0.05); a plateau counts as reached where the highest dose gives 90 % of the effect
    and the interval of the EC50 ends below it, the level without stimulus where there are wells
    without, or where the lowest dose gives no more than 10 % of the effect and the interval begins
    above it. These shares are assumed.

    Examples
    --------
    >>> dose = [0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
    >>> value = [2.1, 10.8, 24.8, 52.0, 76.9, 93.0, 98.7]
    >>> rng = np.random.default_rng(1)
    >>> series = fitted_series(dose, value, ["plate 1"] * 7, rng=rng)
    >>> round(series.ec50, 2), series.is_plateau_reached, series.status
    (1.0, True, 'one batch: the interval holds the scatter of wells alone')
    """
    trend = monotone_trend(dose, value, batch, rng=rng)
    fit = hill_curve(dose, value, batch, rising=trend.is_rising)
    problem = f"no EC50: {problem}" if problem else _problem(trend, fit)
    if problem:
        return _without(trend, fit, problem)
    tested = np.unique(np.asarray(dose, dtype=float))
    return _series(trend, fit, tested, replicate)


def _problem(trend: MonotoneTrend, fit: HillFit) -> str:
    """Say why there is no curve, or nothing."""
    if fit.status and not np.isfinite(fit.ec50):
        return f"no EC50: {fit.status}"
    if trend.status:
        return f"no EC50: {trend.status}"
    if trend.smallest_p > LEVEL:
        return (
            f"no EC50: {fit.n} values at {fit.n_doses} doses cannot tell a rise or fall from "
            f"chance (p of {trend.smallest_p:.2g} at best)"
        )
    if trend.p_value > LEVEL:
        return f"no response: neither rises nor falls with dose (p {trend.p_value:.2g})"
    return ""


def _without(trend: MonotoneTrend, fit: HillFit, status: str) -> DoseSeries:
    return DoseSeries(
        n_doses=fit.n_doses,
        n_values=fit.n,
        n_batches=fit.n_batches,
        ec50=None,
        ec50_ci_low=None,
        ec50_ci_high=None,
        hill=None,
        bottom=None,
        top=None,
        is_plateau_reached=None,
        monotone_p=None if trend.status else trend.p_value,
        fitted=np.full(fit.n, np.nan),
        status=status,
    )


def _series(
    trend: MonotoneTrend, fit: HillFit, tested: NDArray[np.float64], replicate: str
) -> DoseSeries:
    """Return the numbers that the tested doses bear, and in words which they do not."""
    lowest, highest = float(tested[tested > 0].min()), float(tested.max())
    above, below = _above(fit, highest), _below(fit, lowest, has_none=bool(tested.min() == 0.0))
    is_inside = lowest <= fit.ec50 <= highest
    said = [fit.status, above, below, _scatter(fit.n_batches, replicate)]
    return DoseSeries(
        n_doses=fit.n_doses,
        n_values=fit.n,
        n_batches=fit.n_batches,
        ec50=fit.ec50 if is_inside else None,
        ec50_ci_low=fit.ci_low if fit.ci_low >= lowest else None,
        ec50_ci_high=fit.ci_high if fit.ci_high <= highest else None,
        hill=fit.hill,
        bottom=None if _NOT_REACHED in below else float(fit.bottoms.mean()),
        top=None if above else float(fit.tops.mean()),
        is_plateau_reached=not above,
        monotone_p=trend.p_value,
        fitted=fit.fitted,
        status="; ".join(filter(None, said)),
    )


def _above(fit: HillFit, highest: float) -> str:
    """Say why the doses do not reach the plateau, or nothing."""
    not_reached = "the plateau is not reached: "
    if fit.ec50 > highest:
        return f"{not_reached}EC50 lies above the highest dose, {highest:.3g}"
    if fit.ci_high > highest:
        return f"{not_reached}the interval of EC50 ends above the highest dose, {highest:.3g}"
    share = _share(fit, highest)
    if share < REACHED:
        return f"{not_reached}{100 * share:.3g} % of the effect at the highest dose, {highest:.3g}"
    return ""


def _below(fit: HillFit, lowest: float, *, has_none: bool) -> str:
    """Say why the doses do not reach the level without stimulus, or nothing."""
    not_reached = "" if has_none else f"{_NOT_REACHED}: "
    if fit.ec50 < lowest:
        return f"{not_reached}EC50 lies below the lowest dose, {lowest:.3g}"
    if fit.ci_low < lowest:
        return f"{not_reached}the interval of EC50 begins below the lowest dose, {lowest:.3g}"
    share = _share(fit, lowest)
    if share > 1 - REACHED and not has_none:
        return f"{not_reached}{100 * share:.3g} % of the effect at the lowest dose, {lowest:.3g}"
    return ""


def _share(fit: HillFit, dose: float) -> float:
    """Return the share of the whole effect that a dose gives."""
    return float(1.0 / (1.0 + (fit.ec50 / dose) ** fit.hill))


def _scatter(n_batches: int, replicate: str) -> str:
    if n_batches >= _REPLICATES:
        return ""
    count = "one" if n_batches == 1 else "two"
    plural = {"batch": "batches"}.get(replicate, f"{replicate}s")
    named = replicate if n_batches == 1 else plural
    return f"{count} {named}: the interval holds the scatter of wells alone"
