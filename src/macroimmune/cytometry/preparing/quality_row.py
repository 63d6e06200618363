"""What is said of the quality of one file."""

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import EventKinds

__all__ = ["quality_row"]

_PERCENTS = {
    "margin_percent": EventKind.MARGIN,
    "unstable_percent": EventKind.UNSTABLE,
    "bead_percent": EventKind.BEAD,
    "debris_percent": EventKind.DEBRIS,
    "doublet_percent": EventKind.DOUBLET,
    "dead_percent": EventKind.DEAD,
}


def quality_row(events: Events, kinds: EventKinds) -> dict[str, object]:
    """Return the columns of the quality table that the events of a file tell.

    Parameters
    ----------
    events : Events
    kinds : EventKinds
        Of the same events.

    Returns
    -------
    row : dict from column to value
        `raw_file`, `panel`, and the columns from `n_events` to `status` of `cytometry_quality`. A
        percentage is None where its step could not be made; `steps` says why.
    """
    n_events, n_cells = len(events.values), int(kinds.is_cell.sum())
    status = "used"
    if not n_events:
        status = "left out: the file has no events"
    elif not n_cells:
        status = "left out: no event is a live single cell"
    return {
        "raw_file": events.file,
        "panel": events.panel.name,
        "n_events": n_events,
        "n_cells": n_cells,
        **{
            column: None if kind in kinds.untold else kinds.percent(kind)
            for column, kind in _PERCENTS.items()
        },
        "transform": events.transform,
        "compensation": events.compensation,
        "steps": "; ".join(kinds.steps),
        "remarks": "; ".join((*events.remarks, *kinds.remarks)),
        "status": status,
    }
