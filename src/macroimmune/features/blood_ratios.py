"""Ratios and shares of blood counts."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError

__all__ = [
    "derived_neutrophil_lymphocyte_ratio",
    "lymphocyte_monocyte_ratio",
    "neutrophil_lymphocyte_ratio",
    "platelet_lymphocyte_ratio",
    "ratio_to_upper_limit",
    "share_of_leukocytes",
    "systemic_immune_inflammation_index",
]

Counts = NDArray[np.float64]


def _divide(numerator: Counts, denominator: Counts) -> Counts:
    """Divide counts of the same draws; NaN where the denominator is zero or either is missing.

    Raises
    ------
    InputError
        If the arrays differ in shape, or any count is negative.
    """
    if numerator.shape != denominator.shape:
        msg = f"one denominator per numerator: shapes {numerator.shape} and {denominator.shape}"
        raise InputError(msg)
    if (numerator < 0).any() or (denominator < 0).any():
        msg = "blood counts cannot be negative; check the unit and the missing-value code"
        raise InputError(msg)
    ratio = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=ratio, where=denominator > 0)
    return ratio


def neutrophil_lymphocyte_ratio(neutrophils: Counts, lymphocytes: Counts) -> Counts:
    """Return absolute neutrophils divided by absolute lymphocytes (NLR).

    Parameters
    ----------
    neutrophils, lymphocytes : float array, shape (samples,), 10^9 cells / L
        Absolute counts of the same draws, in the same order.

    Returns
    -------
    ratio : float array, shape (samples,), no unit
        NaN where either count is missing or lymphocytes are zero.

    Notes
    -----
    Convention: the raw ratio, not its logarithm; models take log2.
    Evidence: ``nlr``, ``nlr_prognosis``. Checked against: hand calculation.

    Examples
    --------
    >>> neutrophil_lymphocyte_ratio(np.array([6.0, 4.0]), np.array([1.5, 0.0]))
    array([ 4., nan])
    """
    return _divide(neutrophils, lymphocytes)


def derived_neutrophil_lymphocyte_ratio(neutrophils: Counts, leukocytes: Counts) -> Counts:
    """Return neutrophils divided by all other leukocytes (derived NLR).

    Parameters
    ----------
    neutrophils, leukocytes : float array, shape (samples,), 10^9 cells / L

    Returns
    -------
    ratio : float array, shape (samples,), no unit
        NaN where a count is missing or neutrophils are not below leukocytes.

    Examples
    --------
    >>> derived_neutrophil_lymphocyte_ratio(np.array([4.0, 5.0]), np.array([6.0, 5.0]))
    array([ 2., nan])
    """
    others = leukocytes - neutrophils
    return _divide(neutrophils, np.where(others > 0, others, np.nan))


def platelet_lymphocyte_ratio(platelets: Counts, lymphocytes: Counts) -> Counts:
    """Return platelets divided by absolute lymphocytes (PLR).

    Parameters
    ----------
    platelets, lymphocytes : float array, shape (samples,), 10^9 / L

    Returns
    -------
    ratio : float array, shape (samples,), no unit
        NaN where either is missing or lymphocytes are zero.
    """
    return _divide(platelets, lymphocytes)


def lymphocyte_monocyte_ratio(lymphocytes: Counts, monocytes: Counts) -> Counts:
    """Return absolute lymphocytes divided by absolute monocytes (LMR).

    Parameters
    ----------
    lymphocytes, monocytes : float array, shape (samples,), 10^9 cells / L

    Returns
    -------
    ratio : float array, shape (samples,), no unit
        NaN where either is missing or monocytes are zero.
    """
    return _divide(lymphocytes, monocytes)


def systemic_immune_inflammation_index(
    neutrophils: Counts, platelets: Counts, lymphocytes: Counts
) -> Counts:
    """Return neutrophils x platelets / lymphocytes (SII).

    Parameters
    ----------
    neutrophils, platelets, lymphocytes : float array, shape (samples,), 10^9 / L

    Returns
    -------
    index : float array, shape (samples,), 10^9 / L
        NaN where a count is missing or lymphocytes are zero.

    Examples
    --------
    >>> systemic_immune_inflammation_index(np.array([5.0]), np.array([250.0]), np.array([2.0]))
    array([625.])
    """
    return _divide(neutrophils * platelets, lymphocytes)


def share_of_leukocytes(count: Counts, leukocytes: Counts) -> Counts:
    """Return a leukocyte count as percent of all leukocytes.

    Parameters
    ----------
    count, leukocytes : float array, shape (samples,), 10^9 cells / L

    Returns
    -------
    share : float array, shape (samples,), percent
        NaN where either is missing, leukocytes are zero, or the part exceeds the whole.

    Examples
    --------
    >>> share_of_leukocytes(np.array([1.5, 9.0]), np.array([6.0, 6.0]))
    array([25., nan])
    """
    share = 100.0 * _divide(count, leukocytes)
    return np.where(share > 100.0, np.nan, share)


def ratio_to_upper_limit(value: Counts, upper_limit_of_normal: Counts) -> Counts:
    """Return a value divided by the laboratory's own upper limit of normal.

    Parameters
    ----------
    value, upper_limit_of_normal : float array, shape (samples,), same unit

    Returns
    -------
    ratio : float array, shape (samples,), no unit
        NaN where either is missing or the limit is zero.
    """
    return _divide(value, upper_limit_of_normal)
