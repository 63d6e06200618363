"""q-values of tests of counts, whose p-values cannot take every value below one.

A kind counted three times in all cannot have a small p-value, whatever happened; to count it as a
whole test, as Benjamini and Hochberg do, costs power for nothing. Of every kind the totals tell how
likely each p-value is where nothing changed. Summed over kinds this is the number of false calls
that any cut-off gives; a q-value is that number over the number of kinds that pass.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError

__all__ = ["discrete_q_values"]


def discrete_q_values(
    p_values: ArrayLike, attainable: ArrayLike, expected: ArrayLike, *, n_continuous: float = 0.0
) -> NDArray[np.float64]:
    """Return the q-values of tests whose p-values are discrete.

    Parameters
    ----------
    p_values : float array, shape (tests,)
        Of the whole family; none is missing.
    attainable : float array, shape (values,)
        p-values that tests could have had, in any order.
    expected : float array, shape (values,)
        For each, the expected number of tests that have it where nothing changed: summed over
        tests of one law, the number of tests times the probability.
    n_continuous : float
        Tests that are not in `attainable`, whose p-values are taken as uniform.

    Returns
    -------
    q : float array, shape (tests,)

    Raises
    ------
    InputError
        If a p-value lies outside 0-1 or is missing, or the arrays do not fit.

    Notes
    -----
    Convention: q of the largest p-value first, then never more; at most 1. Never above the
    Benjamini-Hochberg q-value where p-values are valid. Kin of the procedures for discrete tests
    in doi:10.1214/18-EJS1441. Checked against: its definition by loops.

    Examples
    --------
    Two tests that can have 0.02 or 1, and one that can have 1 alone:

    >>> discrete_q_values([0.02, 1.0, 1.0], [0.02, 1.0], [2 * 0.02, 3 - 2 * 0.02])
    array([0.04, 1.  , 1.  ])
    """
    p = np.asarray(p_values, dtype=float)
    at, number = np.asarray(attainable, dtype=float), np.asarray(expected, dtype=float)
    if p.ndim != 1 or at.ndim != 1 or at.shape != number.shape:
        msg = f"flat arrays: p-values {p.shape}, attainable {at.shape}, expected {number.shape}"
        raise InputError(msg)
    if not ((p >= 0) & (p <= 1)).all():
        msg = f"p-values lie between 0 and 1, found {p[~((p >= 0) & (p <= 1))][0]:g}"
        raise InputError(msg)
    if not p.size:
        return p.copy()
    order = np.argsort(at, kind="stable")
    summed = np.concatenate([[0.0], np.cumsum(number[order])])
    ranks = np.argsort(p, kind="stable")
    ascending = p[ranks]
    # One p-value can be summed in two orders: equal ones pass together.
    margin = ascending * (1.0 + 1e-9)
    false_calls = summed[np.searchsorted(at[order], margin, side="right")]
    passing = np.searchsorted(ascending, margin, side="right")
    ratio = (false_calls + n_continuous * ascending) / passing
    q = np.empty(p.size)
    q[ranks] = np.minimum(1.0, np.minimum.accumulate(ratio[::-1])[::-1])
    return q
