"""The log-rank test of two or more groups, stratified if wanted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.intervals import chi_squared_p
from macroimmune.statistics.risk_sets import risk_sets

__all__ = ["LogRank", "chi_squared_of_groups", "log_rank", "problem_of_groups"]


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """A log-rank test; the numbers are NaN where `status` says why there is none.

    Parameters
    ----------
    statistic : float
        Chi-squared.
    degrees_of_freedom : int
        Groups that could have had an event, less one.
    p_value : float
    groups : text array, shape (groups,)
        Sorted labels.
    group_n : int array, shape (groups,)
        Participants of each group.
    observed, expected : float array, shape (groups,)
        Events seen, and expected if the hazards were equal; each sums to `n_events`.
    n, n_events : int
    method, convention, status : str
        `status` is empty when all is well.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: NDArray[np.str_]
    group_n: NDArray[np.intp]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def log_rank(survival: Survival, group: ArrayLike, *, strata: ArrayLike | None = None) -> LogRank:
    """Return the log-rank test that all groups have the same hazard.

    Parameters
    ----------
    survival : Survival
        Times with events; left truncation is honoured.
    group : int, bool or text array, shape (n,)
        Floats are refused: a measured marker belongs into `cox`.
    strata : int or text array, shape (n,), or None
        Groups are compared only within strata.

    Returns
    -------
    test : LogRank

    Raises
    ------
    InputError
        If labels do not match the participants, or are floats or missing.

    Notes
    -----
    Convention: weight one at every event time; hypergeometric variance with ties. Crossing
    curves can hide a difference from this test. Checked against: R `survdiff`.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 3.0, 4.0]), event=np.ones(4, dtype=bool))
    >>> test = log_rank(s, ["a", "a", "b", "b"])
    >>> round(test.statistic, 3), test.degrees_of_freedom
    (2.882, 1)
    """
    codes, names = label_codes(group, survival.n, "group")
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    risk = risk_sets(survival, stratum)
    member = codes[:, None] == np.arange(names.size)
    observed = np.bincount(codes, survival.event, names.size).astype(float)
    # Rows: event times; columns: how many of each group are at risk.
    at_risk = np.empty((risk.time.size, names.size))
    for column in range(names.size):
        at_risk[:, column] = risk.sum_at_risk(member[:, column].astype(float))
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, None]
    expected = risk.deaths @ share
    # One patient alone at risk carries no information about the split of the deaths.
    spread = risk.deaths * (total - risk.deaths) / np.maximum(total - 1.0, 1.0)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share

    informative = expected > 0
    statistic = chi_squared_of_groups(
        (observed - expected)[informative], variance[np.ix_(informative, informative)]
    )
    status = problem_of_groups(names.size, int(informative.sum()), statistic)
    freedom = max(int(informative.sum()) - 1, 0)
    return LogRank(
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=chi_squared_p(statistic, freedom) if freedom else float("nan"),
        groups=names,
        group_n=np.bincount(codes, minlength=names.size),
        observed=observed,
        expected=expected,
        n=survival.n,
        n_events=survival.n_events,
        method="log-rank" + ("" if strata is None else ", stratified"),
        convention="weight one at every event time; hypergeometric variance; chi-squared p",
        status=status,
    )


def chi_squared_of_groups(difference: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Return the chi-squared of observed less expected events, NaN where there is none.

    Parameters
    ----------
    difference : float array, shape (groups,)
        Of groups with expected events only.
    variance : float array, shape (groups, groups)
    """
    # The differences sum to zero, so the last group carries no further information.
    reduced = variance[:-1, :-1]
    if difference.size < 2 or np.linalg.matrix_rank(reduced, hermitian=True) < reduced.shape[0]:
        return float("nan")
    return float(difference[:-1] @ np.linalg.solve(reduced, difference[:-1]))


def problem_of_groups(present: int, informative: int, statistic: float) -> str:
    """Say why groups cannot be compared, or nothing.

    Parameters
    ----------
    present, informative : int
        Groups with participants, and with expected events.
    statistic : float
        NaN where there is none.
    """
    if present < 2:
        return "only one group is present, so there is nothing to compare"
    if informative == 0:
        return "no events were seen, so the groups cannot be compared"
    if informative < 2:
        return "only one group was ever at risk when an event happened"
    if np.isnan(statistic):
        return "the groups were never at risk together when an event happened"
    return ""
