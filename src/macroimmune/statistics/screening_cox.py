"""Thousands of biomarkers, each in a Cox model of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.cox import cox
from macroimmune.statistics.firth_models import firth_cox
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.screening_blocks import checked_markers, in_blocks, walk_of
from macroimmune.statistics.screening_cox_loops import COLUMNS, fit_markers

__all__ = ["CoxScreen", "screen_cox"]

SEPARATED = "separation: Firth's penalised estimate with profile-likelihood interval"
_PLACE = {name: position for position, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True, eq=False)
class CoxScreen:
    """A Cox model per biomarker; every array has one entry per biomarker.

    Parameters
    ----------
    coefficients, standard_errors : float array, shape (markers,)
        Log hazard ratio per unit; the error is NaN for Firth's estimates, whose interval is not
        symmetric.
    hazard_ratios, ci_low, ci_high : float array, shape (markers,)
    wald_p_values, score_p_values, likelihood_ratio_p_values : float array, shape (markers,)
    score_statistics, likelihood_ratio_statistics : float array, shape (markers,)
    p_values : float array, shape (markers,)
        Wald; the penalised likelihood ratio where the estimate is Firth's.
    is_firth : bool array, shape (markers,)
    n, n_events : int array, shape (markers,)
        Participants with a value, and their events.
    status : tuple of str, shape (markers,)
        Empty when all is well.
    method, convention : str
    """

    coefficients: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    hazard_ratios: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    wald_p_values: NDArray[np.float64]
    score_statistics: NDArray[np.float64]
    score_p_values: NDArray[np.float64]
    likelihood_ratio_statistics: NDArray[np.float64]
    likelihood_ratio_p_values: NDArray[np.float64]
    p_values: NDArray[np.float64]
    is_firth: NDArray[np.bool_]
    n: NDArray[np.intp]
    n_events: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str


def screen_cox(
    survival: Survival,
    markers: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> CoxScreen:
    """Return a univariable Cox model of every biomarker.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    markers : float array, shape (n, markers)
        NaN where a participant has no value; that participant is left out of that biomarker's
        model only.
    strata : int or text array, shape (n,), or None
    confidence : float

    Returns
    -------
    screen : CoxScreen
        Where a biomarker separates the events, Firth's estimate stands in its place and the status
        says so; where there is nothing to estimate, NaN and the reason.

    Raises
    ------
    InputError
        If the rows do not match the participants, or a value is infinite.

    Notes
    -----
    Convention: Efron ties; Wald interval on the log scale. Checked against: R `coxph` to 1e-6, also
    with late entry, and the model of one biomarker at a time.

    Examples
    --------
    >>> s = Survival(time=np.array([4.0, 3.0, 1.0, 2.0]), event=np.ones(4, dtype=bool))
    >>> screen = screen_cox(s, np.array([[0.0, 1.0], [1.0, np.nan], [0.0, 3.0], [1.0, 2.0]]))
    >>> screen.n.tolist(), round(float(screen.hazard_ratios[0]), 4)
    ([4, 3], 1.618)
    """
    given = checked_markers(markers, survival.n)
    z = normal_quantile(confidence)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    found = np.full((given.shape[1], len(COLUMNS)), np.nan)
    if survival.n:
        walk = walk_of(survival, stratum)
        in_blocks(given, walk.order, lambda x, columns: fit_markers(x, walk, found[columns]))
    numbers = {name: found[:, place].copy() for name, place in _PLACE.items()}
    screen = _tests(numbers, z)
    status = [""] * given.shape[1]
    for marker in np.flatnonzero(numbers["is_regular"] != 1.0):
        status[marker] = _one_by_one(
            survival, given[:, marker], stratum, confidence, screen, int(marker)
        )
    return CoxScreen(
        **screen,  # type: ignore[arg-type]
        status=tuple(status),
        method="Cox, one biomarker at a time, Efron ties",
        convention="log hazard ratio per unit; Wald interval; Firth's profile where separated",
    )


def _tests(numbers: dict[str, NDArray[np.float64]], z: float) -> dict[str, NDArray[np.float64]]:
    """Return the columns of the screen from what the loops found."""
    regular = numbers["is_regular"] == 1.0
    beta = np.where(regular, numbers["coefficient"], np.nan)
    error = np.where(regular, numbers["standard_error"], np.nan)
    ratio = np.where(
        regular, 2.0 * (numbers["log_likelihood"] - numbers["null_log_likelihood"]), np.nan
    )
    ratio = np.where(ratio < 0.0, 0.0, ratio)
    wald = wald_p(beta / error)
    with np.errstate(over="ignore"):
        ratios, low, high = (np.exp(beta + k * error) for k in (0.0, -z, z))
    return {
        "coefficients": beta,
        "standard_errors": error,
        "hazard_ratios": ratios,
        "ci_low": low,
        "ci_high": high,
        "wald_p_values": wald,
        "score_statistics": numbers["score_statistic"],
        "score_p_values": stats.chi2.sf(numbers["score_statistic"], 1),
        "likelihood_ratio_statistics": ratio,
        "likelihood_ratio_p_values": stats.chi2.sf(ratio, 1),
        "p_values": wald.copy(),
        "is_firth": np.zeros(beta.size, dtype=bool),
        "n": np.nan_to_num(numbers["n"]).astype(np.intp),
        "n_events": np.nan_to_num(numbers["n_events"]).astype(np.intp),
    }


def _one_by_one(
    survival: Survival,
    values: NDArray[np.float64],
    stratum: NDArray[np.intp] | None,
    confidence: float,
    screen: dict[str, NDArray[np.float64]],
    marker: int,
) -> str:
    """Fit one marker with the full model, write it into the screen, and return its status."""
    rows = ~np.isnan(values)
    chosen = survival.select(rows)
    labels = None if stratum is None else stratum[rows]
    screen["n"][marker], screen["n_events"][marker] = chosen.n, chosen.n_events
    if not chosen.n:
        return "no participant has a value"
    fit = cox(chosen, values[rows], strata=labels, confidence=confidence)
    if not fit.status:
        for name, value in (
            ("coefficients", fit.coefficients[0]),
            ("standard_errors", fit.standard_errors[0]),
            ("hazard_ratios", fit.hazard_ratios[0]),
            ("ci_low", fit.ci_low[0]),
            ("ci_high", fit.ci_high[0]),
            ("wald_p_values", fit.p_values[0]),
            ("p_values", fit.p_values[0]),
            ("score_statistics", fit.score_statistic),
            ("score_p_values", fit.score_p_value),
            ("likelihood_ratio_statistics", fit.likelihood_ratio_statistic),
            ("likelihood_ratio_p_values", fit.likelihood_ratio_p_value),
        ):
            screen[name][marker] = value
        return ""
    penalised = firth_cox(chosen, values[rows], strata=labels, confidence=confidence)
    if np.isnan(penalised.coefficient):
        return fit.status
    screen["is_firth"][marker] = True
    screen["coefficients"][marker] = penalised.coefficient
    screen["hazard_ratios"][marker] = penalised.ratio
    screen["ci_low"][marker], screen["ci_high"][marker] = penalised.ci_low, penalised.ci_high
    screen["p_values"][marker] = penalised.p_value
    return "; ".join(part for part in (SEPARATED, penalised.status) if part)
