"""Doublets: two cells that passed the detector together."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step
from macroimmune.cytometry.preparing.modes import find_modes
from macroimmune.cytometry.preparing.panel_columns import (
    dna_columns,
    dna_content,
    named_column,
    values_of,
)

__all__ = ["doublets"]

# The valley below the doublets is so many standard deviations above the single cells; assumed.
_PULSE_APART, _DNA_APART = 4.0, 2.0
# Quartiles of a normal distribution are so many standard deviations apart.
_QUARTILES = 1.349


def doublets(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the doublets.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step
        Nothing where no second population lies beyond the single cells.

    Notes
    -----
    Convention: light: the width of the pulse of forward scatter, as the natural logarithm of area
    over height, or as measured where there is no height. Mass: DNA and event length together, each
    in standard deviations of the cells. Two small cells that look like a large one stay: without
    height, width or DNA nothing tells them.
    """
    none = np.zeros(len(is_left), np.bool_)
    is_mass = events.technology == "mass"
    scored = _dna_score(events, is_left) if is_mass else _pulse_width(events, is_left)
    if scored is None:
        lacks = "no DNA channel" if is_mass else "no height or width of forward scatter"
        return Step(EventKind.DOUBLET, none, f"doublets: not told, {lacks}")
    name, score = scored
    cut = _upper_cut(score, _DNA_APART if is_mass else _PULSE_APART)
    if cut is None:
        told = f"doublets: none, no second population above the cells in {name}"
        return Step(EventKind.DOUBLET, none, told)
    none[is_left] = score >= cut
    told = f"doublets: {int(none.sum())} events above {cut:.2f} in {name}"
    return Step(EventKind.DOUBLET, none, told, (KindThreshold(EventKind.DOUBLET, name, cut),))


def _pulse_width(
    events: Events, is_left: NDArray[np.bool_]
) -> tuple[str, NDArray[np.float32]] | None:
    """Return a measure of the width of each pulse with its name."""
    area, height, width = (named_column(events, name) for name in ("FSC-A", "FSC-H", "FSC-W"))
    if width is not None and (area is None or height is None):
        return f"ln {events.panel.channels[width].channel}", _log(events, width, is_left)
    if area is None or height is None:
        return None
    # The width of a pulse varies less between cells than its height: a file in which the two
    # names are exchanged is read as it is meant.
    top = _log(events, area, is_left)
    others = (height,) if width is None else (height, width)
    ratios = [(_over(events, area, k), top - _log(events, k, is_left)) for k in others]
    return min(ratios, key=lambda item: _spread(item[1]))


def _over(events: Events, area: int, other: int) -> str:
    channels = events.panel.channels
    return f"ln {channels[area].channel} / {channels[other].channel}"


def _log(events: Events, column: int, is_left: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.log(np.maximum(values_of(events, column, is_left), np.float32(1)))


def _dna_score(
    events: Events, is_left: NDArray[np.bool_]
) -> tuple[str, NDArray[np.float32]] | None:
    """Return how far DNA and event length lie above those of the cells, with the name."""
    dna = dna_columns(events)
    if not dna:
        return None
    name = " and ".join(events.panel.channels[k].channel for k in dna)
    score = _standardised(dna_content(events, dna, is_left))
    length = events.panel.with_role("event_length")
    if length and _spread(values_of(events, length[0], is_left)) > 0:
        name += " with event length"
        score += _standardised(values_of(events, length[0], is_left))
        score /= np.float32(np.sqrt(2))
    return name, score


def _upper_cut(score: NDArray[np.float32], apart: float) -> float | None:
    """Return the first valley above the main mode that is far from it."""
    modes = find_modes(score)
    if not modes.positions.size:
        return None
    place = modes.main
    lowest = modes.positions[place] + apart * modes.spreads[place]
    above = modes.valleys[modes.valleys >= lowest]
    return float(above[0]) if above.size else None


def _standardised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = max(_spread(values), 1e-6)
    middle = np.nanmedian(values) if len(values) else 0.0
    return (values - np.float32(middle)) / np.float32(spread)


def _spread(values: NDArray[np.float32]) -> float:
    """Return the standard deviation of the main part, from its quartiles; 0 without values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0
    low, high = np.quantile(finite, [0.25, 0.75])
    return float(high - low) / _QUARTILES
