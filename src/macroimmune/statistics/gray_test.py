"""Gray's test that the cumulative incidence of a cause is the same in all groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.causes import cause_codes
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.intervals import chi_squared_p

__all__ = ["GrayTest", "gray_test"]


@dataclass(frozen=True, slots=True, eq=False)
class GrayTest:
    """A test of Gray; the numbers are NaN where `status` says why there is none.

    Parameters
    ----------
    cause : int
        The code of the cause of interest.
    statistic : float
        Chi-squared.
    degrees_of_freedom : int
        Groups less one.
    p_value : float
    groups : text array, shape (groups,)
        Sorted labels.
    group_n, group_events, group_competing : int array, shape (groups,)
        Participants, events of the cause, events of other causes of each group.
    n, n_events, n_competing : int
    method, convention, status : str
    """

    cause: int
    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: NDArray[np.str_]
    group_n: NDArray[np.intp]
    group_events: NDArray[np.intp]
    group_competing: NDArray[np.intp]
    n: int
    n_events: int
    n_competing: int
    method: str
    convention: str
    status: str


def gray_test(
    survival: Survival,
    cause: ArrayLike,
    group: ArrayLike,
    *,
    of: int = 1,
    strata: ArrayLike | None = None,
) -> GrayTest:
    """Return the test that all groups have the same cumulative incidence of a cause.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause; without left truncation.
    cause : int array, shape (n,)
        0 where no event was seen, else the code of its cause.
    group : int, bool or text array, shape (n,)
        Floats are refused: a measured marker belongs into `fine_gray`.
    of : int
        The cause of interest.
    strata : int or text array, shape (n,), or None
        Groups are compared only within strata.

    Returns
    -------
    test : GrayTest

    Raises
    ------
    InputError
        If the arrays do not match, causes and events disagree, or participants entered late.

    Notes
    -----
    Convention: weight one at every event time (rho = 0); the variance is that of Gray, with the
    hypergeometric factor for ties. Unlike the log-rank test with other causes censored, it compares
    how many have the event by each time, not how fast it comes to those still free of any.
    Checked against: R `cmprsk::cuminc`.

    Examples
    --------
    >>> s = Survival(time=np.arange(1.0, 7.0), event=np.ones(6, dtype=bool))
    >>> test = gray_test(s, [1, 1, 2, 2, 2, 1], ["a", "a", "a", "b", "b", "b"])
    >>> test.degrees_of_freedom, test.group_events.tolist()
    (1, [2, 1])
    """
    codes = cause_codes(survival, cause, of)
    member, names = label_codes(group, survival.n, "group")
    stratum = np.zeros(survival.n, dtype=np.intp)
    if strata is not None:
        stratum = label_codes(strata, survival.n, "stratum")[0]
    of_interest = codes == of
    score, variance = np.zeros(names.size), np.zeros((names.size, names.size))
    for number in range(int(stratum.max(initial=-1)) + 1):
        rows = stratum == number
        if not (of_interest & rows).any():
            continue
        counts = _counts(survival.time[rows], codes[rows], member[rows], of, names.size)
        part, spread = _score_and_variance(*counts)
        score += part
        variance += spread
    statistic, status = _statistic(score, variance, int(of_interest.sum()), of)
    freedom = max(names.size - 1, 0)
    return GrayTest(
        cause=of,
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=chi_squared_p(statistic, freedom) if freedom else float("nan"),
        groups=names,
        group_n=np.bincount(member, minlength=names.size),
        group_events=np.bincount(member[of_interest], minlength=names.size),
        group_competing=np.bincount(member[(codes > 0) & ~of_interest], minlength=names.size),
        n=survival.n,
        n_events=int(of_interest.sum()),
        n_competing=int(((codes > 0) & ~of_interest).sum()),
        method="Gray's test" + ("" if strata is None else ", stratified"),
        convention="weight one at every event time; Gray's variance; chi-squared p",
        status=status,
    )


def _counts(
    time: NDArray[np.float64],
    codes: NDArray[np.intp],
    member: NDArray[np.intp],
    of: int,
    size: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, per time of any event and group: at risk, events of the cause, of other causes."""
    days = np.unique(time[codes > 0])
    table = np.zeros((3, days.size, size))
    for column in range(size):
        mine = member == column
        table[0, :, column] = mine.sum() - np.searchsorted(np.sort(time[mine]), days, side="left")
        for row, events in ((1, codes == of), (2, (codes > 0) & (codes != of))):
            place = np.searchsorted(days, time[mine & events])
            table[row, :, column] = np.bincount(place, minlength=days.size)
    return table[0], table[1], table[2]


def _score_and_variance(
    at_risk: NDArray[np.float64], events: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return observed less expected events by group, and its covariance.

    Arguments have shape (times, groups). In Gray's words: Y is at risk, S the chance of being free
    of any event, F the incidence of the cause; R = Y (1 - F) / S stands for those at risk of the
    sub-distribution. Under the null hypothesis F is common, so its increments and 1 - F in the
    variance are pooled over groups.
    """
    present = at_risk > 0
    safe = np.where(present, at_risk, 1.0)
    free = np.cumprod(np.where(present, 1.0 - (events + others) / safe, 1.0), axis=0)
    before = np.vstack([np.ones((1, free.shape[1])), free[:-1]])
    usable = present & (before > 0)
    size = np.where(usable, at_risk / np.where(usable, before, 1.0), 0.0)
    incidence = np.cumsum(np.where(usable, before * events / safe, 0.0), axis=0)
    incidence_before = np.vstack([np.zeros((1, free.shape[1])), incidence[:-1]])
    exposed = size * (1.0 - incidence_before)
    total_events = events.sum(axis=1)
    expected = total_events[:, None] * _share(exposed)
    score = np.asarray((events - expected).sum(axis=0), dtype=float)

    total = size.sum(axis=1)
    pooled = np.cumsum(total_events / total)
    pooled_before = np.concatenate(([0.0], pooled[:-1]))
    share = _share(size)
    # contrast[t, i, k]: what an event in group k at t adds to the difference of group i.
    contrast = size[:, :, None] * (np.eye(size.shape[1])[None] - share[:, None, :])
    step = total_events / (total * np.maximum(1.0 - pooled_before, 1e-300))
    so_far = np.cumsum(contrast * step[:, None, None], axis=0)
    to_come = so_far[-1] - so_far
    loss = np.where(free > 0, (1.0 - pooled)[:, None] / np.where(free > 0, free, 1.0), 0.0)

    tied = np.where(total_events > 1, (total_events - 1.0), 0.0)[:, None]
    shrunk = 1.0 - tied / np.maximum(total[:, None] * before - 1.0, 1.0)
    of_cause = np.where(
        usable, shrunk * before * total_events[:, None] / (total[:, None] * safe), 0.0
    )
    tied = np.where(others > 1, others - 1.0, 0.0)
    shrunk = 1.0 - tied / np.maximum(at_risk - 1.0, 1.0)
    of_others = np.where(usable, shrunk * before**2 * others / safe**2, 0.0)
    one = contrast + (1.0 - loss)[:, None, :] * to_come
    two = loss[:, None, :] * to_come
    variance = np.einsum("tik,tjk,tk->ij", one, one, of_cause)
    variance += np.einsum("tik,tjk,tk->ij", two, two, of_others)
    return score, np.asarray(variance, dtype=float)


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    total = values.sum(axis=1, keepdims=True)
    return np.asarray(values / np.where(total > 0, total, 1.0), dtype=float)


def _statistic(
    score: NDArray[np.float64], variance: NDArray[np.float64], n_events: int, of: int
) -> tuple[float, str]:
    """Return the chi-squared of the scores, or NaN with the reason."""
    if score.size < 2:
        return float("nan"), "only one group is present, so there is nothing to compare"
    if not n_events:
        return float("nan"), f"nobody had an event of cause {of}, so the groups cannot be compared"
    # The differences sum to zero, so the last group carries no further information.
    reduced = variance[:-1, :-1]
    if np.linalg.matrix_rank(reduced, hermitian=True) < reduced.shape[0]:
        return float("nan"), "some group was never at risk together with another at an event"
    return float(score[:-1] @ np.linalg.solve(reduced, score[:-1])), ""
