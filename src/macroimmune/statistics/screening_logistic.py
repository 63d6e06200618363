"""Thousands of biomarkers, each in a logistic model of its own."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.statistics.firth_models import firth_logistic
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.logistic import (
    CONVENTION,
    METHOD,
    LogisticFit,
    checked_outcome,
    logistic,
)
from macroimmune.statistics.screening_blocks import checked_markers, in_blocks
from macroimmune.statistics.screening_logistic_loops import OWN_COLUMNS, fit_markers
from macroimmune.statistics.screening_models import COLUMNS, columns_of, fill_in

__all__ = ["LogisticScreen", "screen_logistic"]


@dataclass(frozen=True, slots=True, eq=False)
class LogisticScreen:
    """A logistic model per biomarker; every array has one entry per biomarker.

    Parameters
    ----------
    coefficients, standard_errors : float array, shape (markers,)
        Log odds ratio per unit; the error is NaN for Firth's estimates, whose interval is not
        symmetric.
    odds_ratios, ci_low, ci_high : float array, shape (markers,)
    wald_p_values, score_p_values, likelihood_ratio_p_values : float array, shape (markers,)
    score_statistics, likelihood_ratio_statistics : float array, shape (markers,)
    p_values : float array, shape (markers,)
        Wald; the penalised likelihood ratio where the estimate is Firth's.
    log_likelihoods, null_log_likelihoods : float array, shape (markers,)
        At the estimate, and of the intercept alone.
    intercepts, intercept_standard_errors : float array, shape (markers,)
        Log odds where the biomarker is zero; NaN for Firth's estimates.
    is_firth : bool array, shape (markers,)
    n, n_events : int array, shape (markers,)
        Participants with a value, and their events.
    iterations : int array, shape (markers,)
        Newton steps.
    status : tuple of str, shape (markers,)
        Empty when all is well.
    method, convention : str
    """

    coefficients: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    odds_ratios: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    wald_p_values: NDArray[np.float64]
    score_statistics: NDArray[np.float64]
    score_p_values: NDArray[np.float64]
    likelihood_ratio_statistics: NDArray[np.float64]
    likelihood_ratio_p_values: NDArray[np.float64]
    p_values: NDArray[np.float64]
    log_likelihoods: NDArray[np.float64]
    null_log_likelihoods: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    intercept_standard_errors: NDArray[np.float64]
    is_firth: NDArray[np.bool_]
    n: NDArray[np.intp]
    n_events: NDArray[np.intp]
    iterations: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str

    def fit_of(self, marker: int) -> LogisticFit:
        """Return the model of one biomarker as `logistic` does; no estimate where Firth's is.

        Parameters
        ----------
        marker : int
            Its place among the biomarkers.
        """
        plain = not self.is_firth[marker]
        beta, ratio, low, high, error = (
            np.array([column[marker] if plain else np.nan])
            for column in (
                self.coefficients,
                self.odds_ratios,
                self.ci_low,
                self.ci_high,
                self.standard_errors,
            )
        )
        return LogisticFit(
            coefficients=beta,
            covariance=(error**2)[:, None],
            standard_errors=error,
            odds_ratios=ratio,
            ci_low=low,
            ci_high=high,
            p_values=self.wald_p_values[[marker]],
            intercept=float(self.intercepts[marker]),
            intercept_standard_error=float(self.intercept_standard_errors[marker]),
            likelihood_ratio_statistic=float(self.likelihood_ratio_statistics[marker]),
            likelihood_ratio_p_value=float(self.likelihood_ratio_p_values[marker]),
            degrees_of_freedom=1,
            log_likelihood=float(self.log_likelihoods[marker]),
            null_log_likelihood=float(self.null_log_likelihoods[marker]),
            n=int(self.n[marker]),
            n_events=int(self.n_events[marker]),
            iterations=int(self.iterations[marker]),
            converged=not self.status[marker],
            method=METHOD,
            convention=CONVENTION,
            status=self.status[marker],
        )


def screen_logistic(
    outcome: NDArray[np.bool_],
    markers: ArrayLike,
    *,
    confidence: float = 0.95,
    penalised: bool = True,
) -> LogisticScreen:
    """Return a univariable logistic model of every biomarker.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for the event, such as a response. Numbers are refused.
    markers : float array, shape (n, markers)
        NaN where a participant has no value; that participant is left out of that biomarker's
        model only.
    confidence : float
    penalised : bool
        Whether Firth's estimate stands in the place of one that separation denies.

    Returns
    -------
    screen : LogisticScreen
        Where a biomarker separates the outcomes, or all but does, Firth's estimate stands in its
        place and the status says so; where there is nothing to estimate, or Firth's is not wanted,
        NaN and the reason.

    Raises
    ------
    InputError
        If the rows do not match the participants, the outcome is not boolean, or a value is
        infinite.

    Notes
    -----
    Convention: Wald interval on the log scale; the score test at the prevalence. Checked against: R
    `glm` to 1e-6, and the model of one biomarker at a time.

    Examples
    --------
    >>> y = np.array([False, False, True, False, True, True, True, False])
    >>> screen = screen_logistic(y, np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]]))
    >>> round(float(screen.odds_ratios[0]), 4), round(float(screen.score_statistics[0]), 4)
    (9.0, 2.0)
    """
    response = checked_outcome(outcome)
    given = checked_markers(markers, response.size)
    z = normal_quantile(confidence)
    found = np.full((given.shape[1], len(COLUMNS) + len(OWN_COLUMNS)), np.nan)
    event = response.astype(np.int64)
    in_blocks(
        given, np.arange(response.size), lambda x, columns: fit_markers(x, event, found[columns])
    )
    columns = columns_of(found, z)
    irregular = found[:, COLUMNS.index("is_regular")] != 1.0
    intercepts = np.where(irregular[:, None], np.nan, found[:, len(COLUMNS) :])
    status = [""] * given.shape[1]
    for marker in np.flatnonzero(irregular):
        rows = ~np.isnan(given[:, marker])
        if not rows.any():
            status[marker] = "no participant has a value"
            continue
        values, chosen = given[rows, marker], response[rows]
        fit = logistic(chosen, values, confidence=confidence)
        intercepts[marker] = fit.intercept, fit.intercept_standard_error
        penalise = partial(firth_logistic, chosen, values, confidence=confidence)
        status[marker] = fill_in(columns, int(marker), fit, penalise if penalised else None)
    return LogisticScreen(
        odds_ratios=columns.pop("ratios"),
        **columns,  # type: ignore[arg-type]
        intercepts=intercepts[:, 0],
        intercept_standard_errors=intercepts[:, 1],
        status=tuple(status),
        method="logistic regression, one biomarker at a time",
        convention="log odds ratio per unit; Wald interval; Firth's profile where separated",
    )
