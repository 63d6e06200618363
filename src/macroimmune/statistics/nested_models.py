"""Two nested models on the same participants: a base, and the base with one marker more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.conditional_logistic import conditional_logistic
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.firth_models import FirthFit, firth_cox, firth_logistic
from macroimmune.statistics.intervals import chi_squared_p
from macroimmune.statistics.logistic import LogisticFit, checked_outcome, logistic

__all__ = ["NestedModels", "nested_cox", "nested_logistic"]

CONVENTION = (
    "log ratio of the marker per unit, the base held fixed; Wald interval; twice the gain in log "
    "likelihood against chi-squared"
)
# A least-squares fit of the marker on the base that leaves less of it than this leaves nothing.
_NOTHING_OF_ITS_OWN = 1e-9
_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class NestedModels:
    """What a marker adds to the fit of a base; NaN where `status` says why there is none.

    Parameters
    ----------
    coefficient, standard_error : float
        Log hazard or odds ratio of the marker beside the base. The error is NaN for Firth's
        estimate, whose interval is not symmetric.
    ratio, ci_low, ci_high : float
        exp(coefficient) with its interval.
    likelihood_ratio_statistic, p_value : float
        Base and marker against the base.
    degrees_of_freedom : int
    correlation_with_base : float
        Pearson's, of the marker with the linear predictor of the base: how much of the marker the
        base knows already. Above zero = high values go with what the base calls a higher risk. NaN
        where the base calls all risks alike.
    complete : bool array, shape (n,)
        Who has marker, base and outcome, and so is in both models.
    n, n_events, n_excluded : int
        Participants in both models, their events, and those left out for a missing value.
    is_regular : bool
        True where both plain models have a maximum; False for none, and for Firth's estimate.
    method, convention, status : str
    """

    coefficient: float
    standard_error: float
    ratio: float
    ci_low: float
    ci_high: float
    likelihood_ratio_statistic: float
    p_value: float
    degrees_of_freedom: int
    correlation_with_base: float
    complete: NDArray[np.bool_]
    n: int
    n_events: int
    n_excluded: int
    is_regular: bool
    method: str
    convention: str
    status: str


def nested_cox(
    survival: Survival,
    base: ArrayLike,
    marker: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> NestedModels:
    """Return what a marker adds to a Cox model of the base.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    base : float array, shape (n,) or (n, covariates)
        NaN where a value is missing.
    marker : float array, shape (n,)
        NaN where a value is missing. Both models are fitted to those who have all values.
    strata : int or text array, shape (n,), or None
        Each stratum has its own baseline hazard in both models.
    confidence : float

    Returns
    -------
    found : NestedModels
        With a status for no or too few events, a base or marker that does not vary, and a marker
        that is a linear function of the base. Where the marker separates the events, Firth's
        penalised estimate and likelihood ratio take the place of the plain ones.

    Raises
    ------
    InputError
        If the arrays do not match the participants, or a value is infinite.

    Notes
    -----
    Convention: Efron ties. The p-value is that of the likelihood ratio. Checked against: R
    `anova(coxph(base), coxph(base + marker))`, to 1e-6.

    Examples
    --------
    >>> s = Survival(time=np.arange(1.0, 9.0), event=np.ones(8, dtype=bool))
    >>> base = np.array([3.0, 1, 2, 1, 3, 2, 1, np.nan])
    >>> found = nested_cox(s, base, np.array([5.0, 7, 6, 2, 3, 4, 1, 2]))
    >>> found.n, found.n_excluded, found.degrees_of_freedom
    (7, 1, 1)
    """
    design, complete = _complete(base, marker, survival.n)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0][complete]
    chosen = survival.select(complete)
    problem = _problem(design, survival.n)
    if problem:
        return _without(complete, chosen.n_events, "Cox, Efron ties", problem)
    smaller = cox(chosen, design[:, 1:], strata=stratum, confidence=confidence)
    larger = cox(chosen, design, strata=stratum, confidence=confidence)
    penalised = None
    if larger.status and not smaller.status:
        penalised = firth_cox(chosen, design, strata=stratum, confidence=confidence)
    return _found(smaller, larger, penalised, design, complete)


def nested_logistic(
    outcome: NDArray[np.bool_],
    base: ArrayLike,
    marker: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> NestedModels:
    """Return what a marker adds to a logistic model of the base.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    base : float array, shape (n,) or (n, covariates)
        NaN where a value is missing.
    marker : float array, shape (n,)
        NaN where a value is missing. Both models are fitted to those who have all values.
    strata : int or text array, shape (n,), or None
        Then both models are the exact conditional ones, and `n` and `n_events` count the strata
        that hold both outcomes.
    confidence : float

    Returns
    -------
    found : NestedModels
        With a status as `nested_cox`, and where all have the same outcome. Firth's estimate stands
        in only where there are no strata.

    Raises
    ------
    InputError
        If the arrays do not match, the outcome is not boolean, or a value is infinite.

    Notes
    -----
    Convention: odds of a True outcome. Checked against: R `anova(glm, glm, test = "LRT")` and
    `clogit(method = "exact")`, to 1e-6.

    Examples
    --------
    >>> y = np.array([True, False, True, False, True, False, False, True])
    >>> found = nested_logistic(y, [1.0, 2, 2, 3, 1, 3, 1, 2], [4.0, 1, 2, 3, 4, 4, 2, 3])
    >>> round(found.ratio, 2)
    2.62
    """
    response = checked_outcome(outcome)
    design, complete = _complete(base, marker, response.size)
    chosen = response[complete]
    problem = _problem(design, response.size)
    if problem:
        return _without(complete, int(chosen.sum()), "logistic regression", problem)
    penalised = None
    if strata is not None:
        stratum = label_codes(strata, response.size, "stratum")[0][complete]
        smaller = conditional_logistic(chosen, design[:, 1:], stratum, confidence=confidence)
        larger = conditional_logistic(chosen, design, stratum, confidence=confidence)
    else:
        smaller = logistic(chosen, design[:, 1:], confidence=confidence)
        larger = logistic(chosen, design, confidence=confidence)
        if larger.status and not smaller.status:
            penalised = firth_logistic(chosen, design, confidence=confidence)
    return _found(smaller, larger, penalised, design, complete)


def _complete(
    base: ArrayLike, marker: ArrayLike, n: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the complete rows, the marker in the first column, and who they are.

    Raises
    ------
    InputError
        If there is not one row per participant, more than one marker, or an infinite value.
    """
    columns = np.asarray(base, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    values = np.asarray(marker, dtype=float)
    if values.shape != (n,) or columns.ndim != 2 or columns.shape[0] != n or not columns.shape[1]:
        msg = (
            f"one marker and one row of the base per participant: {n} participants, marker "
            f"{values.shape}, base {columns.shape}"
        )
        raise InputError(msg)
    design = np.column_stack([values, columns])
    if np.isinf(design).any():
        msg = "a value of the marker or the base is infinite; write NaN where a value is missing"
        raise InputError(msg)
    complete = ~np.isnan(design).any(axis=1)
    return np.asarray(design[complete], dtype=float), np.asarray(complete)


def _problem(design: NDArray[np.float64], n: int) -> str:
    """Say why the models cannot be compared whatever the outcome, or nothing."""
    if not design.shape[0]:
        return f"none of {n} participants has marker and base"
    varies = np.ptp(design, axis=0) > 1e-12 * np.abs(design).max(axis=0)
    if not varies[0]:
        return "the marker does not vary among those who have the base"
    if not varies[1:].all():
        listed = ", ".join(str(c) for c in np.flatnonzero(~varies[1:]))
        return f"the base does not vary among those who have the marker (column {listed})"
    centred = (design - design.mean(axis=0)) / design.std(axis=0)
    fitted = centred[:, 1:] @ np.linalg.lstsq(centred[:, 1:], centred[:, 0], rcond=None)[0]
    if np.mean((centred[:, 0] - fitted) ** 2) < _NOTHING_OF_ITS_OWN:
        return "the marker is a linear function of the base, so it can add nothing"
    return ""


def _found(
    smaller: CoxFit | LogisticFit,
    larger: CoxFit | LogisticFit,
    penalised: FirthFit | None,
    design: NDArray[np.float64],
    complete: NDArray[np.bool_],
) -> NestedModels:
    """Return the comparison of two fits, or Firth's where the larger has none."""
    if penalised is not None and np.isfinite(penalised.coefficient):
        coefficient, error = penalised.coefficient, _NAN
        ratio, low, high = penalised.ratio, penalised.ci_low, penalised.ci_high
        statistic, p_value, method = penalised.statistic, penalised.p_value, penalised.method
        status = "; ".join(
            part
            for part in (
                "Firth's penalised estimate and likelihood ratio, because the plain model has none",
                larger.status,
                penalised.status,
            )
            if part
        )
    elif smaller.status or larger.status:
        of_base = f"no model of the base: {smaller.status}" if smaller.status else ""
        return _without(complete, larger.n_events, larger.method, of_base or larger.status)
    else:
        ratios = larger.hazard_ratios if isinstance(larger, CoxFit) else larger.odds_ratios
        coefficient, error = float(larger.coefficients[0]), float(larger.standard_errors[0])
        ratio, low, high = float(ratios[0]), float(larger.ci_low[0]), float(larger.ci_high[0])
        statistic = max(2.0 * (larger.log_likelihood - smaller.log_likelihood), 0.0)
        p_value, method, status = chi_squared_p(statistic, 1), larger.method, ""
    predictor = design[:, 1:] @ smaller.coefficients
    return NestedModels(
        coefficient=coefficient,
        standard_error=error,
        ratio=ratio,
        ci_low=low,
        ci_high=high,
        likelihood_ratio_statistic=statistic,
        p_value=p_value,
        degrees_of_freedom=1,
        correlation_with_base=_correlation(design[:, 0], predictor),
        complete=complete,
        n=larger.n,
        n_events=larger.n_events,
        n_excluded=int((~complete).sum()),
        is_regular=not status,
        method=method,
        convention=CONVENTION,
        status=status,
    )


def _correlation(marker: NDArray[np.float64], predictor: NDArray[np.float64]) -> float:
    """Return Pearson's correlation, NaN where the predictor does not vary."""
    if np.ptp(predictor) <= 1e-12:
        return _NAN
    return float(np.corrcoef(marker, predictor)[0, 1])


def _without(complete: NDArray[np.bool_], n_events: int, method: str, status: str) -> NestedModels:
    """Return an empty comparison of the usual shape that says what is missing."""
    return NestedModels(
        coefficient=_NAN,
        standard_error=_NAN,
        ratio=_NAN,
        ci_low=_NAN,
        ci_high=_NAN,
        likelihood_ratio_statistic=_NAN,
        p_value=_NAN,
        degrees_of_freedom=1,
        correlation_with_base=_NAN,
        complete=complete,
        n=int(complete.sum()),
        n_events=n_events,
        n_excluded=int((~complete).sum()),
        is_regular=False,
        method=method,
        convention=CONVENTION,
        status=status,
    )
