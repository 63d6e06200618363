"""What each event of a file is, and how it was told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind

__all__ = ["EventKinds", "KindThreshold", "Step", "not_made"]


@dataclass(frozen=True, slots=True)
class KindThreshold:
    """Where events were cut to tell a kind.

    Parameters
    ----------
    kind : EventKind
    of : str
        What was cut: a channel or a score of several.
    value : float
        On the scale of `of`.
    """

    kind: EventKind
    of: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one step found.

    Parameters
    ----------
    kind : EventKind
    is_kind : bool array, shape (events,)
        Of the events that no earlier step took.
    told : str
        How, or why the step could not be made.
    thresholds : tuple of KindThreshold
    remarks : tuple of str
        What is odd about the file.
    is_made : bool
        False where the file lacks what the step needs.
    """

    kind: EventKind
    is_kind: NDArray[np.bool_]
    told: str
    thresholds: tuple[KindThreshold, ...] = ()
    remarks: tuple[str, ...] = ()
    is_made: bool = True


def not_made(kind: EventKind, n_events: int, why: str) -> Step:
    """Return the step that could not be made, no event taken.

    Examples
    --------
    >>> not_made(EventKind.DEBRIS, 3, "debris: not told, no DNA channel").is_made
    False
    """
    return Step(kind, np.zeros(n_events, np.bool_), why, is_made=False)


@dataclass(frozen=True, slots=True, eq=False)
class EventKinds:
    """What each event of a file is.

    Parameters
    ----------
    kinds : uint8 array, shape (events,)
        An `EventKind` each; 0 is a live single cell, or what no step could tell from one.
    steps : tuple of str
        How each kind was told and how many it holds, or why the step could not be made.
    thresholds : tuple of KindThreshold
        Where events were cut.
    remarks : tuple of str
        What is odd about the file.
    untold : frozenset of EventKind
        Kinds whose step could not be made.
    """

    kinds: NDArray[np.uint8]
    steps: tuple[str, ...]
    thresholds: tuple[KindThreshold, ...]
    remarks: tuple[str, ...]
    untold: frozenset[EventKind] = frozenset()

    @property
    def is_cell(self) -> NDArray[np.bool_]:
        """Which events are live single cells, shape (events,)."""
        return np.equal(self.kinds, EventKind.CELL)

    def percent(self, kind: EventKind) -> float:
        """Return the share of all events that are of a kind, NaN where there is no event."""
        if not self.kinds.size:
            return float("nan")
        return 100 * float(np.count_nonzero(self.kinds == kind)) / self.kinds.size
