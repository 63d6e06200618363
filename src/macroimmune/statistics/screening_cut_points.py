"""The cut of a biomarker that separates survival best, with the search paid for.

The standardised log-rank statistic of "up to the cut" is looked at for every cut between two
quantiles and its largest value is kept. Without correction such a search calls one marker in three
significant where nothing is there. Two corrections are given: the approximation of Lausen and
Schumacher, and permutations of the log-rank scores over the participants.

Permutations are shared. The largest statistic depends on a marker only through the order in which
it lines up the participants and through its ties; a permutation makes every order equally likely.
So all markers with the same participants and the same places where a cut is possible have one and
the same null distribution, which is drawn once. Where values are missing, the same permutations are
read with the missing participants passed over: what remains is a permutation of the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.compiled import compiled

__all__ = ["CutPointScreen", "lausen_schumacher_p", "log_rank_scores", "screen_cut_points"]

_FEWEST = 10
_BLOCK = 500


@dataclass(frozen=True, slots=True, eq=False)
class CutPointScreen:
    """The best cut of every biomarker; NaN where `status` says why there is none.

    Parameters
    ----------
    cuts : float array, shape (markers,)
        The largest value that still lies in the lower group.
    statistics : float array, shape (markers,)
        The largest absolute standardised log-rank statistic.
    p_lausen_schumacher, p_permutation : float array, shape (markers,)
        Adjusted for the search over cuts, not for the number of markers.
    shrinkage : float array, shape (markers,)
        1 - E(M^2) / M^2, at least zero: the part of the statistic that the search alone does not
        explain. Multiply the log hazard ratio at the cut by it.
    n, n_low, n_events : int array, shape (markers,)
    permutations : int
    status : tuple of str
    method, convention : str
    """

    cuts: NDArray[np.float64]
    statistics: NDArray[np.float64]
    p_lausen_schumacher: NDArray[np.float64]
    p_permutation: NDArray[np.float64]
    shrinkage: NDArray[np.float64]
    n: NDArray[np.intp]
    n_low: NDArray[np.intp]
    n_events: NDArray[np.intp]
    permutations: int
    status: tuple[str, ...]
    method: str
    convention: str


def log_rank_scores(survival: Survival) -> NDArray[np.float64]:
    """Return each participant's log-rank score: the event less the Nelson-Aalen hazard so far.

    Raises
    ------
    InputError
        If participants entered late: their scores cannot be exchanged.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0]), event=np.array([True, True]))
    >>> log_rank_scores(s)
    array([ 0.5, -0.5])
    """
    if survival.entry is not None:
        msg = "scores of participants who entered late cannot be permuted; use a landmark instead"
        raise InputError(msg)
    times, place = np.unique(survival.time, return_inverse=True)
    members = np.bincount(place, minlength=times.size)
    at_risk = survival.n - np.concatenate(([0], np.cumsum(members)))[:-1]
    deaths = np.bincount(place, survival.event, times.size)
    hazard = np.cumsum(deaths / np.maximum(at_risk, 1))
    return np.asarray(survival.event - hazard[place], dtype=float)


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


def screen_cut_points(
    survival: Survival,
    markers: ArrayLike,
    *,
    permutations: int,
    rng: np.random.Generator,
    lowest_share: float = 0.1,
    highest_share: float = 0.9,
) -> CutPointScreen:
    """Return the maximally selected cut of every biomarker with its adjusted p-values.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    markers : float array, shape (n, markers)
        NaN where a value is missing; that participant is left out of that biomarker only.
    permutations : int
        Shared by all biomarkers; the smallest p is 1 / (permutations + 1).
    rng : numpy Generator
    lowest_share, highest_share : float
        The share of participants up to the cut lies between these.

    Returns
    -------
    screen : CutPointScreen

    Raises
    ------
    InputError
        If shapes do not match, a value is infinite, shares are not 0 < low < high < 1, or
        participants entered late.

    Notes
    -----
    Convention: as R `maxstat.test(smethod = "LogRank")` without tied times; with tied times the
    scores are those of the log-rank test. A cut found here is a description of these
    participants; it is not a validated threshold. Checked against: R `maxstat`.
    """
    given = np.asarray(markers, dtype=float)
    if given.ndim != 2 or given.shape[0] != survival.n or np.isinf(given).any():
        msg = (
            f"one row of finite biomarkers per participant (NaN = missing): {survival.n} "
            f"participants, biomarkers {given.shape}"
        )
        raise InputError(msg)
    if not 0.0 < lowest_share < highest_share < 1.0 or permutations < 1:
        msg = (
            f"shares between 0 and 1, the lower first, and at least one permutation are needed; "
            f"found {lowest_share}, {highest_share} and {permutations}"
        )
        raise InputError(msg)
    # Participants with a value, as bits: their scores are computed once, not once per marker.
    scored = {_bits(np.ones(survival.n, dtype=bool)): log_rank_scores(survival)}
    shares = (lowest_share, highest_share)
    singles = [_search(survival, column, shares, scored) for column in given.T]
    maxima = _null_maxima(survival.n, singles, scored, permutations, rng)
    size = len(singles)
    statistic = np.array([one.statistic for one in singles], dtype=float).reshape(size)
    p, shrinkage = np.full(size, np.nan), np.full(size, np.nan)
    for marker, one in enumerate(singles):
        if one.status:
            continue
        null = maxima[one.group]
        # A permutation that gives the statistic itself counts, whatever its last digit.
        beyond = null.size - np.searchsorted(null, one.statistic * (1.0 - 1e-12))
        p[marker] = (1.0 + beyond) / (permutations + 1.0)
        explained = float(np.mean(null**2))
        shrinkage[marker] = max(1.0 - explained / max(one.statistic**2, 1e-300), 0.0)
    return CutPointScreen(
        cuts=np.array([one.cut for one in singles], dtype=float).reshape(size),
        statistics=statistic,
        p_lausen_schumacher=lausen_schumacher_p(
            statistic, lowest_share=lowest_share, highest_share=highest_share
        ),
        p_permutation=p,
        shrinkage=shrinkage,
        n=np.array([one.n for one in singles], dtype=np.intp).reshape(size),
        n_low=np.array([one.n_low for one in singles], dtype=np.intp).reshape(size),
        n_events=np.array([one.n_events for one in singles], dtype=np.intp).reshape(size),
        permutations=permutations,
        status=tuple(one.status for one in singles),
        method="maximally selected log-rank statistic",
        convention=f"cuts with {lowest_share:.0%} to {highest_share:.0%} of the participants below",
    )


@dataclass(frozen=True, slots=True)
class _Single:
    """The search of one marker; `group` names the null distribution that it shares."""

    cut: float
    statistic: float
    n: int
    n_low: int
    n_events: int
    status: str
    group: tuple[bytes, bytes] = (b"", b"")


def _bits(rows: NDArray[np.bool_]) -> bytes:
    """Return a set of rows as something that can be looked up."""
    return np.packbits(rows).tobytes()


def _search(
    survival: Survival,
    values: NDArray[np.float64],
    shares: tuple[float, float],
    scored: dict[bytes, NDArray[np.float64]],
) -> _Single:
    """Return the best cut of one marker."""
    rows = ~np.isnan(values)
    n, n_events = int(rows.sum()), int(survival.event[rows].sum())
    gap = float("nan")
    status = ""
    if n < _FEWEST:
        status = f"{n} participants with a value are too few for a search: at least {_FEWEST}"
    elif n_events == 0:
        status = "no events were seen, so no cut can separate them"
    if status:
        return _Single(gap, gap, n, 0, n_events, status)
    present = values[rows]
    order = np.argsort(present, kind="stable")
    ordered = present[order]
    places = np.flatnonzero(ordered[1:] > ordered[:-1]) + 1
    low, high = max(1, int(np.floor(n * shares[0]))), int(np.floor(n * shares[1]))
    places = places[(places >= low) & (places <= high)]
    if not places.size:
        status = "the values leave no cut between the permitted shares"
        return _Single(gap, gap, n, 0, n_events, status)
    observed = _bits(rows)
    if observed not in scored:
        scored[observed] = log_rank_scores(survival.select(rows))
    scores = scored[observed]
    scale = _scale(scores, n)
    if not np.isfinite(scale).all():
        status = "all participants have the same score, so no cut can separate them"
        return _Single(gap, gap, n, 0, n_events, status)
    found = np.abs(np.cumsum(scores[order] - scores.mean())[places - 1]) * scale[places]
    best = int(found.argmax())
    place = int(places[best])
    possible = np.zeros(n + 1, dtype=np.bool_)
    possible[places] = True
    group = (observed, _bits(possible))
    return _Single(float(ordered[place - 1]), float(found[best]), n, place, n_events, "", group)


def _scale(scores: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return one over the standard deviation of the sum of k scores, for k = 0 ... n."""
    k = np.arange(n + 1, dtype=float)
    spread = float(np.sum((scores - scores.mean()) ** 2))
    if not spread > 1e-12:
        return np.full(n + 1, np.inf)
    variance = k * (n - k) / (n * (n - 1.0)) * spread
    variance[[0, n]] = np.inf
    return np.asarray(1.0 / np.sqrt(variance), dtype=float)


def _null_maxima(
    n_all: int,
    singles: list[_Single],
    scored: dict[bytes, NDArray[np.float64]],
    permutations: int,
    rng: np.random.Generator,
) -> dict[tuple[bytes, bytes], NDArray[np.float64]]:
    """Return the sorted maxima under permutation of each group of markers."""
    groups = list(dict.fromkeys(one.group for one in singles if not one.status))
    prepared = []
    for observed, possible in groups:
        rows = np.unpackbits(np.frombuffer(observed, np.uint8), count=n_all).astype(bool)
        scores, n = np.full(n_all, np.nan), int(rows.sum())
        within = scored[observed]
        scores[rows] = within - within.mean()
        places = np.unpackbits(np.frombuffer(possible, np.uint8), count=n + 1).astype(bool)
        prepared.append((scores, np.where(places, _scale(within, n), 0.0)))
    maxima = np.empty((len(groups), permutations))
    for first in range(0, permutations, _BLOCK):
        # A block of permutations at a time, read by every group while it is in the cache.
        size = min(_BLOCK, permutations - first)
        orders = rng.permuted(np.tile(np.arange(n_all), (size, 1)), axis=1)
        for position, (scores, scale) in enumerate(prepared):
            _maxima(orders, scores, scale, maxima[position, first : first + size])
    return {group: np.sort(row) for group, row in zip(groups, maxima, strict=True)}


@compiled
def _maxima(
    orders: NDArray[np.int64],
    scores: NDArray[np.float64],
    scale: NDArray[np.float64],
    found: NDArray[np.float64],
) -> None:
    """Write the largest standardised partial sum of each order; missing scores are passed over."""
    for row in range(orders.shape[0]):
        total, largest, place = 0.0, 0.0, 0
        for position in range(orders.shape[1]):
            score = scores[orders[row, position]]
            if np.isnan(score):
                continue
            total += score
            place += 1
            here = abs(total) * scale[place]
            largest = max(largest, here)
        found[row] = largest
