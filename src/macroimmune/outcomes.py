"""Outcomes of participants: a time with its event, and the response to therapy."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError

__all__ = ["BestResponse", "Survival"]


class BestResponse(StrEnum):
    """Best overall response by RECIST; the value is the code that tables carry."""

    COMPLETE_RESPONSE = "CR"
    PARTIAL_RESPONSE = "PR"
    STABLE_DISEASE = "SD"
    PROGRESSIVE_DISEASE = "PD"
    NOT_EVALUABLE = "NE"

    @property
    def is_responder(self) -> bool | None:
        """True for CR and PR, False for SD and PD, None where it was not evaluable."""
        if self is BestResponse.NOT_EVALUABLE:
            return None
        return self in {BestResponse.COMPLETE_RESPONSE, BestResponse.PARTIAL_RESPONSE}


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """Times with their events, one per participant, checked when built.

    Parameters
    ----------
    time : float array, shape (participants,), days
        From time zero to the event or to the last observation; finite, not negative, and above
        `entry` where that is given.
    event : bool array, shape (participants,)
        True where the event was seen at `time`, False where observation ended before it.
        Numbers are refused, so that times can never pass as event flags.
    entry : float array, shape (participants,), days, or None
        Left truncation: the participant came under observation at this time. None where all
        were observed from time zero.

    Raises
    ------
    InputError
        If shapes differ, `event` is not boolean, or a time is missing, infinite, negative or not
        above its entry.

    Notes
    -----
    Convention: an interval is open at entry and closed at time, (entry, time], as in R `Surv`.
    Without entry a time of 0 is allowed, as there: all were at risk at that moment.

    Examples
    --------
    >>> Survival(time=np.array([5.0, 8.0]), event=np.array([True, False])).n_events
    1
    """

    time: NDArray[np.float64]
    event: NDArray[np.bool_]
    entry: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Check what was given and keep read-only copies of it.

        Raises
        ------
        InputError
            As the class says.
        """
        event = np.asarray(self.event)
        if event.dtype != np.bool_:
            msg = f"event must be boolean (True = event seen), found {event.dtype}; map the codes"
            raise InputError(msg)
        time = np.array(self.time, dtype=float)
        if time.ndim != 1 or time.shape != event.shape:
            msg = f"one event flag per time: shapes {time.shape} and {event.shape}"
            raise InputError(msg)
        start = np.zeros_like(time) if self.entry is None else np.array(self.entry, dtype=float)
        if start.shape != time.shape:
            msg = f"one entry per time: shapes {start.shape} and {time.shape}"
            raise InputError(msg)
        above = time >= 0 if self.entry is None else time > start
        bad = ~(np.isfinite(time) & np.isfinite(start) & (start >= 0) & above)
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            msg = (
                f"{int(bad.sum())} of {time.size} times cannot be used; the first, at position "
                f"{first}, is ({start[first]:g}, {time[first]:g}]: times must be finite, not "
                "negative and above their entry"
            )
            raise InputError(msg)
        for name, value in (("time", time), ("event", event.copy())):
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        if self.entry is not None:
            start.setflags(write=False)
            object.__setattr__(self, "entry", start)

    @property
    def n(self) -> int:
        """Number of participants."""
        return int(self.time.size)

    @property
    def n_events(self) -> int:
        """Number of participants in whom the event was seen."""
        return int(self.event.sum())

    def select(self, rows: NDArray[np.bool_]) -> "Survival":
        """Return the participants where `rows`, a bool array of shape (participants,), is True."""
        entry = None if self.entry is None else self.entry[rows]
        return Survival(time=self.time[rows], event=self.event[rows], entry=entry)

    def landmark(self, day: float) -> tuple["Survival", NDArray[np.bool_]]:
        """Return who is still at risk after `day`, with time counted from there.

        Parameters
        ----------
        day : float, days
            The landmark. Participants with the event or the end of observation at or before it
            leave; so do those who enter observation later.

        Returns
        -------
        survival : Survival
            Time since the landmark, for those who remain.
        remains : bool array, shape (participants,)
            Who they are.

        Raises
        ------
        InputError
            If `day` is negative or not finite.

        Notes
        -----
        Convention: at risk means time > day and entry <= day, as in `dynpred::cutLM`.
        """
        if not (np.isfinite(day) and day >= 0):
            msg = f"a landmark is a day at or after time zero, found {day}"
            raise InputError(msg)
        remains = self.time > day
        if self.entry is not None:
            remains &= self.entry <= day
        return Survival(time=self.time[remains] - day, event=self.event[remains]), remains
