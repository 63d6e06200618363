"""Kinds that are called changed between two samples, and Fisher's calls beside.

The test of each kind is that of `changed_counts`. A kind is tested where its total count could give
a p-value of 0.05 at all; nothing of how it fell on both samples decides that. q-values are those of
discrete tests.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.statistics.count_laws import CountLaws, count_laws
from macroimmune.statistics.discrete_false_discovery import discrete_q_values
from macroimmune.statistics.false_discovery import q_values
from macroimmune.statistics.fisher_counts import fisher_of_counts
from macroimmune.statistics.kind_counts import (
    check_dispersion,
    distinct_pairs,
    paired_kind_counts,
)
from macroimmune.statistics.paired_counts import conditional_p_values

__all__ = ["CalledChanges", "called_changes"]

Floats = NDArray[np.float64]
_TESTABLE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class CalledChanges:
    """Tested kinds; arrays have an entry for each of them.

    Parameters
    ----------
    kinds : int array, shape (tested,)
        Places among all kinds.
    fold_changes, ci_low, ci_high : float array
        Ratio of shares, after over before, half a count added to both; 95 % interval by Clopper
        and Pearson, of as many individuals as over-dispersion leaves. The upper end is infinite
        for a kind that was not seen before.
    p_values, q_values : float array
    calls : int array
        1 for a share that rose at q below the level, -1 for one that fell, else 0.
    fisher_p, fisher_q : float array
        Fisher's test, and its Benjamini-Hochberg q-value.
    n_singletons_by_chance : float
        Kinds counted once before that would be called risen by this cut-off had nothing changed.
    """

    kinds: NDArray[np.intp]
    fold_changes: Floats
    ci_low: Floats
    ci_high: Floats
    p_values: Floats
    q_values: Floats
    calls: NDArray[np.int8]
    fisher_p: Floats
    fisher_q: Floats
    n_singletons_by_chance: float


def called_changes(
    before: ArrayLike,
    after: ArrayLike,
    *,
    dispersion: float,
    level: float = 0.05,
    with_fisher: bool = True,
) -> CalledChanges:
    """Return which kinds changed between two samples.

    Parameters
    ----------
    before, after : int array, shape (kinds,)
        Counts of independent individuals (cells, templates, molecules), in the same order.
    dispersion : float
        phi in the variance mu + phi mu^2 of the counts of repeats.
    level : float
        Of q-values.
    with_fisher : bool
        Whether Fisher's test is made too; else its numbers are NaN.

    Returns
    -------
    called : CalledChanges
        Nothing is tested where a sample is empty.

    Raises
    ------
    InputError
        If shapes differ, a count is negative or no whole number, or the dispersion is negative.

    Notes
    -----
    Convention: as `changed_counts`, `discrete_q_values`; p-values of totals above 200 are taken as
    continuous there, which is on the safe side. Checked against: both, brute force, drawn samples.

    Examples
    --------
    >>> found = called_changes([1, 9, 90], [30, 10, 60], dispersion=0.01)
    >>> found.kinds.tolist(), found.calls.tolist(), found.fold_changes.round(1).tolist()
    ([0, 1, 2], [1, 0, 0], [20.3, 1.1, 0.7])
    """
    one, two = paired_kind_counts(before, after)
    check_dispersion(dispersion)
    n_before, n_after = float(one.sum()), float(two.sum())
    if not n_before or not n_after:
        return _nothing()
    share = n_before / (n_before + n_after)
    laws = count_laws(dispersion, share)
    both = one + two
    testable = np.append(laws.smallest_p() <= _TESTABLE, True)
    kinds = np.flatnonzero(testable[np.minimum(both, laws.largest + 1).astype(np.int64)])
    one, two, both = one[kinds], two[kinds], both[kinds]
    p = conditional_p_values(one, two, laws, dispersion, share)
    # The sum is taken over the laws of the totals that are there.
    is_small = both <= laws.largest
    number = np.bincount(both[is_small].astype(np.int64), minlength=laws.largest + 1)
    expected = number[laws.totals] * laws.probabilities
    present = expected > 0.0
    n_large = float((~is_small).sum())
    q = discrete_q_values(p, laws.p_values[present], expected[present], n_continuous=n_large)
    low, high = _shares(one, both, dispersion, share)
    odds = n_before / n_after
    rises = two * n_before > one * n_after
    is_called = q < level
    cut = float(p[is_called].max()) if is_called.any() else -1.0
    fisher_p = np.full(p.size, np.nan)
    if with_fisher:
        fisher_p = fisher_of_counts(one, two, n_first=int(n_before), n_second=int(n_after))
    return CalledChanges(
        kinds=kinds,
        fold_changes=odds * (two + 0.5) / (one + 0.5),
        ci_low=odds * (1.0 - high) / high,
        ci_high=odds * _over(1.0 - low, low),
        p_values=p,
        q_values=q,
        calls=np.where(is_called, np.where(rises, 1, -1), 0).astype(np.int8),
        fisher_p=fisher_p,
        fisher_q=q_values(fisher_p),
        n_singletons_by_chance=_singletons(laws, expected, cut, share),
    )


def _shares(one: Floats, both: Floats, dispersion: float, share: float) -> tuple[Floats, Floats]:
    """Return the interval of the first count's share in both, each distinct pair once."""
    k, m, place, _ = distinct_pairs(one, both)
    # Over-dispersion takes away from the number of individuals that tell of the share.
    correlation = 1.0 / (1.0 + 1.0 / (2.0 * max(dispersion, 1e-8) * share * (1.0 - share)))
    telling = 1.0 / (1.0 + (m - 1.0) * correlation)
    k, other = k * telling, (m - k) * telling
    low, high = np.zeros(k.size), np.ones(k.size)
    some, rest = k > 0.0, other > 0.0
    low[some] = special.betaincinv(k[some], other[some] + 1.0, 0.025)
    high[rest] = special.betaincinv(k[rest] + 1.0, other[rest], 0.975)
    return low[place], high[place]


def _over(above: Floats, below: Floats) -> Floats:
    ratio = np.full(below.size, np.inf)
    np.divide(above, below, out=ratio, where=below > 0.0)
    return ratio


def _singletons(laws: CountLaws, expected: Floats, cut: float, share: float) -> float:
    """Return how many kinds counted once before pass a cut-off by chance, by rising."""
    rises = (laws.totals - 1) * share > 1.0 - share
    passes = (laws.firsts == 1) & rises & (laws.p_values <= cut * (1.0 + 1e-9))
    return float(expected[passes].sum()) if cut > 0.0 else 0.0


def _nothing() -> CalledChanges:
    none = np.empty(0)
    return CalledChanges(
        np.empty(0, dtype=np.intp), none, none, none, none, none, np.empty(0, dtype=np.int8),
        none, none, 0.0,
    )  # fmt: skip
