"""Thousands of biomarkers, each in a Cox model of its own."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.cox import CONVENTION, METHOD, CoxFit, cox
from macroimmune.statistics.firth_models import firth_cox
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.screening_blocks import checked_markers, in_blocks, walk_of
from macroimmune.statistics.screening_cox_loops import fit_markers
from macroimmune.statistics.screening_models import COLUMNS, columns_of, fill_in

__all__ = ["CoxScreen", "screen_cox"]


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
    log_likelihoods, null_log_likelihoods : float array, shape (markers,)
        Partial, at the estimate and at zero.
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
    hazard_ratios: NDArray[np.float64]
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
    is_firth: NDArray[np.bool_]
    n: NDArray[np.intp]
    n_events: NDArray[np.intp]
    iterations: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str

    def fit_of(self, marker: int) -> CoxFit:
        """Return the model of one biomarker as `cox` returns it; without estimate where Firth's is.

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
                self.hazard_ratios,
                self.ci_low,
                self.ci_high,
                self.standard_errors,
            )
        )
        variance = (error**2)[:, None]
        wald = float((beta[0] / error[0]) ** 2)
        return CoxFit(
            coefficients=beta,
            covariance=variance,
            model_covariance=variance,
            standard_errors=error,
            hazard_ratios=ratio,
            ci_low=low,
            ci_high=high,
            p_values=self.wald_p_values[[marker]],
            wald_statistic=wald,
            wald_p_value=float(self.wald_p_values[marker]),
            score_statistic=float(self.score_statistics[marker]),
            score_p_value=float(self.score_p_values[marker]),
            likelihood_ratio_statistic=float(self.likelihood_ratio_statistics[marker]),
            likelihood_ratio_p_value=float(self.likelihood_ratio_p_values[marker]),
            degrees_of_freedom=1,
            log_likelihood=float(self.log_likelihoods[marker]),
            null_log_likelihood=float(self.null_log_likelihoods[marker]),
            n=int(self.n[marker]),
            n_events=int(self.n_events[marker]),
            n_clusters=int(self.n[marker]),
            iterations=int(self.iterations[marker]),
            is_robust=False,
            converged=not self.status[marker],
            method=METHOD,
            convention=CONVENTION,
            status=self.status[marker],
        )


def screen_cox(
    survival: Survival,
    markers: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
    penalised: bool = True,
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
    penalised : bool
        Whether Firth's estimate stands in the place of one that separation denies.

    Returns
    -------
    screen : CoxScreen
        Where a biomarker separates the events, Firth's estimate stands in its place and the status
        says so; where there is nothing to estimate, or Firth's is not wanted, NaN and the reason.

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
    columns = columns_of(found, z)
    status = [""] * given.shape[1]
    for marker in np.flatnonzero(found[:, COLUMNS.index("is_regular")] != 1.0):
        rows = ~np.isnan(given[:, marker])
        if not rows.any():
            status[marker] = "no participant has a value"
            continue
        values, chosen = given[rows, marker], survival.select(rows)
        labels = None if stratum is None else stratum[rows]
        fit = cox(chosen, values, strata=labels, confidence=confidence)
        penalise = partial(firth_cox, chosen, values, strata=labels, confidence=confidence)
        status[marker] = fill_in(columns, int(marker), fit, penalise if penalised else None)
    return CoxScreen(
        hazard_ratios=columns.pop("ratios"),
        **columns,  # type: ignore[arg-type]
        status=tuple(status),
        method="Cox, one biomarker at a time, Efron ties",
        convention="log hazard ratio per unit; Wald interval; Firth's profile where separated",
    )
