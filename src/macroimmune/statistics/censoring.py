"""How long participants stayed under observation: the curve G that weights censored data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival

__all__ = ["CensoringCurve", "censoring_curve", "weight_influence"]


@dataclass(frozen=True, slots=True, eq=False)
class CensoringCurve:
    """The probability of still being under observation, from `censoring_curve`.

    Parameters
    ----------
    time : float array, shape (times,), days
        Distinct times at which somebody was censored, ascending.
    probability : float array, shape (times,)
        G just after each of them.
    last : float, days
        The longest follow-up; G is not known after it.
    n, n_censored : int
    """

    time: NDArray[np.float64]
    probability: NDArray[np.float64]
    last: float
    n: int
    n_censored: int

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return G(t) = P(observed longer than t); NaN after the longest follow-up."""
        return self._step(times, "right")

    def before(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return G(t-) = P(observed at least until t); NaN after the longest follow-up."""
        return self._step(times, "left")

    def _step(self, times: NDArray[np.float64], side: str) -> NDArray[np.float64]:
        given = np.asarray(times, dtype=float)
        steps = np.concatenate(([1.0], self.probability))
        place = np.searchsorted(self.time, given, side="right" if side == "right" else "left")
        return np.where(given > self.last, np.nan, steps[place])


def censoring_curve(survival: Survival) -> CensoringCurve:
    """Return the Kaplan-Meier curve of the time to the end of observation.

    Parameters
    ----------
    survival : Survival
        Without left truncation.

    Returns
    -------
    curve : CensoringCurve

    Raises
    ------
    InputError
        If participants entered late: weights by one curve do not hold then.

    Notes
    -----
    Convention: an event comes before a censoring of the same day, so those with the event on a day
    are not at risk of being censored on it. Weights of events take G(t-), those of survivors
    G(t). Checked against: the weights of R `concordance(timewt = "n/G2")`.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 2.0, 3.0]), event=np.array([True, True, False, True]))
    >>> censoring_curve(s).before(np.array([2.0, 3.0]))
    array([1. , 0.5])
    """
    if survival.entry is not None:
        msg = (
            "weights for censoring are not defined here for participants who entered late "
            "(entry given); use a landmark at which all were observed"
        )
        raise InputError(msg)
    order = np.argsort(survival.time, kind="stable")
    time, event = survival.time[order], survival.event[order]
    distinct, first = np.unique(time, return_index=True)
    at_risk = time.size - first
    events = np.add.reduceat(event.astype(float), first) if time.size else np.empty(0)
    censored = np.add.reduceat((~event).astype(float), first) if time.size else np.empty(0)
    changes = censored > 0
    exposed = (at_risk - events)[changes]
    probability = np.cumprod(1.0 - censored[changes] / exposed)
    return CensoringCurve(
        time=distinct[changes],
        probability=np.asarray(probability, dtype=float),
        last=float(time[-1]) if time.size else 0.0,
        n=survival.n,
        n_censored=int((~event).sum()),
    )


def weight_influence(
    survival: Survival,
    curve: CensoringCurve,
    contributions: NDArray[np.float64],
    n_steps: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return what each participant moves in a weighted sum by moving the censoring curve.

    Parameters
    ----------
    survival : Survival
        That the curve was estimated from.
    curve : CensoringCurve
    contributions : float array, shape (n,)
        Terms of the sum, each already divided by G at its own time.
    n_steps : int array, shape (n,)
        How many steps of the curve lie before that time.

    Returns
    -------
    influence : float array, shape (n,)
        Added to the direct influence of each participant, the root of the sum of squares is the
        standard error of the sum.

    Notes
    -----
    Convention: infinitesimal jackknife of the product-limit curve, so exact under ties. Checked
    against: the change of the sum when a participant's weight is moved a little.
    """
    if not curve.time.size:
        return np.zeros(survival.n)
    censored = ~survival.event
    at = np.searchsorted(curve.time, survival.time, side="left")
    same_day = np.append(curve.time, np.nan)[at] == survival.time
    gone = np.bincount(at[same_day & censored], minlength=curve.time.size)
    events = np.bincount(at[same_day & survival.event], minlength=curve.time.size)
    ordered = np.sort(survival.time)
    exposed = survival.n - np.searchsorted(ordered, curve.time, side="left") - events
    # Sum of the terms that each step enters; none where everybody left, since G is zero there.
    entered = np.cumsum(np.bincount(n_steps, contributions, curve.time.size + 1)[:0:-1])[::-1]
    share = entered / np.maximum(exposed - gone, 1)
    running = np.concatenate(([0.0], np.cumsum(share * gone / exposed)))
    influence = np.asarray(-running[at + (same_day & censored)], dtype=float)
    influence[censored] += share[at[censored]]
    return influence
