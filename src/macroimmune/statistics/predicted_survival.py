"""Predicted survival and risk of new participants at a horizon, from a fitted Cox model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.baseline_hazard import BaselineHazard
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["PredictedSurvival", "predicted_survival"]

_METHOD = "survival predicted by a Cox model, baseline hazard with Efron's ties"
_CONVENTION = (
    "exp(-cumulative hazard); each tied death adds one over the hazards at risk less Efron's "
    "fraction of the tied deaths before it; pointwise log-log interval of the curve of a "
    "participant with these covariates"
)


@dataclass(frozen=True, slots=True, eq=False)
class PredictedSurvival:
    """Predicted probabilities of no event; NaN where `status` says why there are none.

    Parameters
    ----------
    horizons_days : float array, shape (horizons,)
    linear_predictor : float array, shape (n,)
        Log hazard ratio against a participant with the mean covariates of the fit.
    survival, ci_low, ci_high : float array, shape (n, horizons)
        NaN past the last follow-up of the participant's stratum, and where that had no event.
        Both limits are one before the first event.
    n : int
        New participants.
    n_fitted, n_events_fitted : int
        Participants and events of the fit.
    method, convention, status : str
    """

    horizons_days: NDArray[np.float64]
    linear_predictor: NDArray[np.float64]
    survival: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    n: int
    n_fitted: int
    n_events_fitted: int
    method: str
    convention: str
    status: str

    @property
    def risk(self) -> NDArray[np.float64]:
        """Probability of the event by each horizon, shape (n, horizons)."""
        return 1.0 - self.survival

    @property
    def risk_ci_low(self) -> NDArray[np.float64]:
        """Lower limit of the risk, shape (n, horizons)."""
        return 1.0 - self.ci_high

    @property
    def risk_ci_high(self) -> NDArray[np.float64]:
        """Upper limit of the risk, shape (n, horizons)."""
        return 1.0 - self.ci_low


def predicted_survival(
    baseline: BaselineHazard,
    covariates: ArrayLike,
    horizons_days: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> PredictedSurvival:
    """Return the probability of no event by each horizon for new participants.

    Parameters
    ----------
    baseline : BaselineHazard
    covariates : number or bool array, shape (n,) or (n, covariates)
        Of the new participants, in the columns and units of the fit, without missing values.
    horizons_days : float array, shape (horizons,)
        Above zero.
    strata : int or text array, shape (n,), or None
        Strata of the new participants, where the model has strata.
    confidence : float
        Level of the pointwise intervals.

    Returns
    -------
    predicted : PredictedSurvival
        Without a number, and with a status, past the last follow-up and in a stratum without
        events.

    Raises
    ------
    InputError
        If shapes do not match, values are missing, a horizon is not positive, or a stratum was not
        in the fit.

    Notes
    -----
    Convention: log-log interval, as `kaplan_meier`. Checked against: R
    `survfit(coxph(...), newdata, conf.type="log-log")`.

    Examples
    --------
    >>> from macroimmune.outcomes import Survival
    >>> from macroimmune.statistics import baseline_hazard
    >>> s = Survival(time=np.array([1.0, 2, 3, 4]), event=np.ones(4, bool))
    >>> fitted = baseline_hazard(s, [0.0, 1.0, 1.0, 0.0], [0.0])
    >>> predicted_survival(fitted, [0.5], [2.5]).survival.round(4)  # exp(-1/4 - 1/3)
    array([[0.558]])
    """
    given = np.asarray(covariates)
    matrix = covariate_matrix(given, given.shape[0] if given.ndim else 0)
    horizons = np.atleast_1d(np.asarray(horizons_days, dtype=float))
    z = normal_quantile(confidence)
    if matrix.shape[1] != baseline.coefficients.size:
        msg = f"the model has {baseline.coefficients.size} covariates, found {matrix.shape[1]}"
        raise InputError(msg)
    if horizons.ndim != 1 or not (np.isfinite(horizons) & (horizons > 0)).all():
        msg = f"a horizon is a day after time zero, found {horizons.tolist()}"
        raise InputError(msg)
    codes = _stratum_of_new(baseline, strata, len(matrix))
    centred = matrix - baseline.centre
    predictor = centred @ baseline.coefficients
    status = baseline.status or _unreached(baseline, codes, horizons)
    curve = low = high = np.full((len(matrix), horizons.size), np.nan)
    if not baseline.status:
        curve, low, high = _curves(baseline, centred, predictor, codes, horizons, z)
    return PredictedSurvival(
        horizons_days=horizons,
        linear_predictor=predictor,
        survival=curve,
        ci_low=low,
        ci_high=high,
        n=len(matrix),
        n_fitted=baseline.n,
        n_events_fitted=baseline.n_events,
        method=_METHOD,
        convention=_CONVENTION,
        status=status,
    )


def _curves(
    baseline: BaselineHazard,
    centred: NDArray[np.float64],
    predictor: NDArray[np.float64],
    codes: NDArray[np.intp],
    horizons: NDArray[np.float64],
    z: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the curve with its limits, shape (n, horizons)."""
    row = _rows(baseline, horizons)[codes]
    hazard = np.append(baseline.cumulative_hazard, 0.0)[row]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        factor = np.exp(predictor - baseline.largest_predictor)[:, None]
        total = hazard * factor
        curve = np.exp(-total)
        low = high = np.full(curve.shape, np.nan)
        if baseline.covariance is not None:
            # Delta method: the hazard's own variance, and that of the coefficients through
            # d = H(t) z - sum of (mean covariates at risk) dH.
            means = np.vstack([baseline.cumulative_mean, np.zeros(centred.shape[1])])[row]
            gap = hazard[:, :, None] * centred[:, None, :] - means
            own = np.append(baseline.cumulative_variance, 0.0)[row]
            variance = own + np.einsum("ijk,kl,ijl->ij", gap, baseline.covariance, gap)
            reach = z * np.sqrt(variance) / hazard
            low, high = (np.exp(-total * np.exp(sign * reach)) for sign in (1.0, -1.0))
            low[hazard == 0.0] = high[hazard == 0.0] = 1.0
    # Without an event in its stratum nobody's hazard is known, and zero would look like it.
    has_events = np.bincount(baseline.time_stratum, minlength=baseline.strata.size) > 0
    unknown = (horizons > baseline.last_follow_up[codes][:, None]) | ~has_events[codes][:, None]
    curve, low, high = (np.where(unknown, np.nan, values) for values in (curve, low, high))
    return curve, low, high


def _rows(baseline: BaselineHazard, horizons: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the last event time up to each horizon, shape (strata, horizons); -1 before any."""
    found = np.full((baseline.strata.size, horizons.size), -1, dtype=np.intp)
    for code in range(baseline.strata.size):
        rows = np.flatnonzero(baseline.time_stratum == code)
        place = np.searchsorted(baseline.time[rows], horizons, side="right")
        found[code] = np.where(place > 0, np.append(-1, rows)[place], -1)
    return found


def _stratum_of_new(baseline: BaselineHazard, strata: ArrayLike | None, n: int) -> NDArray[np.intp]:
    """Return the stratum of the model that each new participant belongs to.

    Raises
    ------
    InputError
        If strata are missing, not wanted, or were not in the fit.
    """
    if baseline.has_strata != (strata is not None):
        msg = (
            f"the model has the strata {', '.join(baseline.strata)}: give those of the new "
            "participants"
            if baseline.has_strata
            else "the model has no strata, but strata of the new participants were given"
        )
        raise InputError(msg)
    if strata is None:
        return np.zeros(n, dtype=np.intp)
    codes, names = label_codes(strata, n, "stratum")
    unknown = sorted(set(names.tolist()) - set(baseline.strata.tolist()))
    if unknown:
        msg = (
            f"strata that were not in the fit have no baseline hazard: {', '.join(unknown)}; "
            f"known are {', '.join(baseline.strata)}"
        )
        raise InputError(msg)
    return np.searchsorted(baseline.strata, names)[codes]


def _unreached(
    baseline: BaselineHazard, codes: NDArray[np.intp], horizons: NDArray[np.float64]
) -> str:
    """Say whose follow-up in the fit does not reach a horizon or has no events, or nothing."""
    sentences = []
    for code in np.unique(codes):
        if not baseline.status and not (baseline.time_stratum == code).any():
            sentences.append(f"no events were seen in stratum {baseline.strata[code]}")
        late = horizons[horizons > baseline.last_follow_up[code]]
        if late.size:
            where = f" of stratum {baseline.strata[code]}" if baseline.strata[code] else ""
            listed = ", ".join(f"{day:g}" for day in late)
            sentences.append(
                f"the horizon of {listed} days lies past the last follow-up{where} of "
                f"{baseline.last_follow_up[code]:g} days"
            )
    return "; ".join(sentences)
