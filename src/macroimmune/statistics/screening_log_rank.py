"""Thousands of biomarkers, each as groups in a log-rank test of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.log_rank import chi_squared_of_groups, problem_of_groups
from macroimmune.statistics.screening_blocks import checked_markers, in_blocks, walk_of
from macroimmune.statistics.screening_log_rank_loops import count_groups

__all__ = ["LogRankScreen", "screen_log_rank"]

_MOST_GROUPS = 20


@dataclass(frozen=True, slots=True, eq=False)
class LogRankScreen:
    """A log-rank test per biomarker; NaN where `status` says why there is none.

    Parameters
    ----------
    statistics : float array, shape (markers,)
        Chi-squared.
    degrees_of_freedom : int array, shape (markers,)
        Groups that could have had an event, less one.
    p_values : float array, shape (markers,)
    group_n : int array, shape (markers, groups)
        Participants of each group, in ascending order of the group; with cuts first "up to", then
        "above". `groups` is the largest number of them that a biomarker has; zero beyond its own.
    observed, expected : float array, shape (markers, groups)
        Events seen, and expected if the hazards were equal; NaN beyond a biomarker's own groups.
    n, n_events : int array, shape (markers,)
        Participants with a value, and their events.
    status : tuple of str, shape (markers,)
        Empty when all is well.
    method, convention : str
    """

    statistics: NDArray[np.float64]
    degrees_of_freedom: NDArray[np.intp]
    p_values: NDArray[np.float64]
    group_n: NDArray[np.intp]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    n: NDArray[np.intp]
    n_events: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str


def screen_log_rank(
    survival: Survival,
    markers: ArrayLike,
    *,
    cuts: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> LogRankScreen:
    """Return a log-rank test of every biomarker.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured.
    markers : float array, shape (n, markers)
        Measurements where cuts are given, else whole numbers that name groups. NaN where a
        participant has no value; that participant is left out of that biomarker's test only.
    cuts : float array, shape (markers,), or None
        Fixed before outcomes were looked at: values above the cut are compared with values up to
        it. A cut may be NaN where a biomarker has none; `status` then says so.
    strata : int or text array, shape (n,), or None
        Groups are compared only within strata.

    Returns
    -------
    screen : LogRankScreen
        A biomarker with one group only, without events, with more than 20 groups, or with groups
        that were never at risk together has no test, and a status.

    Raises
    ------
    InputError
        If rows do not match the participants, a value is infinite, cuts do not match the
        biomarkers, or values are no whole numbers and there are no cuts.

    Notes
    -----
    Convention: weight one at every event time; hypergeometric variance with ties; "above" is
    strict. A cut that was searched for needs `screen_cut_points`. Checked against: R `survdiff`,
    and `log_rank` of one biomarker at a time.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 3.0, 4.0]), event=np.ones(4, dtype=bool))
    >>> screen = screen_log_rank(s, np.array([[5.0], [6.0], [8.0], [9.0]]), cuts=[7.0])
    >>> round(float(screen.statistics[0]), 3), screen.group_n.tolist()
    (2.882, [[2, 2]])
    """
    given = checked_markers(markers, survival.n)
    size = given.shape[1]
    threshold = None if cuts is None else _checked_cuts(cuts, size)
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    most = _MOST_GROUPS if threshold is None else 2
    group_n, observed, expected = (np.zeros((size, most)) for _ in range(3))
    statistics, groups = np.full(size, np.nan), np.zeros(size, dtype=np.intp)
    has_value = np.zeros(size, dtype=bool)
    if survival.n:
        walk = walk_of(survival, stratum)

        def test(block: NDArray[np.float64], columns: slice) -> None:
            has_value[columns] = ~np.isnan(block).all(axis=1)
            if threshold is None:
                codes, groups[columns] = _whole_number_codes(block, columns.start)
            else:
                codes, groups[columns] = _codes_at(block, threshold[columns]), 2
            variance = np.zeros((codes.shape[0], most, most))
            count_groups(
                codes, walk, group_n[columns], observed[columns], expected[columns], variance
            )
            statistics[columns] = _statistics(observed[columns], expected[columns], variance)

        in_blocks(given, walk.order, test)
    lacks_cut = np.zeros(size, dtype=bool) if threshold is None else np.isnan(threshold)
    informative = (expected > 0).sum(axis=1)
    present = (group_n > 0).sum(axis=1)
    status = tuple(
        _problem(has_value=bool(has_value[k]), lacks_cut=bool(lacks_cut[k]))
        or _too_many(int(groups[k]))
        or problem_of_groups(int(present[k]), int(informative[k]), float(statistics[k]))
        for k in range(size)
    )
    freedom = np.maximum(informative - 1, 0)
    widest = int(groups[groups <= most].max(initial=2))
    beyond = np.arange(widest) >= np.where(groups <= most, groups, 0)[:, None]
    return LogRankScreen(
        statistics=statistics,
        degrees_of_freedom=freedom,
        p_values=np.asarray(special.chdtrc(np.maximum(freedom, 1), statistics)),
        group_n=group_n[:, :widest].astype(np.intp),
        observed=np.where(beyond, np.nan, observed[:, :widest]),
        expected=np.where(beyond, np.nan, expected[:, :widest]),
        n=group_n.sum(axis=1).astype(np.intp),
        n_events=observed.sum(axis=1).astype(np.intp),
        status=status,
        method="log-rank, one biomarker at a time" + ("" if strata is None else ", stratified"),
        convention="weight one at every event time; hypergeometric variance; chi-squared p",
    )


def _checked_cuts(cuts: ArrayLike, size: int) -> NDArray[np.float64]:
    """Return the cuts as floats.

    Raises
    ------
    InputError
        If there is not one per biomarker.
    """
    given = np.asarray(cuts, dtype=float)
    if given.shape != (size,):
        msg = f"one cut per biomarker: {size} biomarkers, cuts {given.shape}"
        raise InputError(msg)
    return given


def _codes_at(block: NDArray[np.float64], cuts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 0 up to the cut, 1 above it, -1 where value or cut is missing."""
    above = (block > cuts[:, None]).astype(np.int64)
    above[np.isnan(block) | np.isnan(cuts)[:, None]] = -1
    return above


def _whole_number_codes(
    block: NDArray[np.float64], first: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the groups of each marker as 0, 1, ..., -1 where missing, and how many there are.

    Raises
    ------
    InputError
        If a value is no whole number; `first` is the marker with which the block begins.
    """
    known = ~np.isnan(block)
    fraction = known & (block != np.floor(block))
    if fraction.any():
        marker = int(np.flatnonzero(fraction.any(axis=1))[0])
        value = block[marker][fraction[marker]][0]
        msg = (
            f"groups are whole numbers, found {value:g} in biomarker {first + marker}; give "
            "`cuts` for a measurement"
        )
        raise InputError(msg)
    codes = np.full(block.shape, -1, dtype=np.int64)
    groups = np.zeros(block.shape[0], dtype=np.intp)
    for marker, rows in enumerate(known):
        labels, places = np.unique(block[marker, rows], return_inverse=True)
        groups[marker] = labels.size
        if labels.size <= _MOST_GROUPS:
            codes[marker, rows] = places
    return codes, groups


def _problem(*, has_value: bool, lacks_cut: bool) -> str:
    """Say that a marker has no values or no cut, or nothing."""
    if not has_value:
        return "no participant has a value"
    return "the cut of this biomarker is missing" if lacks_cut else ""


def _too_many(groups: int) -> str:
    """Say that whole numbers are a count rather than groups, or nothing."""
    if groups <= _MOST_GROUPS:
        return ""
    return f"{groups} groups are more than {_MOST_GROUPS}: a measurement needs a cut"


def _statistics(
    observed: NDArray[np.float64], expected: NDArray[np.float64], variance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the chi-squared of each marker, NaN where there is none."""
    informative = expected > 0
    difference = observed - expected
    found = np.full(len(observed), np.nan)
    # Two groups, the usual case, at once: the first tells all.
    two = np.flatnonzero(informative.sum(axis=1) == 2)
    first = informative[two].argmax(axis=1)
    spread = variance[two, first, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        found[two] = np.where(spread > 0, difference[two, first] ** 2 / spread, np.nan)
    for marker in np.flatnonzero(informative.sum(axis=1) > 2):
        kept = informative[marker]
        found[marker] = chi_squared_of_groups(
            difference[marker, kept], variance[marker][np.ix_(kept, kept)]
        )
    return found
