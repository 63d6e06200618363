"""Dead cells: those that take up the viability stain."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step
from macroimmune.cytometry.preparing.modes import Modes, find_modes
from macroimmune.cytometry.preparing.panel_columns import values_of

__all__ = ["dead_cells"]

# The dead stain at least so much more than the living, and at least so much; arcsinh, assumed.
_APART, _BRIGHT = 1.5, 2.3


def dead_cells(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the dead cells.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step
        Nothing where no second, brighter population is seen.
    """
    is_dead = np.zeros(len(is_left), np.bool_)
    columns = events.panel.with_role("viability")
    if not columns:
        return Step(EventKind.DEAD, is_dead, "dead cells: not told, no channel for viability")
    told, thresholds = [], []
    for column in columns:
        name = events.panel.channels[column].channel
        values = values_of(events, column, is_left)
        cut = _cut(find_modes(values))
        if cut is None:
            told.append(f"none, no population is bright in {name}")
            continue
        is_dead[is_left] |= values >= cut
        told.append(f"events above {cut:.2f} in {name}")
        thresholds.append(KindThreshold(EventKind.DEAD, name, cut))
    sentence = f"dead cells: {int(is_dead.sum())} events; {', '.join(told)}"
    return Step(EventKind.DEAD, is_dead, sentence, tuple(thresholds))


def _cut(modes: Modes) -> float | None:
    """Return the deepest valley between two modes that are far apart, the upper one bright."""
    able = [
        place
        for place in range(len(modes.valleys))
        if modes.positions[place + 1] - modes.positions[place] >= _APART
        and modes.positions[place + 1] >= _BRIGHT
    ]
    if not able:
        return None
    return float(modes.valleys[min(able, key=lambda place: modes.depths[place])])
