"""Two ways of measuring the same: how far apart, and whether they move together."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["MethodAgreement", "method_agreement"]

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class MethodAgreement:
    """How two ways of measuring agree.

    Parameters
    ----------
    n : int
        Units that both measured.
    mean_difference, ci_low, ci_high : float
        The first less the second.
    limit_low, limit_high : float
        Limits of agreement: where 95 % (the confidence) of single differences lie.
    correlation, correlation_ci_low, correlation_ci_high : float
        Pearson's; its interval needs four units.
    status : str
        Empty, or why something is NaN.
    """

    n: int
    mean_difference: float
    ci_low: float
    ci_high: float
    limit_low: float
    limit_high: float
    correlation: float
    correlation_ci_low: float
    correlation_ci_high: float
    status: str


def method_agreement(
    first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95
) -> MethodAgreement:
    """Return the mean difference of two ways of measuring, limits of agreement and correlation.

    Parameters
    ----------
    first, second : float array, shape (units,)
        The same units in one order; those with NaN in either are left out.
    confidence : float
        Level of the intervals.

    Returns
    -------
    agreement : MethodAgreement

    Raises
    ------
    InputError
        If the arrays differ in shape.

    Notes
    -----
    Convention: Bland and Altman (Lancet 1986;327:307-310): differences as normal, t interval of
    their mean, limits at 1.96 standard deviations. Correlation with Fisher's z interval; it says
    whether the two move together, not whether they agree. Checked against: the peak flow meters of
    that paper.

    Examples
    --------
    >>> one = method_agreement([10.0, 20.0, 30.0, 41.0], [11.0, 19.0, 31.0, 40.0])
    >>> one.mean_difference, round(one.limit_high, 2), round(one.correlation, 3)
    (0.0, 2.26, 0.997)
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        msg = f"measurements of shapes {a.shape} and {b.shape}; expected one of each per unit"
        raise InputError(msg)
    kept = np.isfinite(a) & np.isfinite(b)
    a, b = a[kept], b[kept]
    n = a.size
    if n < _FEWEST:
        nan = math.nan
        status = f"measured both ways: {n}; at least {_FEWEST} are needed"
        return MethodAgreement(n, nan, nan, nan, nan, nan, nan, nan, nan, status)
    differences = a - b
    mean, deviation = float(differences.mean()), float(differences.std(ddof=1))
    reach = float(special.stdtrit(n - 1, 0.5 + confidence / 2)) * deviation / math.sqrt(n)
    z = normal_quantile(confidence)
    correlation, low, high, status = _correlation(a, b, z)
    return MethodAgreement(
        n=n,
        mean_difference=mean,
        ci_low=mean - reach,
        ci_high=mean + reach,
        limit_low=mean - z * deviation,
        limit_high=mean + z * deviation,
        correlation=correlation,
        correlation_ci_low=low,
        correlation_ci_high=high,
        status=status,
    )


def _correlation(
    a: np.ndarray[tuple[int], np.dtype[np.float64]],
    b: np.ndarray[tuple[int], np.dtype[np.float64]],
    z: float,
) -> tuple[float, float, float, str]:
    """Return Pearson's correlation, its interval, and why there is none."""
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    if not scale > 0:
        return math.nan, math.nan, math.nan, "no correlation: one way gives the same everywhere"
    correlation = max(-1.0, min(1.0, float(a @ b) / scale))
    if a.size == _FEWEST:
        return correlation, math.nan, math.nan, "no interval of the correlation: three units"
    if abs(correlation) == 1.0:
        return correlation, correlation, correlation, ""
    centre, reach = math.atanh(correlation), z / math.sqrt(a.size - 3)
    return correlation, math.tanh(centre - reach), math.tanh(centre + reach), ""
