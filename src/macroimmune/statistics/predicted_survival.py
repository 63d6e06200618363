"""Predicted survival and risk of new participants at a horizon, from a fitted Cox model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix, label_codes
from macroimmune.statistics.cox_likelihood import partial_likelihood
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.risk_sets import risk_sets

__all__ = ["BaselineHazard", "PredictedSurvival", "baseline_hazard", "predicted_survival"]

_ONE_STRATUM = ""
_METHOD = "survival predicted by a Cox model, baseline hazard with Efron's ties"
_CONVENTION = (
    "exp(-cumulative hazard); each tied death adds one over the hazards at risk less Efron's "
    "fraction of the tied deaths before it; pointwise log-log interval of the curve of a "
    "participant with these covariates"
)


@dataclass(frozen=True, slots=True, eq=False)
class BaselineHazard:
    """What a Cox model needs, besides the new covariates, to predict; it holds no participant.

    Parameters
    ----------
    coefficients : float array, shape (covariates,)
        Log hazard ratios.
    covariance : float array, shape (covariates, covariates), or None
        Of the coefficients; None where the model has none, and then predictions have no interval.
    centre : float array, shape (covariates,)
        Means of the covariates in the data of the fit.
    largest_predictor : float
        The linear predictor, of centred covariates, at which `cumulative_hazard` holds.
    strata : text array, shape (strata,)
        Names; one empty name where there are none.
    last_follow_up : float array, shape (strata,), days
        Nobody of the stratum was observed later.
    time : float array, shape (event times,), days
        Ascending within each stratum, stratum after stratum.
    time_stratum : int array, shape (event times,)
    cumulative_hazard, cumulative_variance : float array, shape (event times,)
        Just after each time.
    cumulative_mean : float array, shape (event times, covariates)
        Sum of hazard times the mean covariates of those at risk; the variance needs it.
    n, n_events : int
        Of the data of the fit.
    status : str
        Why nothing can be predicted; empty when all is well.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64] | None
    centre: NDArray[np.float64]
    largest_predictor: float
    strata: NDArray[np.str_]
    last_follow_up: NDArray[np.float64]
    time: NDArray[np.float64]
    time_stratum: NDArray[np.intp]
    cumulative_hazard: NDArray[np.float64]
    cumulative_variance: NDArray[np.float64]
    cumulative_mean: NDArray[np.float64]
    n: int
    n_events: int
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class PredictedSurvival:
    """Predicted probabilities of no event; NaN where `status` says why there are none.

    Parameters
    ----------
    horizons_days : float array, shape (horizons,)
    linear_predictor : float array, shape (n,)
        Log hazard ratio against a participant with the mean covariates of the fit.
    survival, ci_low, ci_high : float array, shape (n, horizons)
        NaN past the last follow-up of the participant's stratum. Both limits are one before the
        first event.
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


def baseline_hazard(
    survival: Survival,
    covariates: ArrayLike,
    coefficients: ArrayLike,
    *,
    covariance: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> BaselineHazard:
    """Return the cumulative baseline hazard of a Cox model, with Efron's ties.

    Parameters
    ----------
    survival : Survival
        That the model was fitted to; left truncation is honoured.
    covariates : number or bool array, shape (n,) or (n, covariates)
        That the model was fitted to, without missing values.
    coefficients : float array, shape (covariates,)
        Log hazard ratios of the fit, maximum likelihood or penalised. NaN, as a fit without
        estimate has, gives a status.
    covariance : float array, shape (covariates, covariates), or None
        Of the coefficients, from the model (a cluster variance of the coefficients alone does not
        give that of the hazard); without it predictions have no interval.
    strata : int or text array, shape (n,), or None
        As in the fit.

    Returns
    -------
    baseline : BaselineHazard

    Raises
    ------
    InputError
        If shapes do not match or values are missing.

    Notes
    -----
    Convention: the increments that belong to Efron's likelihood, not Breslow's, also where there
    are ties. Checked against: R `basehaz` and `survfit` of a `coxph`.
    """
    matrix = covariate_matrix(covariates, survival.n)
    beta, variance = _checked_coefficients(coefficients, covariance, matrix.shape[1])
    codes, names = np.zeros(survival.n, dtype=np.intp), np.array([_ONE_STRATUM])
    if strata is not None:
        codes, names = label_codes(strata, survival.n, "stratum")
    status = _problem(survival, beta)
    if status:
        return _without_hazard(survival, beta, variance, names, status)

    risk = risk_sets(survival, None if strata is None else codes)
    centre = matrix.mean(axis=0)
    likelihood = partial_likelihood(risk, matrix - centre, beta)
    # `risk_sets` numbers event times stratum after stratum; a run starts anew in each.
    stratum = np.empty(risk.time.size, dtype=np.intp)
    stratum[risk.event_index] = codes[risk.event_rows]
    share = 1.0 / likelihood.denominator
    steps = np.column_stack([share, share**2, likelihood.mean * share[:, None]])
    summed = np.column_stack([risk.sum_of_deaths(column) for column in steps.T])
    running = np.empty_like(summed)
    for code in range(names.size):
        running[stratum == code] = np.cumsum(summed[stratum == code], axis=0)
    last = np.array([survival.time[codes == code].max() for code in range(names.size)])
    return BaselineHazard(
        coefficients=beta,
        covariance=variance,
        centre=centre,
        largest_predictor=float(((matrix - centre) @ beta).max()),
        strata=names,
        last_follow_up=last,
        time=risk.time,
        time_stratum=stratum,
        cumulative_hazard=running[:, 0],
        cumulative_variance=running[:, 1],
        cumulative_mean=running[:, 2:],
        n=survival.n,
        n_events=survival.n_events,
        status="",
    )


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
        Without a number, and with a status, past the last follow-up.

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
    late = horizons > baseline.last_follow_up[codes][:, None]
    curve, low, high = (np.where(late, np.nan, values) for values in (curve, low, high))
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
    has_strata = baseline.strata.size > 1 or baseline.strata[0] != _ONE_STRATUM
    if has_strata != (strata is not None):
        msg = (
            f"the model has the strata {', '.join(baseline.strata)}: give those of the new "
            "participants"
            if has_strata
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
    """Say whose follow-up in the fit does not reach a horizon, or nothing."""
    sentences = []
    for code in np.unique(codes):
        late = horizons[horizons > baseline.last_follow_up[code]]
        if late.size:
            where = f" of stratum {baseline.strata[code]}" if baseline.strata[code] else ""
            listed = ", ".join(f"{day:g}" for day in late)
            sentences.append(
                f"the horizon of {listed} days lies past the last follow-up{where} of "
                f"{baseline.last_follow_up[code]:g} days"
            )
    return "; ".join(sentences)


def _problem(survival: Survival, coefficients: NDArray[np.float64]) -> str:
    """Say why there is no baseline hazard, or nothing."""
    if not np.isfinite(coefficients).all():
        return "the Cox model has no estimate, so nothing can be predicted"
    if survival.n_events == 0:
        return "no events were seen, so there is no hazard to predict from"
    return ""


def _checked_coefficients(
    coefficients: ArrayLike, covariance: ArrayLike | None, size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return coefficients and covariance as arrays that fit the covariates.

    Raises
    ------
    InputError
        If they do not.
    """
    beta = np.atleast_1d(np.asarray(coefficients, dtype=float))
    variance = None if covariance is None else np.atleast_2d(np.asarray(covariance, dtype=float))
    if beta.shape != (size,) or (variance is not None and variance.shape != (size, size)):
        found = f"{beta.shape}" + ("" if variance is None else f" and {variance.shape}")
        msg = f"one coefficient per covariate: {size} covariates, found {found}"
        raise InputError(msg)
    return beta, variance


def _without_hazard(
    survival: Survival,
    coefficients: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
    strata: NDArray[np.str_],
    status: str,
) -> BaselineHazard:
    """Return an empty baseline of the usual shape that says what is missing."""
    gap, size = np.empty(0), coefficients.size
    return BaselineHazard(
        coefficients=coefficients,
        covariance=covariance,
        centre=np.full(size, np.nan),
        largest_predictor=float("nan"),
        strata=strata,
        last_follow_up=np.full(strata.size, np.nan),
        time=gap,
        time_stratum=np.empty(0, dtype=np.intp),
        cumulative_hazard=gap,
        cumulative_variance=gap,
        cumulative_mean=np.empty((0, size)),
        n=survival.n,
        n_events=survival.n_events,
        status=status,
    )
