"""Fisher's exact test of a fourfold table, or of one in each stratum, with its odds ratio."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence, label_codes
from macroimmune.statistics.logistic import checked_outcome

__all__ = ["ExactOddsRatio", "exact_odds_ratio"]

# Two tables whose probabilities differ by less are equally probable, as in R.
_SAME = 1.0 + 1e-7
_FARTHEST = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class ExactOddsRatio:
    """The odds of an outcome in one group over those in the other; NaN where `status` says why.

    Parameters
    ----------
    odds_ratio : float
        Conditional maximum likelihood, in the group over outside it; 0 or infinite where one side
        has all or none of the events.
    ci_low, ci_high : float
        Exact interval, each tail half of one minus its level; an end may be 0 or infinite.
    p_value : float
        Two-sided: all tables that are no more probable than the one seen.
    n, n_events, n_group : int
    method, convention, status : str
    """

    odds_ratio: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    n_group: int
    method: str
    convention: str
    status: str


def exact_odds_ratio(
    outcome: NDArray[np.bool_],
    group: NDArray[np.bool_],
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> ExactOddsRatio:
    """Return the exact odds ratio of an outcome in a group against those outside it.

    Parameters
    ----------
    outcome, group : bool array, shape (n,)
    strata : int or text array, shape (n,), or None
        One common odds ratio for the tables of all strata.
    confidence : float

    Returns
    -------
    found : ExactOddsRatio
        With a status where no stratum holds both groups and both outcomes.

    Raises
    ------
    InputError
        If arrays are not boolean or do not match.

    Notes
    -----
    Convention: given the margins of every table; the p-value of Fisher is conservative, never
    too small. Checked against: R `fisher.test` and `mantelhaen.test(exact = TRUE)`.

    Examples
    --------
    >>> tea = np.repeat([True, False], 4)
    >>> said = np.array([True, True, True, False, False, False, False, True])
    >>> round(exact_odds_ratio(tea, said).p_value, 4)
    0.4857
    """
    happened, member = checked_outcome(outcome), checked_outcome(group)
    check_confidence(confidence)
    if happened.shape != member.shape:
        msg = f"one group for each outcome: {happened.size} outcomes, {member.size} groups"
        raise InputError(msg)
    n = happened.size
    stratum = np.zeros(n, int) if strata is None else label_codes(strata, n, "stratum")[0]
    tables = _tables(happened, member, stratum)
    seen, (low, high) = int((happened & member).sum()), _support(tables)
    gap = float("nan")
    estimate, ci_low, ci_high, p_value, status = gap, gap, gap, gap, ""
    if low == high:
        status = "no stratum holds both groups and both outcomes" if strata is not None else (
            "there is only one group or only one outcome, so there is nothing to compare"
        )  # fmt: skip
    else:
        probability = np.exp(_log_distribution(tables, 0.0))
        beside = probability <= probability[seen - low] * _SAME
        p_value = min(float(probability[beside].sum()), 1.0)
        # Tilted to where the table seen is usual, so that nothing is lost to underflow there.
        tilt = _start(tables)
        logs = _log_distribution(tables, tilt) - tilt * np.arange(low, high + 1)
        estimate, ci_low, ci_high = _inverted(logs, seen - low, (1.0 - confidence) / 2.0)
    return ExactOddsRatio(
        odds_ratio=estimate,
        ci_low=ci_low,
        ci_high=ci_high,
        p_value=p_value,
        n=n,
        n_events=int(happened.sum()),
        n_group=int(member.sum()),
        method="Fisher's exact test" + ("" if strata is None else ", stratified"),
        convention="conditional maximum likelihood; p of all tables no more probable",
        status=status,
    )


def _tables(
    happened: NDArray[np.bool_], member: NDArray[np.bool_], stratum: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Return members, others and events of each stratum, and events among members."""
    counts = [
        np.bincount(stratum, rows).astype(np.int64)
        for rows in (member, ~member, happened, happened & member)
    ]
    return np.stack(counts, axis=1)


def _support(tables: NDArray[np.int64]) -> tuple[int, int]:
    """Return the fewest and the most events that members can have in all."""
    members, others, events, _ = tables.T
    low, high = np.maximum(0, events - others), np.minimum(events, members)
    return int(low.sum()), int(high.sum())


def _start(tables: NDArray[np.int64]) -> float:
    """Return about the log odds ratio: Mantel-Haenszel with half a participant in each cell."""
    members, others, events, both = tables.T
    n = np.maximum(members + others, 1)
    with_it = np.sum((both + 0.5) * (others - events + both + 0.5) / n)
    return float(np.log(with_it / np.sum((members - both + 0.5) * (events - both + 0.5) / n)))


def _log_distribution(tables: NDArray[np.int64], tilt: float) -> NDArray[np.float64]:
    """Return the log probabilities of all numbers of events among members, odds ratio exp(tilt)."""
    whole = np.ones(1)
    for members, others, events, _ in tables:
        a = np.arange(max(0, events - others), min(events, members) + 1)
        logs = _log_choose(members, a) + _log_choose(others, events - a) + tilt * a
        whole = np.convolve(whole, np.exp(logs - special.logsumexp(logs)))
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(whole, 0.0))


def _log_choose(n: int, k: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(-special.betaln(n - k + 1.0, k + 1.0) - np.log(n + 1.0))


def _inverted(logs: NDArray[np.float64], seen: int, tail: float) -> tuple[float, float, float]:
    """Return the odds ratio with the seen mean, and those with the seen tails."""
    a, last = np.arange(logs.size), logs.size - 1

    def probability(beta: float) -> NDArray[np.float64]:
        tilted = logs + beta * a
        return np.asarray(np.exp(tilted - special.logsumexp(tilted)))

    estimate, ci_low, ci_high = 0.0, 0.0, float("inf")
    if seen == last:
        estimate = float("inf")
    elif seen > 0:
        estimate = _root(lambda beta: float(probability(beta) @ a) - seen)
    if seen > 0:
        ci_low = _root(lambda beta: float(probability(beta)[seen:].sum()) - tail)
    if seen < last:
        ci_high = _root(lambda beta: tail - float(probability(beta)[: seen + 1].sum()))
    return estimate, ci_low, ci_high


def _root(rising: Callable[[float], float]) -> float:
    """Return the odds ratio at which a function of its logarithm, rising, is zero."""
    low, high = -1.0, 1.0
    while rising(low) > 0 and low > -_FARTHEST:
        low *= 2.0
    while rising(high) < 0 and high < _FARTHEST:
        high *= 2.0
    return float(np.exp(optimize.brentq(rising, low, high, xtol=1e-12, rtol=1e-13)))
