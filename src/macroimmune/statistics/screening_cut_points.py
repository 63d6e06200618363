"""The cut of a biomarker that separates an outcome best, with the search paid for.

The standardised log-rank statistic of "up to the cut" is looked at for every cut between two
quantiles and its largest value is kept. Without correction such a search calls one marker in three
significant where nothing is there. Two corrections are given: the approximation of Lausen and
Schumacher, and permutations of the log-rank scores over the participants.

Permutations are shared. The largest statistic depends on a marker only through the order in which
it lines up the participants and through its ties; a permutation makes every order equally likely.
So all markers with the same participants and the same places where a cut is possible have one and
the same null distribution, which is drawn once. Where values are missing, the same permutations are
read with the missing participants passed over: what remains is a permutation of the others. Within
strata a marker's own line-up of the strata counts too, and the same holds stratum by stratum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.maximally_selected import (
    CutSearch,
    Outcome,
    Permuted,
    Scored,
    checked_markers,
    largest_under_permutation,
    outcome_survival,
    search_cuts,
    stratum_codes,
)

__all__ = ["CutPath", "CutPointScreen", "cut_path", "lausen_schumacher_p", "screen_cut_points"]

_LEVEL = 0.05
_NOTHING = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class CutPointScreen:
    """The best cut of every biomarker; NaN where `status` says why there is none.

    Parameters
    ----------
    cuts : float array, shape (markers,)
        The largest value that still lies in the lower group.
    statistics : float array, shape (markers,)
        The largest absolute standardised log-rank statistic.
    thresholds : float array, shape (markers,)
        The statistic that a search where nothing is there exceeds in 5 % of permutations.
    p_lausen_schumacher, p_permutation : float array, shape (markers,)
        Adjusted for the search over cuts, not for the number of markers. The approximation is
        not given within strata.
    null_mean_squares : float array, shape (markers,)
        E(M^2), the mean square of the largest statistic under permutation.
    shrinkage : float array, shape (markers,)
        1 - E(M^2) / M^2, at least zero: the part of the statistic that the search alone does not
        explain. Multiply the log ratio at the cut by it.
    n, n_low, n_events : int array, shape (markers,)
    permutations : int
    shares : (float, float)
        Between which the share of participants up to the cut lies.
    status : tuple of str
    method, convention : str
    """

    cuts: NDArray[np.float64]
    statistics: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    p_lausen_schumacher: NDArray[np.float64]
    p_permutation: NDArray[np.float64]
    null_mean_squares: NDArray[np.float64]
    shrinkage: NDArray[np.float64]
    n: NDArray[np.intp]
    n_low: NDArray[np.intp]
    n_events: NDArray[np.intp]
    permutations: int
    shares: tuple[float, float]
    status: tuple[str, ...]
    method: str
    convention: str


@dataclass(frozen=True, slots=True, eq=False)
class CutPath:
    """The statistic along the cuts of one biomarker; without cuts where `status` says why.

    Parameters
    ----------
    cuts, statistics : float array, shape (cuts,)
        Ascending cuts; absolute standardised statistics.
    n_low : int array, shape (cuts,)
    status : str
    """

    cuts: NDArray[np.float64]
    statistics: NDArray[np.float64]
    n_low: NDArray[np.int64]
    status: str


def lausen_schumacher_p(
    statistics: ArrayLike, *, lowest_share: float = 0.1, highest_share: float = 0.9
) -> NDArray[np.float64]:
    """Return the p-value of a maximally selected statistic by Lausen and Schumacher (1992).

    Notes
    -----
    Convention: 1 below a statistic of 1, as R `maxstat` has it. Checked against it.
    """
    given = np.asarray(statistics, dtype=float)
    b = np.maximum(given, 1.0)
    odds = highest_share * (1.0 - lowest_share) / ((1.0 - highest_share) * lowest_share)
    density = stats.norm.pdf(b)
    p = 4.0 * density / b + density * (b - 1.0 / b) * np.log(odds)
    return np.where(np.isnan(given), np.nan, np.where(given < 1.0, 1.0, np.clip(p, 0.0, 1.0)))


def cut_path(
    outcome: Outcome,
    marker: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    lowest_share: float = 0.1,
    highest_share: float = 0.9,
) -> CutPath:
    """Return the statistic at every permitted cut of one biomarker.

    Parameters
    ----------
    outcome, strata, lowest_share, highest_share
        As in `screen_cut_points`.
    marker : float array, shape (n,)
        NaN where a value is missing.

    Returns
    -------
    path : CutPath

    Raises
    ------
    InputError
        As `screen_cut_points`.

    Examples
    --------
    >>> path = cut_path(np.arange(20) > 7, np.arange(20.0))
    >>> float(path.cuts[0]), float(path.cuts[-1])
    (1.0, 17.0)
    """
    survival = outcome_survival(outcome)
    column = checked_markers(np.asarray(marker, dtype=float).reshape(-1, 1), survival.n)[:, 0]
    shares = _checked_shares(lowest_share, highest_share)
    stratum = stratum_codes(strata, survival.n)
    one = search_cuts(survival, column, stratum=stratum, shares=shares, scored={})
    return CutPath(one.cuts, np.abs(one.statistics), one.n_low, one.status)


def screen_cut_points(
    outcome: Outcome,
    markers: ArrayLike,
    *,
    permutations: int,
    rng: np.random.Generator,
    strata: ArrayLike | None = None,
    lowest_share: float = 0.1,
    highest_share: float = 0.9,
) -> CutPointScreen:
    """Return the maximally selected cut of every biomarker with its adjusted p-values.

    Parameters
    ----------
    outcome : Survival, or bool array of shape (n,)
        Survival without left truncation, or a binary outcome (True = it happened).
    markers : float array, shape (n, markers)
        NaN where a value is missing; that participant is left out of that biomarker only.
    permutations : int
        Shared by all biomarkers; the smallest p is 1 / (permutations + 1).
    rng : numpy Generator
    strata : int or text array, shape (n,), or None
        Scores are formed and permuted within strata only.
    lowest_share, highest_share : float
        The share of participants up to the cut lies between these.

    Returns
    -------
    screen : CutPointScreen

    Raises
    ------
    InputError
        If shapes do not match, a value is infinite, shares are not 0 < low < high < 1, there is
        no permutation, or participants entered late.

    Notes
    -----
    Convention: as R `maxstat.test(smethod = "LogRank")` without tied times; with tied times the
    scores are those of the log-rank test. A binary outcome is its own score, as there with
    `smethod = "Data"`. A cut found here is a description of these participants; it is not a
    validated threshold. Checked against: R `maxstat`; within strata, scores, statistic and
    permutations written out in R.
    """
    survival = outcome_survival(outcome)
    given = checked_markers(markers, survival.n)
    shares = _checked_shares(lowest_share, highest_share)
    if permutations < 1:
        msg = f"at least one permutation is needed, found {permutations}; 10000 is usual"
        raise InputError(msg)
    stratum = stratum_codes(strata, survival.n)
    # By the participants with a value: their scores are computed once, not once per marker.
    scored: Scored = {}
    prepared: dict[bytes, Permuted] = {}
    found = []
    for column in given.T:
        one = search_cuts(survival, column, stratum=stratum, shares=shares, scored=scored)
        found.append(_best(one))
        if not one.status and found[-1].group not in prepared:
            prepared[found[-1].group] = one.for_permutations()
    maxima = largest_under_permutation(prepared, stratum, permutations, rng)
    described = {group: _described(null) for group, null in maxima.items()}
    p_values = [_p_value(one, maxima) for one in found]
    null = np.array([described.get(one.group, _NOTHING) for one in found]).reshape(-1, 2)
    statistic = np.array([one.statistic for one in found], dtype=float)
    p_approximate = lausen_schumacher_p(
        statistic, lowest_share=lowest_share, highest_share=highest_share
    )
    return CutPointScreen(
        cuts=np.array([one.cut for one in found], dtype=float),
        statistics=statistic,
        thresholds=null[:, 0],
        p_lausen_schumacher=np.where(strata is None, p_approximate, np.nan),
        p_permutation=np.array(p_values, dtype=float),
        null_mean_squares=null[:, 1],
        shrinkage=np.maximum(1.0 - null[:, 1] / np.maximum(statistic**2, 1e-300), 0.0),
        n=np.array([one.n for one in found], dtype=np.intp),
        n_low=np.array([one.n_low for one in found], dtype=np.intp),
        n_events=np.array([one.n_events for one in found], dtype=np.intp),
        permutations=permutations,
        shares=shares,
        status=tuple(one.status for one in found),
        method="maximally selected log-rank statistic",
        convention=f"cuts with {lowest_share:.0%} to {highest_share:.0%} of the participants below",
    )


def _checked_shares(lowest: float, highest: float) -> tuple[float, float]:
    """Return both shares.

    Raises
    ------
    InputError
        If they are not 0 < lowest < highest < 1.
    """
    if not 0.0 < lowest < highest < 1.0:
        msg = f"shares lie between 0 and 1, the lower first; found {lowest} and {highest}"
        raise InputError(msg)
    return lowest, highest


@dataclass(frozen=True, slots=True)
class _Best:
    """What is kept of the search of one marker."""

    cut: float
    statistic: float
    n_low: int
    n: int
    n_events: int
    status: str
    group: bytes


def _best(one: CutSearch) -> _Best:
    if one.status:
        gap = float("nan")
        return _Best(gap, gap, 0, one.n, one.n_events, one.status, b"")
    cut, statistic = float(one.cuts[one.best]), float(abs(one.statistics[one.best]))
    return _Best(cut, statistic, int(one.n_low[one.best]), one.n, one.n_events, "", one.group)


def _described(null: NDArray[np.float64]) -> tuple[float, float]:
    """Return the statistic at 5 % and the mean square of the largest under permutation."""
    return float(np.quantile(null, 1.0 - _LEVEL)), float(np.mean(null**2))


def _p_value(one: _Best, maxima: dict[bytes, NDArray[np.float64]]) -> float:
    """Return the share of permutations that give as much, the one at hand among them."""
    if one.status:
        return float("nan")
    null = maxima[one.group]
    # A permutation that gives the statistic itself counts, whatever its last digit.
    beyond = null.size - np.searchsorted(null, one.statistic * (1.0 - 1e-12))
    return (1.0 + float(beyond)) / (null.size + 1.0)
