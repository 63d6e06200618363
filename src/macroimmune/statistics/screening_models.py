"""From what compiled loops found of each biomarker to its estimate, interval and tests."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics.cox import CoxFit
from macroimmune.statistics.firth_models import FirthFit
from macroimmune.statistics.intervals import wald_p
from macroimmune.statistics.logistic import LogisticFit

__all__ = ["COLUMNS", "columns_of", "fill_in"]

# What the loops write of each marker, in this order; a loop may write more after these.
COLUMNS = (
    "coefficient",
    "standard_error",
    "score_statistic",
    "log_likelihood",
    "null_log_likelihood",
    "n",
    "n_events",
    "iterations",
    "is_regular",
)
SEPARATED = "separation: Firth's penalised estimate with profile-likelihood interval"


def columns_of(found: NDArray[np.float64], z: float) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a screen.

    Parameters
    ----------
    found : float array, shape (markers, at least len(COLUMNS))
    z : float
        Standard errors to each side of an interval.

    Returns
    -------
    columns : dict of arrays, each of shape (markers,)
        NaN where the fit is not regular, but for the score test, which needs no estimate.
    """
    numbers = dict(zip(COLUMNS, found.T[: len(COLUMNS)], strict=True))
    regular = numbers["is_regular"] == 1.0
    beta, error, best = (
        np.where(regular, numbers[name], np.nan)
        for name in ("coefficient", "standard_error", "log_likelihood")
    )
    gained = 2.0 * (best - numbers["null_log_likelihood"])
    ratio_statistic = np.where(gained < 0.0, 0.0, gained)
    wald = wald_p(beta / error)
    with np.errstate(over="ignore"):
        ratios, low, high = (np.exp(beta + k * error) for k in (0.0, -z, z))
    return {
        "coefficients": beta,
        "standard_errors": error,
        "ratios": ratios,
        "ci_low": low,
        "ci_high": high,
        "wald_p_values": wald,
        "score_statistics": numbers["score_statistic"].copy(),
        "score_p_values": special.chdtrc(1, numbers["score_statistic"]),
        "likelihood_ratio_statistics": ratio_statistic,
        "likelihood_ratio_p_values": special.chdtrc(1, ratio_statistic),
        "p_values": wald.copy(),
        "log_likelihoods": best,
        "null_log_likelihoods": numbers["null_log_likelihood"].copy(),
        "is_firth": np.zeros(beta.size, dtype=bool),
        "n": np.nan_to_num(numbers["n"]).astype(np.intp),
        "n_events": np.nan_to_num(numbers["n_events"]).astype(np.intp),
        "iterations": np.nan_to_num(numbers["iterations"]).astype(np.intp),
    }


def fill_in(
    columns: dict[str, NDArray[np.float64]],
    marker: int,
    fit: CoxFit | LogisticFit,
    penalise: Callable[[], FirthFit] | None,
) -> str:
    """Write the full model of a marker that the loops gave up; return its status.

    Parameters
    ----------
    columns : dict of arrays
        From `columns_of`.
    marker : int
    fit : CoxFit or LogisticFit
        Of this marker alone.
    penalise : function or None
        Returns Firth's fit of the same model; None leaves a marker without estimate empty.
    """
    columns["n"][marker], columns["n_events"][marker] = fit.n, fit.n_events
    if not fit.status:
        for name, value in (
            ("coefficients", fit.coefficients[0]),
            ("standard_errors", fit.standard_errors[0]),
            ("ratios", np.exp(fit.coefficients[0])),
            ("ci_low", fit.ci_low[0]),
            ("ci_high", fit.ci_high[0]),
            ("wald_p_values", fit.p_values[0]),
            ("p_values", fit.p_values[0]),
            ("likelihood_ratio_statistics", fit.likelihood_ratio_statistic),
            ("likelihood_ratio_p_values", fit.likelihood_ratio_p_value),
            ("log_likelihoods", fit.log_likelihood),
            ("null_log_likelihoods", fit.null_log_likelihood),
            ("iterations", fit.iterations),
        ):
            columns[name][marker] = value
        return ""
    penalised = None if penalise is None else penalise()
    if penalised is None or np.isnan(penalised.coefficient):
        return fit.status
    columns["is_firth"][marker] = True
    columns["coefficients"][marker] = penalised.coefficient
    columns["ratios"][marker] = penalised.ratio
    columns["ci_low"][marker], columns["ci_high"][marker] = penalised.ci_low, penalised.ci_high
    columns["p_values"][marker] = penalised.p_value
    return "; ".join(part for part in (SEPARATED, penalised.status) if part)
