"""Debris: too little DNA, or too little forward scatter, to be a cell."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step, not_made
from macroimmune.cytometry.preparing.modes import Modes, find_modes
from macroimmune.cytometry.preparing.panel_columns import (
    dna_columns,
    dna_content,
    forward_scatter,
    values_of,
)

__all__ = ["debris"]

# Debris gathers at least this far below the cells, at a third of the DNA or of the forward scatter,
# so that small cells beside large ones are not taken for it; assumed.
_APART = 1.1


def debris(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the debris.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step
        Nothing where no second population lies below the cells.

    Notes
    -----
    Convention: the mean of the DNA channels on the arcsinh scale, else the natural logarithm of
    the area of forward scatter.
    """
    none = np.zeros(len(is_left), np.bool_)
    dna = dna_columns(events) if events.technology == "mass" else ()
    area, height, _ = forward_scatter(events)
    forward = height if area is None else area
    if dna:
        name = " and ".join(events.panel.channels[k].channel for k in dna)
        score = dna_content(events, dna, is_left)
    elif forward is not None:
        name = f"ln {events.panel.channels[forward].channel}"
        score = np.log(np.maximum(values_of(events, forward, is_left), 1.0))
    else:
        why = "debris: not told, neither DNA nor forward scatter"
        return not_made(EventKind.DEBRIS, len(is_left), why)
    modes = find_modes(score)
    if modes.is_constant:
        return not_made(EventKind.DEBRIS, len(is_left), f"debris: not told, {name} does not vary")
    cut = lower_cut(modes, _APART)
    if cut is None:
        return Step(
            EventKind.DEBRIS, none, f"debris: none, no population below the cells in {name}"
        )
    none[is_left] = score < cut
    told = f"debris: {int(none.sum())} events below {cut:.2f} in {name}"
    return Step(EventKind.DEBRIS, none, told, (KindThreshold(EventKind.DEBRIS, name, cut),))


def lower_cut(modes: Modes, apart: float) -> float | None:
    """Return the highest valley below the main mode across which modes are so far apart."""
    for place in range(modes.main - 1, -1, -1) if modes.positions.size else ():
        if modes.positions[place + 1] - modes.positions[place] >= apart:
            return float(modes.valleys[place])
    return None
