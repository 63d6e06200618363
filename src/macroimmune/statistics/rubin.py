"""Rubin's rules: one estimate from the fits of several completed data sets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence

__all__ = ["PooledEstimate", "pool_imputations"]

METHOD = "Rubin's rules, degrees of freedom by Barnard and Rubin"
CONVENTION = (
    "estimates and variances on the scale on which they are normal (log hazard ratio, log odds "
    "ratio); t interval and p"
)


@dataclass(frozen=True, slots=True, eq=False)
class PooledEstimate:
    """One estimate from several imputations; NaN where `status` says why there is none.

    Parameters
    ----------
    estimate, standard_error, ci_low, ci_high, p_value : float
        On the scale of the estimates given; p two-sided against zero.
    degrees_of_freedom : float
        Of the t distribution; infinite where imputations agree and the complete data have no end.
    within, between, total : float
        Mean variance of an estimate, variance between the estimates, variance of the pooled one.
    relative_increase : float
        Of the variance, because values were missing.
    missing_information : float
        The fraction of the information about the estimate that is missing.
    n_imputations : int
    method, convention, status : str
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    degrees_of_freedom: float
    within: float
    between: float
    total: float
    relative_increase: float
    missing_information: float
    n_imputations: int
    method: str
    convention: str
    status: str


def pool_imputations(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    complete_degrees_of_freedom: float = float("inf"),
    confidence: float = 0.95,
) -> PooledEstimate:
    """Return the pooled estimate of one quantity.

    Parameters
    ----------
    estimates : float array, shape (imputations,)
        One from each completed data set, on the scale on which it is normal.
    variances : float array, shape (imputations,)
        Their squared standard errors.
    complete_degrees_of_freedom : float
        Of the estimate if nothing were missing: events, or participants, less coefficients.
    confidence : float
        Level of the interval.

    Returns
    -------
    pooled : PooledEstimate
        NaN and a sentence where a completed data set has no estimate: the rest would not stand
        for all.

    Raises
    ------
    InputError
        If shapes differ, there are fewer than two imputations, a variance is not above zero, or
        the degrees of freedom are not.

    Notes
    -----
    Convention: total variance = within + (1 + 1 / m) between. Degrees of freedom by Barnard and
    Rubin (1999), which never exceed those of the complete data. Checked against: R
    `mice::pool.scalar` and `mice::pool`, to 1e-8.

    Examples
    --------
    >>> pooled = pool_imputations([0.4, 0.6], [0.04, 0.04])
    >>> round(pooled.estimate, 4), round(pooled.total, 4)
    (0.5, 0.07)
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    check_confidence(confidence)
    m = _checked(q, u, complete_degrees_of_freedom)
    if not (np.isfinite(q) & np.isfinite(u)).all():
        lacking = int((~(np.isfinite(q) & np.isfinite(u))).sum())
        return _without(m, f"{lacking} of {m} completed data sets have no estimate")
    estimate, within, between = float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    total = within + (1.0 + 1.0 / m) * between
    increase = (1.0 + 1.0 / m) * between / within
    degrees = _degrees_of_freedom(m, increase, complete_degrees_of_freedom)
    # An infinite number of degrees of freedom is the normal distribution; scipy's t takes it.
    error = float(np.sqrt(total))
    known = np.isfinite(degrees)
    tail = 0.5 + confidence / 2.0
    quantile = special.stdtrit(degrees, tail) if known else special.ndtri(tail)
    statistic = -abs(estimate) / error
    p_value = 2.0 * (special.stdtr(degrees, statistic) if known else special.ndtr(statistic))
    fraction = (increase + (2.0 / (degrees + 3.0) if known else 0.0)) / (1.0 + increase)
    return PooledEstimate(
        estimate=estimate,
        standard_error=error,
        ci_low=estimate - float(quantile) * error,
        ci_high=estimate + float(quantile) * error,
        p_value=float(p_value),
        degrees_of_freedom=degrees,
        within=within,
        between=between,
        total=total,
        relative_increase=increase,
        missing_information=fraction,
        n_imputations=m,
        method=METHOD,
        convention=CONVENTION,
        status="",
    )


def _checked(
    q: NDArray[np.float64],
    u: NDArray[np.float64],
    complete: float,
) -> int:
    """Return the number of imputations, or refuse what cannot be pooled.

    Raises
    ------
    InputError
        As `pool_imputations` says.
    """
    if q.ndim != 1 or q.shape != u.shape:
        msg = f"one variance per estimate: shapes {q.shape} and {u.shape}"
        raise InputError(msg)
    if q.size < 2:
        msg = f"{q.size} imputations; at least two are needed to see what lies between them"
        raise InputError(msg)
    if (u <= 0).any():
        msg = f"variances must be above zero, found {np.nanmin(u):g}; give squared standard errors"
        raise InputError(msg)
    if not complete > 0:
        msg = f"degrees of freedom of the complete data must be above zero, found {complete:g}"
        raise InputError(msg)
    return int(q.size)


def _degrees_of_freedom(m: int, increase: float, complete: float) -> float:
    """Return the degrees of freedom of the pooled estimate by Barnard and Rubin."""
    share = increase / (1.0 + increase)
    # Imputations that agree (to what a float can square) set no limit of their own.
    squared = share**2
    between = (m - 1) / squared if squared > 0 else float("inf")
    if not np.isfinite(complete):
        return between
    observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - share)
    return observed / (1.0 + observed / between)


def _without(m: int, status: str) -> PooledEstimate:
    """Return an empty estimate that says what is missing."""
    gap = float("nan")
    return PooledEstimate(
        estimate=gap,
        standard_error=gap,
        ci_low=gap,
        ci_high=gap,
        p_value=gap,
        degrees_of_freedom=gap,
        within=gap,
        between=gap,
        total=gap,
        relative_increase=gap,
        missing_information=gap,
        n_imputations=m,
        method=METHOD,
        convention=CONVENTION,
        status=status,
    )
