"""Does a marker change what a treatment does? Cox model with marker, treatment and product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.intervals import Contrast, minimal_detectable_effect, wald_contrast

__all__ = ["MARKER_QUANTILES", "InteractionFit", "treatment_interaction"]

MARKER_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class InteractionFit:
    """A marker-by-treatment interaction; NaN with a `status` where there is no fit.

    Parameters
    ----------
    log_ratio, standard_error : float
        Coefficient of marker x treatment: how much the marker's log hazard ratio differs in the
        treated, or the treatment's per unit of the marker.
    hazard_ratio_ratio, ci_low, ci_high : float
        exp(log_ratio) with its interval.
    p_value : float
        Wald, two-sided.
    marker_hazard_ratio : float array, shape (2,)
        Per unit, in the untreated and in the treated.
    marker_ci_low, marker_ci_high : float array, shape (2,)
    marker_p_values : float array, shape (2,)
    marker_values : float array, shape (3,)
        10th, 50th and 90th percentile of the marker in all participants.
    treatment_hazard_ratio, treatment_ci_low, treatment_ci_high : float array, shape (3,)
        Treated against untreated at each of these values.
    smallest_detectable_ratio : float
        Above one; found with 80 % power at the 5 % level. Its reciprocal likewise.
    randomised : bool
        True where treatment was assigned at random.
    n, n_events, n_treated, n_events_treated : int
    method, convention, status : str
    """

    log_ratio: float
    standard_error: float
    hazard_ratio_ratio: float
    ci_low: float
    ci_high: float
    p_value: float
    marker_hazard_ratio: NDArray[np.float64]
    marker_ci_low: NDArray[np.float64]
    marker_ci_high: NDArray[np.float64]
    marker_p_values: NDArray[np.float64]
    marker_values: NDArray[np.float64]
    treatment_hazard_ratio: NDArray[np.float64]
    treatment_ci_low: NDArray[np.float64]
    treatment_ci_high: NDArray[np.float64]
    smallest_detectable_ratio: float
    randomised: bool
    n: int
    n_events: int
    n_treated: int
    n_events_treated: int
    method: str
    convention: str
    status: str


def treatment_interaction(
    survival: Survival,
    marker: ArrayLike,
    treated: NDArray[np.bool_],
    *,
    randomised: bool,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> InteractionFit:
    """Return how a marker and a treatment modify each other's hazard ratio.

    Parameters
    ----------
    survival : Survival
    marker : float array, shape (n,)
        Continuous, on the scale of the model; without missing values.
    treated : bool array, shape (n,)
        True for the treatment, False for its control.
    randomised : bool
        Whether treatment was assigned at random; kept for the verdict.
    strata : int or text array, shape (n,), or None
    confidence : float
        Level of all intervals.

    Returns
    -------
    fit : InteractionFit

    Raises
    ------
    InputError
        If arrays do not match, values are missing, or `treated` is not boolean.

    Notes
    -----
    Convention: a ratio of hazard ratios below one means that high values of the marker go with
    more benefit, or less harm, of the treatment. Checked against: R `coxph(~ marker * treated)`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = Survival(time=rng.exponential(size=90), event=np.ones(90, dtype=bool))
    >>> fit = treatment_interaction(s, rng.normal(size=90), np.arange(90) < 45, randomised=True)
    >>> fit.n_treated
    45
    """
    arm = np.asarray(treated)
    if arm.dtype != np.bool_ or arm.shape != (survival.n,):
        msg = (
            f"treated must be boolean, one per participant ({survival.n}), found {arm.dtype} "
            f"{arm.shape}; compare the arm with the name of the treatment"
        )
        raise InputError(msg)
    columns = covariate_matrix(marker, survival.n)
    if columns.shape[1] != 1:
        msg = f"one marker at a time, found {columns.shape[1]} columns"
        raise InputError(msg)
    values = columns[:, 0]
    status = _status(survival, arm)
    fit = None
    quantiles = np.full(3, np.nan)
    if not status:
        quantiles = np.quantile(values, MARKER_QUANTILES)
        design = np.column_stack([values, arm, values * arm])
        fit = cox(survival, design, strata=strata, confidence=confidence)
        status = fit.status

    marker_effects = [_contrast(fit, [1.0, 0.0, k], confidence) for k in (0.0, 1.0)]
    treatment_effects = [_contrast(fit, [0.0, 1.0, q], confidence) for q in quantiles]
    product = _contrast(fit, [0.0, 0.0, 1.0], confidence)
    low, ratio, high = _ratios([product])[:, 0]
    marker_low, marker_ratio, marker_high = _ratios(marker_effects)
    treatment_low, treatment_ratio, treatment_high = _ratios(treatment_effects)
    with np.errstate(over="ignore"):
        smallest = float(np.exp(minimal_detectable_effect(product.standard_error)))
    return InteractionFit(
        log_ratio=product.estimate,
        standard_error=product.standard_error,
        hazard_ratio_ratio=float(ratio),
        ci_low=float(low),
        ci_high=float(high),
        p_value=product.p_value,
        marker_hazard_ratio=marker_ratio,
        marker_ci_low=marker_low,
        marker_ci_high=marker_high,
        marker_p_values=np.array([effect.p_value for effect in marker_effects]),
        marker_values=quantiles,
        treatment_hazard_ratio=treatment_ratio,
        treatment_ci_low=treatment_low,
        treatment_ci_high=treatment_high,
        smallest_detectable_ratio=smallest,
        randomised=randomised,
        n=survival.n,
        n_events=survival.n_events,
        n_treated=int(arm.sum()),
        n_events_treated=int(survival.event[arm].sum()),
        method="Cox, Efron ties, marker x treatment" + ("" if strata is None else ", stratified"),
        convention="ratio of the marker's hazard ratio in the treated to that in the untreated, "
        "per unit; Wald interval and p on the log scale",
        status=status,
    )


def _status(survival: Survival, arm: NDArray[np.bool_]) -> str:
    """Say why no interaction can be estimated, or nothing."""
    for name, rows in (("treated", arm), ("untreated", ~arm)):
        if not rows.any():
            return f"no {name} participants, so there is nothing to compare"
        if not survival.event[rows].any():
            return f"no events in the {name}, so the marker has no hazard ratio there"
    return ""


def _contrast(fit: CoxFit | None, weights: list[float], confidence: float) -> Contrast:
    """Return a combination of the three coefficients; empty where there is no fit."""
    if fit is None or fit.status:
        return Contrast(*[float("nan")] * 5)
    return wald_contrast(fit.coefficients, fit.covariance, np.array(weights), confidence=confidence)


def _ratios(effects: list[Contrast]) -> NDArray[np.float64]:
    """Return lower limit, ratio and upper limit, shape (3, effects)."""
    table = np.array([[e.ci_low, e.estimate, e.ci_high] for e in effects])
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(table.T), dtype=float)
