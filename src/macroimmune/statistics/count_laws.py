"""The law of one count given the sum of two, for every small sum at once, with its p-values.

Of 100,000 clones nearly all are counted a few times: a table of all sums up to 200, of some 20,000
entries, holds the p-value of nearly every one, and tells how likely each p-value was.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.kind_counts import beta_binomial_shape, check_dispersion

__all__ = ["CountLaws", "count_laws"]

Floats = NDArray[np.float64]
# With less the law is binomial to six digits.
_SMALLEST = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class CountLaws:
    """Beta-binomial laws of k among m, for every m up to the largest.

    Parameters
    ----------
    largest : int
    totals, firsts : int array, shape (entries,)
        m and k: entry m (m + 1) / 2 + k.
    probabilities, p_values : float array, shape (entries,)
        Of k given m; two-sided p-value, twice the smaller tail.
    """

    largest: int
    totals: NDArray[np.int64]
    firsts: NDArray[np.int64]
    probabilities: Floats
    p_values: Floats

    def places(self, first: NDArray[np.int64], total: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the entries of pairs of counts; no total is above the largest."""
        return np.asarray(total * (total + 1) // 2 + first)

    def smallest_p(self) -> Floats:
        """Return the smallest p-value that each total can give, shape (largest + 1,)."""
        starts = np.arange(self.largest + 1) * (np.arange(self.largest + 1) + 1) // 2
        return np.asarray(np.minimum.reduceat(self.p_values, starts))


def count_laws(dispersion: float, share: float, *, largest: int = 200) -> CountLaws:
    """Return the laws of the first of two counts, given their sum.

    Parameters
    ----------
    dispersion : float
        phi in the variance mu + phi mu^2 of each count.
    share : float
        Of the first sample in both; between 0 and 1.
    largest : int
        Sum of two counts up to which the laws are wanted.

    Returns
    -------
    laws : CountLaws

    Raises
    ------
    InputError
        If the dispersion is below zero.

    Notes
    -----
    Convention: as `changed_counts`. Checked against: ``scipy.stats.betabinom``.

    Examples
    --------
    >>> laws = count_laws(0.0, 0.5, largest=2)
    >>> laws.probabilities.round(6).tolist(), laws.p_values.round(6).tolist()
    ([1.0, 0.5, 0.5, 0.25, 0.5, 0.25], [1.0, 1.0, 1.0, 0.5, 1.0, 0.5])
    """
    check_dispersion(dispersion)
    totals = np.repeat(np.arange(largest + 1), np.arange(1, largest + 2))
    starts = np.arange(largest + 1) * (np.arange(largest + 1) + 1) // 2
    probabilities, p_values = np.empty(totals.size), np.empty(totals.size)
    a, b = beta_binomial_shape(max(dispersion, _SMALLEST), share)
    _fill(largest, a, b, probabilities, p_values)
    return CountLaws(
        largest, totals, np.arange(totals.size) - starts[totals], probabilities, p_values
    )


@compiled
def _fill(largest: int, a: float, b: float, probabilities: Floats, p_values: Floats) -> None:
    for m in range(largest + 1):
        start = m * (m + 1) // 2
        # From the middle outwards, so that nothing vanishes before it is divided by the sum.
        middle = int(m * a / (a + b))
        law = probabilities[start : start + m + 1]
        law[middle] = 1.0
        for k in range(middle, m):
            law[k + 1] = law[k] * (m - k) / (k + 1.0) * (a + k) / (b + m - k - 1.0)
        for k in range(middle, 0, -1):
            law[k - 1] = law[k] * k / (m - k + 1.0) * (b + m - k) / (a + k - 1.0)
        whole = law.sum()
        below = 0.0
        for k in range(m + 1):
            law[k] /= whole
            below += law[k]
            p_values[start + k] = below
        above = 0.0
        for k in range(m, -1, -1):
            above += law[k]
            p_values[start + k] = min(1.0, 2.0 * min(p_values[start + k], above))
