"""Hyporesponsive, intermediate, hyperresponsive: only where the interval lies within one group."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNCERTAIN", "responsiveness_groups"]

UNCERTAIN = "uncertain"
_GROUPS = ("hyporesponsive", "intermediate", "hyperresponsive")

Values = NDArray[np.float64]


def responsiveness_groups(
    low: Values, high: Values, low_tertile: float, high_tertile: float
) -> list[str]:
    """Return the group of each sample.

    Parameters
    ----------
    low, high : float array, shape (samples,)
        80 % interval of the score; NaN where there is none.
    low_tertile, high_tertile : float
        Of the reference; NaN where there are none.

    Returns
    -------
    groups : list of str
        "uncertain" where the interval crosses a tertile or where either is missing.

    Examples
    --------
    >>> responsiveness_groups(np.array([-2.0, -1.0]), np.array([-1.0, 0.0]), -0.5, 0.5)
    ['hyporesponsive', 'uncertain']
    """
    cuts = np.array([low_tertile, high_tertile])
    groups = []
    for lower, upper in zip(low, high, strict=True):
        known = np.isfinite([lower, upper, *cuts]).all()
        first, last = np.searchsorted(cuts, [lower, upper], side="right")
        groups.append(_GROUPS[first] if known and first == last else UNCERTAIN)
    return groups
