"""Follow-up in pieces: rows of (start, stop] in which nothing about a participant changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival

__all__ = ["StartStop", "split_at"]


@dataclass(frozen=True, slots=True, eq=False)
class StartStop:
    """Pieces of follow-up, several for a participant, checked when built.

    Parameters
    ----------
    participant : int array, shape (rows,)
        Whose piece it is: a position in the cohort that the rows were made from.
    start, stop : float array, shape (rows,), days
        The piece is (start, stop]; 0 <= start < stop.
    event : bool array, shape (rows,)
        True where the event was seen at `stop`.

    Raises
    ------
    InputError
        If shapes or kinds differ from these, or a participant has overlapping pieces, two events,
        or an event that is not at the end.

    Notes
    -----
    Convention: rows are kept by participant, then by start. Gaps are allowed: in a gap the
    participant is at risk of nothing, as before a first value was measured.

    Examples
    --------
    >>> rows = StartStop(np.array([0, 0]), np.array([0.0, 5.0]), np.array([5.0, 9.0]),
    ...                  np.array([False, True]))
    >>> rows.n, rows.n_participants, rows.n_events
    (2, 1, 1)
    """

    participant: NDArray[np.intp]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check what was given and keep read-only copies of it, sorted.

        Raises
        ------
        InputError
            As the class says.
        """
        participant = np.asarray(self.participant)
        if participant.dtype.kind not in "iu":
            msg = f"participants of rows are positions in the cohort, found {participant.dtype}"
            raise InputError(msg)
        # Survival checks shapes, kinds and that each piece has a length.
        checked = Survival(time=self.stop, event=self.event, entry=self.start)
        if participant.shape != checked.time.shape:
            msg = f"one participant per row: shapes {participant.shape} and {checked.time.shape}"
            raise InputError(msg)
        start = np.asarray(self.start, dtype=float)
        order = np.lexsort((start, participant))
        _check_pieces(participant[order], start[order], checked.time[order], checked.event[order])
        sorted_columns = {
            "participant": participant[order].astype(np.intp),
            "start": start[order],
            "stop": checked.time[order],
            "event": checked.event[order],
        }
        for name, values in sorted_columns.items():
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.stop.size)

    @property
    def n_participants(self) -> int:
        """Number of participants with a row."""
        return int(np.unique(self.participant).size)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.event.sum())

    @property
    def survival(self) -> Survival:
        """The rows as the kernels of survival take them: late entry at `start`."""
        return Survival(time=self.stop, event=self.event, entry=self.start)

    def select(self, rows: NDArray[np.bool_]) -> "StartStop":
        """Return the rows where `rows`, a bool array of shape (rows,), is True."""
        return StartStop(
            self.participant[rows], self.start[rows], self.stop[rows], self.event[rows]
        )


def split_at(survival: Survival, days: ArrayLike) -> StartStop:
    """Return the follow-up of each participant, cut at the same days in all.

    Parameters
    ----------
    survival : Survival
        Left truncation is honoured. Participants whose time is zero have no row: nothing of
        their follow-up can be cut.
    days : float array, shape (cuts,)
        Days after time zero, in any order.

    Returns
    -------
    rows : StartStop
        A cut outside a participant's follow-up, or at its end, cuts nothing.

    Raises
    ------
    InputError
        If a day is negative or not finite.

    Notes
    -----
    Convention: an event on the day of a cut belongs to the piece before it. Checked against: R
    `survSplit`.

    Examples
    --------
    >>> s = Survival(time=np.array([5.0, 8.0]), event=np.array([True, False]))
    >>> split_at(s, [5.0]).stop
    array([5., 5., 8.])
    """
    cuts = np.unique(np.asarray(days, dtype=float))
    if not (np.isfinite(cuts) & (cuts >= 0)).all():
        msg = f"follow-up is cut at days at or after time zero, found {cuts.tolist()}"
        raise InputError(msg)
    entry = np.zeros(survival.n) if survival.entry is None else survival.entry
    whose = np.flatnonzero(survival.time > entry)
    first = np.searchsorted(cuts, entry[whose], side="right")
    last = np.searchsorted(cuts, survival.time[whose], side="left")
    pieces = last - first + 1
    row = np.repeat(np.arange(whose.size), pieces)
    place = np.arange(row.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    is_last = place == pieces[row] - 1
    edges = np.concatenate([[0.0], cuts, [np.inf]])
    from_cut = edges[first[row] + place]
    start = np.where(place == 0, entry[whose][row], from_cut)
    stop = np.where(is_last, survival.time[whose][row], edges[first[row] + place + 1])
    return StartStop(whose[row], start, stop, survival.event[whose][row] & is_last)


def _check_pieces(
    participant: NDArray[np.intp],
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    event: NDArray[np.bool_],
) -> None:
    """Refuse overlapping pieces and events that do not end the follow-up; rows are sorted.

    Raises
    ------
    InputError
        With the first participant concerned.
    """
    follows = participant[1:] == participant[:-1]
    for wrong, what in (
        (follows & (start[1:] < stop[:-1]), "overlapping rows of follow-up"),
        (follows & event[:-1], "a row after the event; one event, at the end"),
    ):
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            msg = (
                f"participant at position {participant[at]} has {what}: "
                f"({start[at]:g}, {stop[at]:g}] and ({start[at + 1]:g}, {stop[at + 1]:g}]"
            )
            raise InputError(msg)
