"""Which events of a file are live single cells."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.beads import beads
from macroimmune.cytometry.preparing.dead import dead_cells
from macroimmune.cytometry.preparing.debris import debris
from macroimmune.cytometry.preparing.doublets import doublets
from macroimmune.cytometry.preparing.event_kinds import EventKinds, Step
from macroimmune.cytometry.preparing.margin import margin_events
from macroimmune.cytometry.preparing.unstable_time import unstable_time

__all__ = ["classify_events"]

# What may be told, in the order of `EventKind`.
_KINDS = tuple(kind for kind in EventKind if kind != EventKind.CELL)
_STEPS: tuple[Callable[[Events, NDArray[np.bool_]], Step], ...] = (
    margin_events,
    unstable_time,
    beads,
    debris,
    doublets,
    dead_cells,
)


def classify_events(events: Events) -> EventKinds:
    """Return what each event is: margin, bead, debris, doublet, dead, or live single cell.

    Parameters
    ----------
    events : Events

    Returns
    -------
    kinds : EventKinds
        `steps` says how each kind was told, and which could not be for want of a channel.

    Notes
    -----
    Convention: the steps follow one another, each among the events that are left. A kind is taken
    out only where its events form a population of their own, so that files of cells that were
    gated before keep them. All cuts come from the file; there are no settings.
    """
    n_events = len(events.values)
    kinds = np.full(n_events, EventKind.CELL, np.uint8)
    if not n_events:
        return EventKinds(kinds, ("no events: nothing was told",), (), (), frozenset(_KINDS))
    done = []
    for step in _STEPS:
        made = step(events, kinds == EventKind.CELL)
        kinds[made.is_kind] = made.kind
        done.append(made)
    return EventKinds(
        kinds,
        tuple(made.told for made in done),
        tuple(item for made in done for item in made.thresholds),
        tuple(item for made in done for item in made.remarks),
        frozenset(made.kind for made in done if not made.is_made),
    )
