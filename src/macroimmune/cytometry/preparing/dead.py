"""Dead cells: those that take up the viability stain."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events, Transform
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step, not_made
from macroimmune.cytometry.preparing.measured_scale import decade, transformed
from macroimmune.cytometry.preparing.modes import Modes, find_modes
from macroimmune.cytometry.preparing.panel_columns import values_of

__all__ = ["dead_cells"]

# The dead stain at least 4.5 times as much as the living, and at least so much; assumed.
_DECADES_APART = 0.65
_BRIGHT = {"mass": 25.0, "fluorescence": 750.0}


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

    Notes
    -----
    Convention: the valley between two populations of the viability stain that lie 0.65 decades
    apart or more, the deepest if there are several; the upper one at 25 counts (mass) or 750 units
    of light or more. The bounds are assumed.
    """
    is_dead = np.zeros(len(is_left), np.bool_)
    columns = events.panel.with_role("viability")
    if not columns:
        why = "dead cells: not told, no channel for viability"
        return not_made(EventKind.DEAD, len(is_left), why)
    told, thresholds, is_made = [], [], False
    for column in columns:
        name = events.panel.channels[column].channel
        values = values_of(events, column, is_left)
        modes = find_modes(values)
        if modes.is_constant:
            told.append(f"{name} does not vary")
            continue
        is_made = True
        cut = _cut(modes, events.transforms[column], _BRIGHT[events.technology])
        if cut is None:
            told.append(f"no population is bright in {name}")
            continue
        is_dead[is_left] |= values >= cut
        told.append(f"above {cut:.2f} in {name}")
        thresholds.append(KindThreshold(EventKind.DEAD, name, cut))
    if not is_made:
        return not_made(EventKind.DEAD, len(is_left), f"dead cells: not told, {', '.join(told)}")
    sentence = f"dead cells: {int(is_dead.sum())} events; {', '.join(told)}"
    return Step(EventKind.DEAD, is_dead, sentence, tuple(thresholds))


def _cut(modes: Modes, transform: Transform, bright: float) -> float | None:
    """Return the deepest valley between two modes that are far apart, the upper one bright."""
    able = (np.diff(modes.positions) >= _DECADES_APART * decade(transform)) & (
        modes.positions[1:] >= transformed(bright, transform)
    )
    if not able.any():
        return None
    return float(modes.valleys[np.where(able, modes.depths, np.inf).argmin()])
