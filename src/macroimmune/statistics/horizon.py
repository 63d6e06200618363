"""The day up to which predictions are judged, where nobody fixed one."""

from dataclasses import dataclass

import numpy as np

from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import censoring_curve
from macroimmune.statistics.kaplan_meier import kaplan_meier

__all__ = ["STANDARD_HORIZONS_DAYS", "Horizon", "horizon_at", "standard_horizon"]

STANDARD_HORIZONS_DAYS = (90.0, 180.0, 365.0, 730.0, 1095.0, 1825.0)
_FEWEST_FOLLOWED = 0.5
_MOST_EVENTS = 0.75


@dataclass(frozen=True, slots=True)
class Horizon:
    """A horizon and what is known there; NaN where `status` says why there is none.

    Parameters
    ----------
    days : float
    event_share : float
        Kaplan-Meier estimate of the probability of the event by then.
    followed_share : float
        Probability of being under observation until then, had no event come first.
    status : str
    """

    days: float
    event_share: float
    followed_share: float
    status: str


def horizon_at(survival: Survival, days: float) -> Horizon:
    """Return what is known at a horizon that was fixed in advance.

    Parameters
    ----------
    survival : Survival
        Without left truncation, which gives a status.
    days : float

    Examples
    --------
    >>> s = Survival(time=np.array([10.0, 20.0, 30.0]), event=np.array([True, False, False]))
    >>> found = horizon_at(s, 20.0)
    >>> round(found.event_share, 2), found.followed_share
    (0.33, 1.0)
    """
    nan = float("nan")
    if survival.entry is not None:
        return Horizon(nan, nan, nan, "participants entered late, so no horizon is set")
    if not survival.n_events:
        return Horizon(nan, nan, nan, "no events were seen")
    if days > survival.time.max():
        last = survival.time.max()
        sentence = f"the horizon of {days:g} days lies past the last follow-up of {last:g} days"
        return Horizon(days, nan, nan, sentence)
    followed = float(censoring_curve(survival).before(np.array([days]))[0])
    event_share = 1.0 - float(kaplan_meier(survival).at([days])[0][0])
    return Horizon(days, event_share, followed, "")


def standard_horizon(survival: Survival) -> Horizon:
    """Return the longest usual horizon that the follow-up bears.

    Parameters
    ----------
    survival : Survival

    Returns
    -------
    horizon : Horizon
        With a status where fewer than half were followed for 90 days.

    Notes
    -----
    Convention: of 90, 180, 365, 730, 1095 and 1825 days the longest to which at least half were
    under observation (Kaplan-Meier curve of censoring) and by which at most three quarters had the
    event; where the event is too frequent for all of them, the shortest. No marker is looked at.

    Examples
    --------
    >>> time = np.linspace(10.0, 1000.0, 100)
    >>> standard_horizon(Survival(time=time, event=np.arange(100) % 2 == 0)).days
    730.0
    """
    found = [horizon_at(survival, days) for days in STANDARD_HORIZONS_DAYS]
    followed = [one for one in found if not one.status and one.followed_share >= _FEWEST_FOLLOWED]
    borne = [one for one in followed if one.event_share <= _MOST_EVENTS]
    if borne:
        return borne[-1]
    if followed:
        return followed[0]
    nan = float("nan")
    first = found[0]
    reason = first.status or (
        f"fewer than half were followed for {first.days:g} days, the shortest usual horizon"
    )
    return Horizon(nan, nan, nan, reason)
