"""The standardised log-rank statistic at every cut of one biomarker, and its null distribution.

A cut splits the participants; the sum of the log-rank scores up to it, divided by its standard
deviation under permutation, is the statistic of that cut. Within strata scores are formed, and
permuted, stratum by stratum. A binary outcome is a set of events on one and the same day: its
scores are the outcome less its mean, and the squared statistic is the chi-squared of the fourfold
table times (n - 1) / n.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.cut_point_loops import null_maxima
from macroimmune.statistics.logistic import checked_outcome

__all__ = [
    "CutSearch",
    "Outcome",
    "Permuted",
    "Scored",
    "checked_markers",
    "largest_under_permutation",
    "log_rank_scores",
    "outcome_survival",
    "search_cuts",
    "stratum_codes",
]

Outcome = Survival | NDArray[np.bool_]
Scored = dict[bytes, tuple[NDArray[np.float64], NDArray[np.float64] | None]]
Permuted = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]
_FEWEST = 10
_BLOCK = 500


@dataclass(frozen=True, slots=True, eq=False)
class CutSearch:
    """Every permitted cut of one biomarker; arrays are empty where `status` says why.

    Parameters
    ----------
    cuts : float array, shape (cuts,)
        The largest value that still lies in the lower group, ascending.
    statistics : float array, shape (cuts,)
        Standardised; positive where events come sooner, or more often, up to the cut.
    n_low : int array, shape (cuts,)
        Participants up to the cut.
    n, n_events : int
        Participants with a value, and the events among them.
    status : str
    rows : bool array, shape (participants,)
        Who has a value.
    scores : float array, shape (n,)
        Log-rank scores of those who have a value, in the order of the participants.
    stratum : int array, shape (n,)
        Stratum at each place along the marker.
    scale : float array, shape (n + 1,)
        One over the standard deviation of the sum of the first k scores, 0 where no cut is
        permitted.
    """

    cuts: NDArray[np.float64]
    statistics: NDArray[np.float64]
    n_low: NDArray[np.int64]
    n: int
    n_events: int
    status: str
    rows: NDArray[np.bool_]
    scores: NDArray[np.float64]
    stratum: NDArray[np.int64]
    scale: NDArray[np.float64]

    @property
    def best(self) -> int:
        """Position of the cut with the largest absolute statistic, the lowest among equals."""
        return int(np.abs(self.statistics).argmax())

    @property
    def group(self) -> bytes:
        """What the null distribution depends on, as a digest: equal where it can be shared."""
        parts = (_bits(self.rows), self.scale.tobytes(), self.stratum.tobytes())
        return hashlib.blake2b(b"|".join(parts)).digest()

    def for_permutations(self) -> Permuted:
        """Return scores of all participants (NaN = no value), strata and scale by place."""
        scores = np.full(self.rows.size, np.nan)
        scores[self.rows] = self.scores
        return scores, self.stratum, self.scale


def outcome_survival(outcome: Outcome) -> Survival:
    """Return a binary outcome as events of one day, and survival as it is.

    Raises
    ------
    InputError
        If a binary outcome is not a bool array, or participants entered late: their scores
        cannot be exchanged.
    """
    if not isinstance(outcome, Survival):
        happened = checked_outcome(outcome).astype(bool)
        return Survival(time=np.ones(happened.size), event=happened)
    if outcome.entry is not None:
        msg = "scores of participants who entered late cannot be permuted; use a landmark instead"
        raise InputError(msg)
    return outcome


def stratum_codes(strata: ArrayLike | None, n: int) -> NDArray[np.int64]:
    """Return the stratum of each participant as 0, 1, ...; all 0 without strata.

    Raises
    ------
    InputError
        If there is not one label for each participant, or labels are missing.
    """
    if strata is None:
        return np.zeros(n, dtype=np.int64)
    return label_codes(strata, n, "stratum")[0].astype(np.int64)


def checked_markers(markers: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return biomarkers as a float matrix of shape (n, markers).

    Raises
    ------
    InputError
        If rows do not match the participants, or a value is infinite.
    """
    given = np.asarray(markers, dtype=float)
    if given.ndim != 2 or given.shape[0] != n or np.isinf(given).any():
        msg = (
            f"one row of finite biomarkers per participant (NaN = missing): {n} participants, "
            f"biomarkers {given.shape}"
        )
        raise InputError(msg)
    return given


def log_rank_scores(survival: Survival, *, strata: ArrayLike | None = None) -> NDArray[np.float64]:
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
    checked = outcome_survival(survival)
    stratum = stratum_codes(strata, survival.n)
    order = np.lexsort((checked.time, stratum))
    time, own, event = checked.time[order], stratum[order], checked.event[order]
    opens_stratum = np.append(True, own[1:] > own[:-1])[: own.size]
    opens_day = opens_stratum.copy()
    opens_day[1:] |= time[1:] > time[:-1]
    place = np.cumsum(opens_day) - 1
    days = np.flatnonzero(opens_day)
    stops = np.searchsorted(own, own[days], side="right")
    deaths = np.bincount(place, event, days.size)
    # Sums over all days, less what had been summed when the stratum began.
    hazard = np.cumsum(deaths / np.maximum(stops - days, 1))
    before = np.append(0.0, hazard)[place[np.searchsorted(own, own)]]
    scores = np.empty(survival.n)
    scores[order] = event - (hazard[place] - before)
    return scores


def search_cuts(
    outcome: Survival,
    values: NDArray[np.float64],
    *,
    stratum: NDArray[np.int64],
    shares: tuple[float, float],
    scored: Scored,
) -> CutSearch:
    """Return the statistic at every permitted cut of one biomarker.

    Parameters
    ----------
    outcome : Survival
        As `outcome_survival` gives it.
    values : float array, shape (participants,)
        NaN where a value is missing.
    stratum : int array, shape (participants,)
    shares : (float, float)
        The share of participants up to the cut lies between these.
    scored : dict
        Scores, and in one stratum the deviations of their sums, by the participants with a value;
        filled as they are needed.
    """
    rows = ~np.isnan(values)
    counts = (int(rows.sum()), int(outcome.event[rows].sum()))
    if counts[0] < _FEWEST:
        said = f"{counts[0]} participants with a value are too few for a search"
        return _no_search(rows, counts, f"{said}: at least {_FEWEST}")
    if counts[1] == 0:
        return _no_search(rows, counts, "no events were seen, so no cut can separate them")
    present, own = values[rows], stratum[rows]
    order = np.argsort(present, kind="stable")
    ordered = present[order]
    places = np.flatnonzero(ordered[1:] > ordered[:-1]) + 1
    low, high = max(1, int(np.floor(counts[0] * shares[0]))), int(np.floor(counts[0] * shares[1]))
    places = places[(places >= low) & (places <= high)]
    if not places.size:
        return _no_search(rows, counts, "the values leave no cut between the permitted shares")
    observed, one_stratum = _bits(rows), own.max() == own.min()
    if observed not in scored:
        scores = log_rank_scores(outcome.select(rows), strata=own)
        # In one stratum the deviations are the same whatever the order.
        scored[observed] = (scores, _deviations(scores, own, order) if one_stratum else None)
    scores, deviation = scored[observed]
    if deviation is None:
        deviation = _deviations(scores, own, order)
    places = places[deviation[places] > 0]
    if not places.size:
        said = "all participants have the same score, so no cut can separate them"
        return _no_search(rows, counts, said)
    scale = np.zeros(counts[0] + 1)
    scale[places] = 1.0 / deviation[places]
    return CutSearch(
        cuts=ordered[places - 1],
        statistics=np.cumsum(scores[order])[places - 1] * scale[places],
        n_low=places.astype(np.int64),
        n=counts[0],
        n_events=counts[1],
        status="",
        rows=rows,
        scores=scores,
        stratum=own if one_stratum else own[order],
        scale=scale,
    )


def _no_search(rows: NDArray[np.bool_], counts: tuple[int, int], status: str) -> CutSearch:
    nothing, none = np.zeros(0), np.zeros(0, dtype=np.int64)
    return CutSearch(nothing, nothing, none, *counts, status, rows, nothing, none, nothing)


def _bits(rows: NDArray[np.bool_]) -> bytes:
    """Return a set of rows as something that can be looked up."""
    return np.packbits(rows).tobytes()


def _deviations(
    scores: NDArray[np.float64], stratum: NDArray[np.int64], order: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the standard deviation of the sum of the first k scores, for k = 0 ... n."""
    variance = np.zeros(scores.size + 1)
    along = stratum[order]
    for own in np.unique(stratum):
        members = scores[stratum == own]
        n = members.size
        below = np.append(0, np.cumsum(along == own))
        if n > 1:
            variance += below * (n - below) / (n * (n - 1.0)) * np.sum(members**2)
    # What rounding leaves of nothing is nothing.
    return np.sqrt(np.where(variance > 1e-12, variance, 0.0))


def largest_under_permutation(
    prepared: Mapping[bytes, Permuted],
    stratum: NDArray[np.int64],
    permutations: int,
    rng: np.random.Generator,
) -> dict[bytes, NDArray[np.float64]]:
    """Return the sorted largest statistics under permutation, by group of searches.

    Parameters
    ----------
    prepared : mapping from `CutSearch.group` to what `CutSearch.for_permutations` gives
    stratum : int array, shape (participants,)
        Participants change places within their stratum only.
    permutations : int
    rng : numpy Generator

    Returns
    -------
    maxima : dict from group to float array, shape (permutations,)
    """
    starts = np.searchsorted(np.sort(stratum), np.arange(stratum.max(initial=0) + 1))
    maxima = np.empty((len(prepared), permutations))
    for first in range(0, permutations if prepared else 0, _BLOCK):
        # A block of permutations at a time, read by every group while it is in the cache.
        size = min(_BLOCK, permutations - first)
        orders = rng.permuted(np.tile(np.arange(stratum.size), (size, 1)), axis=1)
        if starts.size > 1:
            by_stratum = np.argsort(stratum[orders], axis=1, kind="stable")
            orders = np.take_along_axis(orders, by_stratum, axis=1)
        for position, (scores, along, scale) in enumerate(prepared.values()):
            into = maxima[position, first : first + size]
            null_maxima(orders, starts, scores, along, scale, into)
    return {group: np.sort(row) for group, row in zip(prepared, maxima, strict=True)}
