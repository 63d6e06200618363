"""Calibration beads of mass cytometry: all of their metals high, no DNA."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step, not_made
from macroimmune.cytometry.preparing.modes import find_modes
from macroimmune.cytometry.preparing.panel_columns import bead_metals, dna_columns, values_of

__all__ = ["beads"]

# Beads are at least this far above what is no bead, on the arcsinh scale; assumed.
_APART = 2.0


def beads(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the calibration beads.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step

    Notes
    -----
    Convention: the score of an event is its lowest value among the metals of the beads (Ce140,
    Eu151, Eu153, Ho165, Lu175), so that a cell stained in one of them does not pass; where DNA is
    measured, it must be below that of the cells.
    """
    none = np.zeros(len(is_left), np.bool_)
    if events.technology != "mass":
        return Step(EventKind.BEAD, none, "beads: not looked for in fluorescence")
    columns, has_own = bead_metals(events)
    dna = dna_columns(events)
    if not columns or not (has_own or (dna and len(columns) > 1)):
        why = "beads: not told, no channel for beads (Ce140 or role bead)"
        return not_made(EventKind.BEAD, len(is_left), why)
    score = values_of(events, columns[0], is_left)
    for column in columns[1:]:
        score = np.minimum(score, values_of(events, column, is_left))
    names = ", ".join(events.panel.channels[k].channel for k in columns)
    modes = find_modes(score)
    if modes.is_constant:
        return not_made(EventKind.BEAD, len(is_left), f"beads: not told, {names} do not vary")
    gaps = np.diff(modes.positions)
    wide = np.flatnonzero(gaps >= _APART)
    if not wide.size:
        return Step(EventKind.BEAD, none, f"beads: none, no population is high in {names}")
    cut = float(modes.valleys[wide[-1]])
    is_high = score >= cut
    if dna:
        is_high &= _has_no_dna(events, dna[0], is_left, is_high)
    none[is_left] = is_high
    told = f"beads: {int(none.sum())} events above {cut:.2f} in {names}"
    return Step(EventKind.BEAD, none, told, (KindThreshold(EventKind.BEAD, names, cut),))


def _has_no_dna(
    events: Events, column: int, is_left: NDArray[np.bool_], is_high: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which of the events left lie below the cells in DNA."""
    dna = values_of(events, column, is_left)
    others = dna[~is_high]
    if not others.size:
        return np.ones(len(dna), np.bool_)
    return dna < np.nanmedian(others) - 1.0
