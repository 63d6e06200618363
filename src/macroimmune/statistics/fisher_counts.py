"""Fisher's exact test of thousands of kinds in two samples: each against all other individuals."""

from math import exp, lgamma

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.kind_counts import distinct_pairs, paired_kind_counts

__all__ = ["fisher_of_counts"]

Floats = NDArray[np.float64]


def fisher_of_counts(
    first: ArrayLike, second: ArrayLike, *, n_first: int, n_second: int
) -> NDArray[np.float64]:
    """Return Fisher's two-sided p-value of each kind.

    Parameters
    ----------
    first, second : int array, shape (kinds,)
        Counts of each kind in two samples, in the same order.
    n_first, n_second : int
        Individuals of both samples.

    Returns
    -------
    p_values : float array, shape (kinds,)

    Raises
    ------
    InputError
        If shapes differ, a count is negative or no whole number, or a kind has more individuals
        than its sample.

    Notes
    -----
    Convention: all tables that are no more probable than the one seen, equal within 1e-7. It takes
    every individual as drawn by itself, so repeats of one sample differ by it; to be shown beside
    `changed_counts`, not instead. Checked against: ``scipy.stats.fisher_exact``.

    Examples
    --------
    >>> fisher_of_counts([1, 8], [9, 2], n_first=20, n_second=20).round(4)
    array([0.0084, 0.0648])
    """
    one, two = paired_kind_counts(first, second)
    if (one > n_first).any() or (two > n_second).any():
        msg = f"a kind has more individuals than its sample ({n_first} and {n_second})"
        raise InputError(msg)
    k, l, place, _ = distinct_pairs(one, two)  # noqa: E741
    found = np.empty(k.size)
    _p_values(k, l, float(n_first), float(n_second), found)
    return np.asarray(found[place])


@compiled
def _p_values(first: Floats, second: Floats, n: float, n_other: float, found: Floats) -> None:
    for i in range(first.size):
        found[i] = _p_value(first[i], first[i] + second[i], n, n_other)


@compiled
def _p_value(k: float, m: float, n: float, n_other: float) -> float:
    seen = 1.0
    total = 1.0
    limit = seen * (1.0 + 1e-7)
    # Ratios to the table seen: up and down from it, only those no more probable are added.
    for step in (1.0, -1.0):
        x = k
        term = 1.0
        peak = 1.0
        while True:
            if step > 0.0:
                if x >= m or x >= n:
                    break
                term *= (m - x) * (n - x) / ((x + 1.0) * (n_other - m + x + 1.0))
            else:
                if x <= 0.0 or x <= m - n_other:
                    break
                term *= x * (n_other - m + x) / ((m - x + 1.0) * (n - x + 1.0))
            x += step
            peak = max(peak, term)
            if term <= limit:
                total += term
                # Past the peak terms only fall.
                if term < 1e-18 * total and term < peak:
                    break
    chosen = lgamma(m + 1.0) - lgamma(k + 1.0) - lgamma(m - k + 1.0)
    rest = lgamma(n + n_other - m + 1.0) - lgamma(n - k + 1.0) - lgamma(n_other - m + k + 1.0)
    whole = lgamma(n + n_other + 1.0) - lgamma(n + 1.0) - lgamma(n_other + 1.0)
    return min(1.0, exp(chosen + rest - whole) * total)
