"""Diversity of a repertoire as it was counted; every measure here follows the depth."""

from dataclasses import dataclass

import numpy as np

from macroimmune.statistics import FrequencyCounts

__all__ = ["ObservedDiversity", "clonality", "observed_diversity"]

_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class ObservedDiversity:
    """Measures of one repertoire; NaN where one is not defined.

    Parameters
    ----------
    hill_0, hill_1, hill_2 : float
        Clonotypes; exponential of Shannon's entropy; inverse of the sum of squared shares.
    shannon_clonality : float
        One minus the entropy over the logarithm of the clonotypes.
    simpson_clonality : float
        Root of the sum of squared shares.
    gini : float
        Gini coefficient of the counts.
    d50, d50_share : float
        The least number of clonotypes, largest first, that hold at least half of all counts; and
        that number over all clonotypes.
    top_1_share, top_10_share, top_100_share : float
        Share of counts in the largest clonotypes.
    """

    hill_0: float
    hill_1: float
    hill_2: float
    shannon_clonality: float
    simpson_clonality: float
    gini: float
    d50: float
    d50_share: float
    top_1_share: float
    top_10_share: float
    top_100_share: float


def clonality(log_kinds: float, entropy: float) -> float:
    """Return Shannon clonality, NaN for a single clonotype.

    Examples
    --------
    >>> clonality(np.log(4), np.log(4)), round(clonality(np.log(4), np.log(2)), 6)
    (0.0, 0.5)
    """
    return float(1.0 - entropy / log_kinds) if log_kinds > 0.0 else _NAN


def observed_diversity(counts: FrequencyCounts) -> ObservedDiversity:
    """Return the diversity of a repertoire as counted.

    Parameters
    ----------
    counts : FrequencyCounts
        Clonotypes by their count; of any kind of count, reads too.

    Returns
    -------
    observed : ObservedDiversity
        All NaN for an empty repertoire.

    Notes
    -----
    Convention: Shannon clonality of a single clonotype is 0 / 0 and NaN; its Simpson clonality is
    1. Gini is sum over pairs |x_i - x_j| / (2 S n), without the factor S / (S - 1), so that it is
    0 for equal counts and 1 - 1 / S at most. Where
    there are fewer clonotypes than the largest 10 or 100 asked for, their share is 1. D50 is the
    minimal number of receptors that reach half of the clonal space, as in R immunarch
    (`airr_diversity_dxx`). Checked against: hand calculation, R `vegan` (Hill
    numbers), the published clonalities of 56 blood samples.

    Examples
    --------
    >>> from macroimmune.statistics import frequency_counts
    >>> found = observed_diversity(frequency_counts([4, 2, 1, 1]))
    >>> found.hill_0, round(found.hill_2, 3), found.gini, found.d50, found.top_1_share
    (4.0, 2.909, 0.3125, 1.0, 0.5)
    """
    n, kinds = counts.n, counts.n_kinds
    if n == 0:
        return ObservedDiversity(*[_NAN] * 11)
    share = counts.sizes / n
    entropy = float(-(share * np.log(share)) @ counts.kinds) + 0.0
    concentration = float(share**2 @ counts.kinds)
    half, top = _top(counts)
    return ObservedDiversity(
        hill_0=float(kinds),
        hill_1=float(np.exp(entropy)),
        hill_2=1.0 / concentration,
        shannon_clonality=clonality(float(np.log(kinds)), entropy),
        simpson_clonality=float(np.sqrt(concentration)),
        gini=_gini(counts),
        d50=half,
        d50_share=half / kinds,
        top_1_share=top[0],
        top_10_share=top[1],
        top_100_share=top[2],
    )


def _gini(counts: FrequencyCounts) -> float:
    """Return the Gini coefficient from ranks: kinds of one count share their mean rank."""
    kinds, n = counts.n_kinds, counts.n
    last = np.cumsum(counts.kinds)
    mean_rank = last - (counts.kinds - 1.0) / 2.0
    weighted = float((counts.sizes * counts.kinds) @ mean_rank)
    return 2.0 * weighted / (kinds * n) - (kinds + 1.0) / kinds


def _top(counts: FrequencyCounts) -> tuple[float, tuple[float, float, float]]:
    """Return the clonotypes that hold half of the counts, and the shares of the largest."""
    sizes, kinds, n = counts.sizes[::-1], counts.kinds[::-1], counts.n
    held, ranked = np.cumsum(sizes * kinds), np.cumsum(kinds)
    at = int(np.searchsorted(2 * held, n))
    before = int(held[at - 1]) if at else 0
    fewer = int(ranked[at - 1]) if at else 0
    # The least whole number of clonotypes of this count that reaches half.
    half = fewer - (2 * before - n) // (2 * int(sizes[at]))
    return float(half), (
        _largest(sizes, kinds, 1) / n,
        _largest(sizes, kinds, 10) / n,
        _largest(sizes, kinds, 100) / n,
    )


def _largest(sizes: np.ndarray, kinds: np.ndarray, number: int) -> float:
    taken = np.diff(np.minimum(np.cumsum(kinds), number), prepend=0)
    return float(taken @ sizes)
