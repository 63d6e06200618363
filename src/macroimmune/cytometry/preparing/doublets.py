"""Doublets: two cells that passed the detector together."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step, not_made
from macroimmune.cytometry.preparing.modes import Modes, find_modes, quartile_spread
from macroimmune.cytometry.preparing.panel_columns import (
    dna_columns,
    dna_content,
    forward_scatter,
    named_column,
    values_of,
)
from macroimmune.cytometry.preparing.shoulder import shoulder_above

__all__ = ["doublets"]

# The valley below the doublets is so many standard deviations above the single cells; assumed.
_PULSE_APART, _DNA_APART = 4.0, 2.0
# Of the Gaussian that a mass cytometer fits to each ion cloud, where the file has them.
_CLOUD = ("Residual", "Width")


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
    in standard deviations of the cells; residual and width of the ion cloud where the file has
    them. The second population begins at a valley, or where there is none at a shoulder of the
    upper tail. Two small cells that look like a large one stay: without height, width or DNA
    nothing tells them.
    """
    is_mass = events.technology == "mass"
    scored = _dna_score(events, is_left) if is_mass else _pulse_width(events, is_left)
    scores = [] if scored is None else [(*scored, _DNA_APART if is_mass else _PULSE_APART)]
    if is_mass:
        scores.extend(_cloud_scores(events, is_left))
    if not scores:
        lacks = "no DNA channel" if is_mass else "no height or width of forward scatter"
        return not_made(EventKind.DOUBLET, len(is_left), f"doublets: not told, {lacks}")
    is_doublet = np.zeros(len(is_left), np.bool_)
    told, thresholds, is_made = [], [], False
    for name, score, apart in scores:
        modes = find_modes(score)
        is_made |= not modes.is_constant
        cut = _upper_cut(score, modes, apart)
        if cut is None:
            lies = "does not vary" if modes.is_constant else "shows no second population above"
            told.append(f"{name} {lies}")
            continue
        is_doublet[is_left] |= score >= cut
        told.append(f"above {cut:.2f} in {name}")
        thresholds.append(KindThreshold(EventKind.DOUBLET, name, cut))
    if not is_made:
        why = f"doublets: not told, {', '.join(told)}"
        return not_made(EventKind.DOUBLET, len(is_left), why)
    sentence = f"doublets: {int(is_doublet.sum())} events; {', '.join(told)}"
    return Step(EventKind.DOUBLET, is_doublet, sentence, tuple(thresholds))


def _pulse_width(
    events: Events, is_left: NDArray[np.bool_]
) -> tuple[str, NDArray[np.float32]] | None:
    """Return a measure of the width of each pulse with its name."""
    area, height, width = forward_scatter(events)
    if width is not None and (area is None or height is None):
        return f"ln {events.panel.channels[width].channel}", _log(events, width, is_left)
    if area is None or height is None:
        return None
    # The width of a pulse varies less between cells than its height: a file in which the two
    # names are exchanged is read as it is meant.
    top = _log(events, area, is_left)
    others = (height,) if width is None else (height, width)
    ratios = [(_over(events, area, k), top - _log(events, k, is_left)) for k in others]
    return min(ratios, key=lambda item: quartile_spread(item[1])[1])


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
    lasting = values_of(events, length[0], is_left) if length else score
    if length and quartile_spread(lasting)[1] > 0:
        name += " with event length"
        score += _standardised(lasting)
        score /= np.float32(np.sqrt(2))
    return name, score


def _cloud_scores(
    events: Events, is_left: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.float32], float]]:
    """Return the parameters of the ion cloud that two cells in one cloud raise."""
    found = [named_column(events, name) for name in _CLOUD]
    return [
        (events.panel.channels[k].channel, values_of(events, k, is_left), _PULSE_APART)
        for k in found
        if k is not None
    ]


def _upper_cut(score: NDArray[np.float32], modes: Modes, apart: float) -> float | None:
    """Return the first valley above the main mode that is far from it, else where a shoulder is."""
    if modes.is_constant:
        return None
    centre, spread = modes.positions[modes.main], modes.spreads[modes.main]
    above = modes.valleys[modes.valleys >= centre + apart * spread]
    if above.size:
        return float(above[0])
    return shoulder_above(score, float(centre), float(spread), int(modes.counts[modes.main]))


def _standardised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    middle, spread = quartile_spread(values)
    return (values - np.float32(middle)) / np.float32(max(spread, 1e-6))
