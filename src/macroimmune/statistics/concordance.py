"""Concordance of a marker with survival: Harrell's and Uno's, differences, bootstrap."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import censoring_curve
from macroimmune.statistics.concordance_pairs import pair_shares, pair_sums
from macroimmune.statistics.covariates import covariate_matrix
from macroimmune.statistics.intervals import normal_quantile, wald_p

__all__ = [
    "Concordance",
    "ConcordanceDifference",
    "ConcordanceWeights",
    "bootstrap_concordance",
    "concordance",
    "concordance_difference",
]

ConcordanceWeights = Literal["harrell", "uno"]
_DIRECTION = "above one half = higher values go with earlier events; ties of the marker count half"


@dataclass(frozen=True, slots=True, eq=False)
class Concordance:
    """A concordance; the numbers are NaN where `status` says why there is none.

    Parameters
    ----------
    concordance : float
    standard_error : float
        By the infinitesimal jackknife; Uno's weights are taken as known.
    ci_low, ci_high : float
        On the logit scale; NaN where the concordance is 0 or 1.
    concordant, discordant, tied : float
        Pairs, weighted for Uno's concordance.
    influence : float array, shape (n,)
        What each participant adds to the estimate; the standard error is the root of the sum
        of squares.
    weights : {"harrell", "uno"}
    horizon_days : float
        Events after it open no pair; infinite where none was set.
    n, n_events : int
        Participants; events up to the horizon.
    method, convention, status : str
    """

    concordance: float
    standard_error: float
    ci_low: float
    ci_high: float
    concordant: float
    discordant: float
    tied: float
    influence: NDArray[np.float64]
    weights: ConcordanceWeights
    horizon_days: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class ConcordanceDifference:
    """The concordance of a second marker less that of a first, on the same participants.

    Parameters
    ----------
    first, second : Concordance
    difference, standard_error, ci_low, ci_high, p_value : float
        Wald, from the influence of each participant on both.
    n, n_events : int
    method, convention, status : str
    """

    first: Concordance
    second: Concordance
    difference: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Participants as the pair counts want them: last day first."""

    order: NDArray[np.intp]
    day: NDArray[np.int64]
    is_event: NDArray[np.int64]
    time: NDArray[np.float64]


def concordance(
    survival: Survival,
    marker: ArrayLike,
    *,
    weights: ConcordanceWeights = "harrell",
    horizon_days: float | None = None,
    confidence: float = 0.95,
) -> Concordance:
    """Return how often the participant with the higher marker has the earlier event.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    marker : float array, shape (n,)
        Without missing values; higher is expected to mean earlier.
    weights : {"harrell", "uno"}
        Every pair alike, or pairs by 1 / G(t-)^2 so that the estimate does not depend on who was
        censored.
    horizon_days : float or None
        Only events up to it open pairs. It should be given for Uno's, whose weights grow without
        bound at the end of follow-up.
    confidence : float

    Returns
    -------
    found : Concordance

    Raises
    ------
    InputError
        If the marker does not match, values are missing, participants entered late, or the
        horizon is not positive.

    Notes
    -----
    Convention: 1 - C is what packages print that take a marker as a predicted survival time. A
    pair of events on one day is no pair; a censoring on the day of an event outlived it. Checked
    against: R `concordance(timewt = "n" and "n/G2", reverse = TRUE)`.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 3.0]), event=np.array([True, True, False]))
    >>> concordance(s, [3.0, 1.0, 2.0]).concordance
    0.6666666666666666
    """
    values = covariate_matrix(marker, survival.n)[:, 0]
    z = normal_quantile(confidence)
    horizon = _checked(survival, weights, horizon_days)
    ordered = _sorted(survival, horizon)
    problem = _problem(survival, horizon)
    rank, n_ranks = _ranks(values, ordered)
    gap = np.full(survival.n, np.nan)
    value = error = low = high = np.nan
    sums = (np.nan, np.nan, np.nan)
    if not problem:
        time_weight = _time_weights(survival, ordered, weights)
        tree = np.empty(n_ranks + 1)
        sums = pair_sums(
            ordered.day, ordered.is_event, rank, np.ones(survival.n), time_weight, tree
        )
        pairs = sum(sums)
        problem = (
            "" if pairs > 0 else "no two participants can be compared: nobody outlived an event"
        )
    if not problem:
        value = (sums[0] + sums[2] / 2.0) / pairs
        difference, member = pair_shares(ordered.day, ordered.is_event, rank, time_weight, tree)
        # A participant's concordance is (difference + pairs) / 2 of the pairs it is in.
        gap[ordered.order] = ((difference + member) / 2.0 - value * member) / pairs
        error = float(np.sqrt(np.sum(gap**2)))
        low, high = _logit_interval(value, error, z)
    return Concordance(
        concordance=value,
        standard_error=error,
        ci_low=low,
        ci_high=high,
        concordant=sums[0],
        discordant=sums[1],
        tied=sums[2],
        influence=gap,
        weights=weights,
        horizon_days=horizon,
        n=survival.n,
        n_events=int((survival.event & (survival.time <= horizon)).sum()),
        method=_method(weights, horizon),
        convention=_DIRECTION,
        status=problem,
    )


def concordance_difference(
    survival: Survival,
    first: ArrayLike,
    second: ArrayLike,
    *,
    weights: ConcordanceWeights = "harrell",
    horizon_days: float | None = None,
    confidence: float = 0.95,
) -> ConcordanceDifference:
    """Return how much better the second marker orders the participants than the first.

    Parameters
    ----------
    survival : Survival
    first, second : float array, shape (n,)
        Without missing values; the same participants.
    weights, horizon_days, confidence
        As in `concordance`.

    Returns
    -------
    found : ConcordanceDifference

    Raises
    ------
    InputError
        As `concordance`.

    Notes
    -----
    Convention: above zero = the second is better. The markers are taken as given: where they were
    fitted to the same participants the difference is apparent, not validated. Checked against: R
    `concordance(fit1, fit2)`.
    """
    one = concordance(survival, first, weights=weights, horizon_days=horizon_days)
    two = concordance(survival, second, weights=weights, horizon_days=horizon_days)
    z = normal_quantile(confidence)
    difference = two.concordance - one.concordance
    error = float(np.sqrt(np.sum((two.influence - one.influence) ** 2)))
    status = one.status
    if not status and error == 0.0:
        status = "both markers order the participants alike, so there is no difference to test"
    known = not status
    return ConcordanceDifference(
        first=one,
        second=two,
        difference=difference,
        standard_error=error,
        ci_low=difference - z * error if known else float("nan"),
        ci_high=difference + z * error if known else float("nan"),
        p_value=float(wald_p(np.array([difference / error]))[0]) if known else float("nan"),
        n=one.n,
        n_events=one.n_events,
        method=f"difference of {one.method}",
        convention="second less first; Wald, by the infinitesimal jackknife",
        status=status,
    )


def bootstrap_concordance(
    survival: Survival,
    marker: ArrayLike,
    *,
    replicates: int,
    rng: np.random.Generator,
    horizon_days: float | None = None,
) -> NDArray[np.float64]:
    """Return Harrell's concordance in bootstrap samples of the participants.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    marker : float array, shape (n,)
    replicates : int
    rng : numpy Generator
    horizon_days : float or None

    Returns
    -------
    concordances : float array, shape (replicates,)
        NaN for a sample without a pair that can be compared.

    Raises
    ------
    InputError
        As `concordance`.

    Notes
    -----
    Convention: participants are drawn with replacement; how often each was drawn enters as its
    weight, so that nothing is sorted again. Two copies of a participant are no pair.
    """
    values = covariate_matrix(marker, survival.n)[:, 0]
    horizon = _checked(survival, "harrell", horizon_days)
    ordered = _sorted(survival, horizon)
    rank, n_ranks = _ranks(values, ordered)
    time_weight, tree = np.ones(survival.n), np.empty(n_ranks + 1)
    found = np.full(replicates, np.nan)
    for replicate in range(replicates):
        drawn = np.bincount(rng.integers(0, survival.n, survival.n), minlength=survival.n).astype(
            float
        )
        concordant, discordant, tied = pair_sums(
            ordered.day, ordered.is_event, rank, drawn[ordered.order], time_weight, tree
        )
        pairs = concordant + discordant + tied
        if pairs > 0:
            found[replicate] = (concordant + tied / 2.0) / pairs
    return found


def _checked(survival: Survival, weights: ConcordanceWeights, horizon_days: float | None) -> float:
    """Return the horizon, infinite where there is none.

    Raises
    ------
    InputError
        If the weights are unknown, participants entered late, or the horizon is not positive.
    """
    if weights not in get_args(ConcordanceWeights):
        msg = f"weights {weights!r}: expected one of {get_args(ConcordanceWeights)}"
        raise InputError(msg)
    if survival.entry is not None:
        msg = (
            "concordance is not defined here for participants who entered late (entry given); "
            "use a landmark at which all were observed"
        )
        raise InputError(msg)
    if horizon_days is None:
        return float("inf")
    if not horizon_days > 0:
        msg = f"a horizon is a day after time zero, found {horizon_days}"
        raise InputError(msg)
    return float(horizon_days)


def _sorted(survival: Survival, horizon: float) -> _Sorted:
    """Return the participants by time descending, those without an event first on each day."""
    event = survival.event & (survival.time <= horizon)
    order = np.lexsort((event, -survival.time))
    time = survival.time[order]
    return _Sorted(
        order=order,
        day=np.unique(time, return_inverse=True)[1].astype(np.int64),
        is_event=event[order].astype(np.int64),
        time=time,
    )


def _ranks(values: NDArray[np.float64], ordered: _Sorted) -> tuple[NDArray[np.int64], int]:
    """Return the dense ranks of the marker in the order of time, and how many there are."""
    levels, rank = np.unique(values, return_inverse=True)
    return rank[ordered.order].astype(np.int64), int(levels.size)


def _time_weights(
    survival: Survival, ordered: _Sorted, weights: ConcordanceWeights
) -> NDArray[np.float64]:
    """Return the weight of the pairs that an event opens."""
    if weights == "harrell":
        return np.ones(survival.n)
    # G(t-) of an event is above zero: the participant was still there.
    before = censoring_curve(survival).before(ordered.time)
    return np.where(ordered.is_event == 1, 1.0 / np.maximum(before, 1e-300) ** 2, 1.0)


def _problem(survival: Survival, horizon: float) -> str:
    """Say why no concordance can be told, or nothing."""
    if survival.n_events == 0:
        return "no events were seen, so nothing can be compared"
    if np.isfinite(horizon) and horizon > survival.time.max():
        return (
            f"the horizon of {horizon:g} days lies past the last follow-up of "
            f"{survival.time.max():g} days"
        )
    if not (survival.event & (survival.time <= horizon)).any():
        return f"no events were seen up to the horizon of {horizon:g} days"
    return ""


def _logit_interval(value: float, error: float, z: float) -> tuple[float, float]:
    """Return the interval on the logit scale, NaN at 0 and 1."""
    if not 0.0 < value < 1.0:
        return float("nan"), float("nan")
    logit, width = np.log(value / (1.0 - value)), z * error / (value * (1.0 - value))
    low, high = (float(1.0 / (1.0 + np.exp(-(logit + k * width)))) for k in (-1.0, 1.0))
    return low, high


def _method(weights: ConcordanceWeights, horizon: float) -> str:
    name = (
        "Harrell's concordance" if weights == "harrell" else "Uno's concordance, weights 1/G(t-)^2"
    )
    return name + (f", up to day {horizon:g}" if np.isfinite(horizon) else "")
