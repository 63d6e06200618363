"""Mann-Whitney's U and its p, as papers print them beside an area under the ROC curve."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from macroimmune.statistics.roc import checked_score, problem_of_counts

__all__ = ["mann_whitney"]


def mann_whitney(score: ArrayLike, outcome: NDArray[np.bool_]) -> tuple[float, float]:
    """Return U of the cases and its two-sided p-value.

    Parameters
    ----------
    score : float array, shape (n,)
        Without missing values.
    outcome : bool array, shape (n,)
        True for cases.

    Returns
    -------
    u, p_value : float
        NaN with fewer than two cases or two others; p also where all scores are equal.

    Raises
    ------
    InputError
        If shapes differ, the outcome is not boolean, or scores are missing.

    Notes
    -----
    Convention: pairs in which the case scores higher, ties one half: the area under the ROC curve
    times the number of pairs. Normal approximation with variance corrected for ties and half a
    unit of continuity. It asks the question of that area with another variance, that of no
    difference, so it is no test of its own among the q-values. Checked against:
    ``scipy.stats.mannwhitneyu(method="asymptotic")``.

    Examples
    --------
    >>> u, p_value = mann_whitney([1.0, 2.0, 3.0, 4.0], np.array([False, True, False, True]))
    >>> u, round(p_value, 4)
    (3.0, 0.6985)
    """
    values, cases = checked_score(score, outcome)
    n, n_cases = values.size, int(cases.sum())
    if problem_of_counts(n_cases, n - n_cases):
        return float("nan"), float("nan")
    u = float(stats.rankdata(values)[cases].sum()) - n_cases * (n_cases + 1) / 2
    tied = np.unique(values, return_counts=True)[1].astype(float)
    pairs = n_cases * (n - n_cases)
    variance = pairs / 12.0 * (n + 1 - float((tied**3 - tied).sum()) / (n * (n - 1)))
    if not variance > 0.0:
        return u, float("nan")
    z = max(abs(u - pairs / 2) - 0.5, 0.0) / np.sqrt(variance)
    return u, min(1.0, 2.0 * float(special.ndtr(-z)))
