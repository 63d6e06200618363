"""Densities of a marker without and with the stimulus, a row for each donor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, band, path, polyline, shorten, text

__all__ = ["DensityPair", "paired_densities_figure"]

_LABEL, _GAP, _TOP, _ROW, _INSIDE = 160, 36, 92, 84, 66
_NARROW, _WIDTH, _WIDEST = 960, 1820, 420
_LONGEST_MARKER = 20
# Bins that hold less of the cells than this, in every pair, are beyond the ends of the axis.
_SEEN = 0.0005


@dataclass(frozen=True, slots=True, eq=False)
class DensityPair:
    """One marker of one donor.

    Parameters
    ----------
    middles : float array, shape (bins,)
    unstimulated, stimulated : float array, shape (bins,)
        Densities: shares divided by the width of the bin.
    """

    middles: NDArray[np.float64]
    unstimulated: NDArray[np.float64]
    stimulated: NDArray[np.float64]


def paired_densities_figure(
    name: str,
    labels: Sequence[str],
    markers: Sequence[str],
    pairs: Mapping[tuple[int, str], DensityPair],
    *,
    title: str,
    unit: str,
) -> Figure:
    """Return a column for each marker and a row for each donor.

    Parameters
    ----------
    name : str
        Stem of its file name.
    labels : sequence of str
        Of the donors, from top to bottom.
    markers : sequence of str
    pairs : mapping from place of the donor and marker to DensityPair
        What is not in it stays empty.
    title, unit : str

    Notes
    -----
    Convention: a column has one axis; each pair is scaled to the higher of its two densities.
    """
    width = min(_WIDEST, (_WIDTH - _LABEL) / len(markers) - _GAP)
    bottom = _TOP + _ROW * len(labels)
    parts = [
        path(f"M0 {16}h40v18h-40z", "rest"), text(50, 34, "unstimulated", "t s"),
        path("M230 26h40", "stim"), text(280, 34, "stimulated", "t s"),
        *(
            text(0, _TOP + _ROW * place + 52, label, "t s l")
            for place, label in enumerate(labels)
        ),
    ]  # fmt: skip
    for column, marker in enumerate(markers):
        own = {place: pair for (place, one), pair in pairs.items() if one == marker}
        left = _LABEL + column * (width + _GAP)
        parts.append(text(left, _TOP - 12, shorten(marker, _LONGEST_MARKER), "t l bold"))
        across = _axis(list(own.values()), left, left + width)
        parts.extend(_pair(pair, across, _TOP + _ROW * place) for place, pair in own.items())
        ticks = linear_ticks(across.low, across.high, 4)
        words = tuple(significant(tick) for tick in ticks)
        parts.append(bottom_axis(across, bottom + 2, ticks, words, unit))
    right = _LABEL + len(markers) * (width + _GAP)
    return Figure(
        name=name,
        kind="densities wide" if right > _NARROW else "densities",
        title=title,
        description=(
            f"{plural(len(labels), 'donor')} by {plural(len(markers), 'marker')}: filled, cells "
            f"without the stimulus; line, with it. {unit}."
        ),
        width=_WIDTH if right > _NARROW else _NARROW,
        height=bottom + 96,
        body="".join(parts),
    )


def _axis(pairs: Sequence[DensityPair], start: float, end: float) -> Scale:
    lows, highs = [], []
    for pair in pairs:
        both = np.maximum(pair.unstimulated, pair.stimulated)
        seen = pair.middles[both > _SEEN * max(float(both.sum()), 1e-12)]
        if seen.size:
            lows.append(float(seen.min()))
            highs.append(float(seen.max()))
    low, high = min(lows, default=0.0), max(highs, default=1.0)
    return Scale(low, high if high > low else low + 1.0, start, end)


def _pair(pair: DensityPair, across: Scale, top: float) -> str:
    inside = (pair.middles >= across.low) & (pair.middles <= across.high)
    highest = max(float(pair.unstimulated.max()), float(pair.stimulated.max()), 1e-12)
    base = top + _INSIDE + 12
    x = across(pair.middles[inside])
    rest = base - pair.unstimulated[inside] / highest * _INSIDE
    moved = base - pair.stimulated[inside] / highest * _INSIDE
    if x.size == 0:
        return ""
    return path(band(x, np.full(x.size, base), rest), "rest") + path(polyline(x, moved), "stim")
