"""False discovery rate: q-values over everything that was tested."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.errors import InputError

__all__ = ["q_values"]


def q_values(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return the Benjamini-Hochberg adjusted p-values.

    Parameters
    ----------
    p_values : float array, shape (tests,)
        The whole family: every test that was run. NaN marks a test that could not be made.

    Returns
    -------
    q : float array, shape (tests,)
        NaN where p is NaN.

    Raises
    ------
    InputError
        If a p-value lies outside 0-1, or the array has not one dimension.

    Notes
    -----
    Convention: tests that could not be made do not count into the family.
    Checked against: R `p.adjust(method="BH")`.

    Examples
    --------
    >>> q_values([0.01, 0.04, np.nan])
    array([0.02, 0.04,  nan])
    """
    p = np.asarray(p_values, dtype=float)
    if p.ndim != 1:
        msg = f"one p-value per test, in a flat array: found shape {p.shape}"
        raise InputError(msg)
    made = ~np.isnan(p)
    if ((p[made] < 0) | (p[made] > 1)).any():
        wrong = p[made][(p[made] < 0) | (p[made] > 1)][0]
        msg = f"p-values lie between 0 and 1, found {wrong:g}; were other numbers passed?"
        raise InputError(msg)
    q = np.full(p.shape, np.nan)
    if made.any():
        q[made] = stats.false_discovery_control(p[made], method="bh")
    return q
