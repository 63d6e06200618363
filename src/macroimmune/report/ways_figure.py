"""Shares of populations by each way of gating, beside each other: every file a dot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks, log_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, dots, line, path, shorten, text

__all__ = ["PopulationShares", "ways_figure"]

_WAY, _LEFT, _RIGHT, _VALUE, _WIDTH = 30, 330, 1200, 1240, 1360
_TOP, _ROW, _HEAD, _GAP = 16, 44, 46, 14
_LONGEST_NAME = 90
_SPREAD = 22
_WIDE = 20.0
# No file has so many cells that a share below this, in percent, is more than none.
_NOTHING = 1e-7
# The golden ratio spreads any number of dots evenly without drawing random numbers.
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True, eq=False)
class PopulationShares:
    """One population.

    Parameters
    ----------
    name : str
    ways : mapping from way to float array, shape (files,)
        Its shares, percent.
    """

    name: str
    ways: Mapping[str, NDArray[np.float64]]


def ways_figure(
    name: str, populations: Sequence[PopulationShares], ways: Sequence[str], *, title: str
) -> Figure:
    """Return a block for each population with a row for each way, on one axis of percent.

    Parameters
    ----------
    name : str
        Stem of its file name.
    populations : sequence of PopulationShares
        From top to bottom.
    ways : sequence of str
        Every way, so that each has one look in all figures.
    title : str

    Notes
    -----
    Convention: the axis is logarithmic where shares span a factor over 20; none at all then stands
    at its left end. A bar is the median over files.
    """
    across = _axis(populations)
    ticks = (log_ticks if across.is_log else linear_ticks)(across.low, across.high)
    parts, y = [], float(_TOP)
    for one in populations:
        parts.append(text(0, y + 30, shorten(one.name, _LONGEST_NAME), "t l bold"))
        y += _HEAD
        for way, percent in one.ways.items():
            parts.append(_row(y, way, percent, ways.index(way) % 7, across))
            y += _ROW
        y += _GAP
    parts.append(
        bottom_axis(
            across, y, ticks, tuple(significant(t) for t in ticks), "percent of live single cells"
        )
    )
    said = "; ".join(f"{one.name}: {_said(one)}" for one in populations)
    return Figure(
        name=name,
        kind="ways",
        title=title,
        description=f"Dots are files, bars medians. Percent of live single cells. {said}.",
        width=_WIDTH,
        height=int(y) + 92,
        body="".join(parts),
    )


def _axis(populations: Sequence[PopulationShares]) -> Scale:
    known = np.concatenate([percent for one in populations for percent in one.ways.values()])
    positive = known[known > _NOTHING]
    high = float(positive.max()) if positive.size else 1.0
    if positive.size and high / float(positive.min()) > _WIDE:
        return Scale(float(positive.min()) / 1.1, high * 1.1, _LEFT, _RIGHT, is_log=True)
    return Scale(0.0, high * 1.05, _LEFT, _RIGHT)


def _row(y: float, way: str, percent: NDArray[np.float64], look: int, across: Scale) -> str:
    middle = y + _ROW / 2
    n = percent.size
    jitter = ((np.arange(n) * _GOLDEN) % 1 - 0.5) * _SPREAD
    # Zero has no logarithm; it stands at the end of the axis, as other values outside do.
    places = across(np.maximum(percent, across.low))
    median = float(np.median(percent))
    x = across.at(max(median, across.low))
    parts = [
        text(_WAY, middle + 8, f"{way}, n = {n}", f"t n{look}"),
        line(_LEFT, middle, _RIGHT, middle, "hair"),
        path(dots(places, middle + jitter), f"d{look}") if n > 1 else "",
        path(_mark(x, middle, n), "mid" if n > 1 else "est full"),
        text(_VALUE, middle + 8, f"{significant(median)} %", "t l"),
    ]
    return "".join(parts)


def _mark(x: float, middle: float, n: int) -> str:
    """Return a bar across the dots, or a square where the file is the only one."""
    if n > 1:
        return f"M{x:.0f} {middle - 16:.0f}v32"
    return f"M{x - 7:.0f} {middle - 7:.0f}h14v14h-14z"


def _said(one: PopulationShares) -> str:
    return ", ".join(
        f"{way} {significant(float(np.median(percent)))} % ({plural(percent.size, 'file')})"
        for way, percent in one.ways.items()
    )
