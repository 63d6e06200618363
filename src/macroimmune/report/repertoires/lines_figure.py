"""Lines over two axes, each of a group: ranks of clones, rarefaction, measures over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import (
    Scale,
    bottom_axis,
    decade_ticks,
    left_axis,
    linear_ticks,
    power_of_ten,
)
from macroimmune.report.numbers import significant
from macroimmune.report.repertoires.shapes import GROUPS, legend, shape
from macroimmune.report.svg import Figure, band, line, path, polyline, text

__all__ = ["Axis", "LineOfPoints", "lines_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 110, 900, 70, 510, 960
_MANY, _MOST_BANDS = 12, 12
# Share of the axis left free at its ends, so that no shape is cut.
_ROOM = 0.03
# From this ratio on ticks are powers of ten and written so.
_DECADES = 100.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LineOfPoints:
    """One line, such as of a repertoire or of a participant.

    Parameters
    ----------
    group : int
        Place of its group in the legend.
    x, y : float array, shape (points,)
        No NaN; in the order of x.
    low, high : float array, shape (points,), or None
        95 % interval; NaN where there is none.
    n_solid : int or None
        Points up to which it is drawn through, beyond them dashed; None: all.
    marked : tuple of int
        Points that carry the shape of the group.
    """

    group: int
    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    n_solid: int | None = None
    marked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Parameters
    ----------
    title : str
        With the unit.
    is_log : bool
    references : tuple of (value, words)
        Dashed lines.
    categories : tuple of str
        Words at 0, 1, ... in place of numbers.
    """

    title: str
    is_log: bool = False
    references: tuple[tuple[float, str], ...] = ()
    categories: tuple[str, ...] = ()


def lines_figure(
    name: str,
    lines: Sequence[LineOfPoints],
    groups: Sequence[str],
    across: Axis,
    up: Axis,
    *,
    title: str,
    description: str,
    is_interval_drawn_at_points: bool = False,
) -> Figure:
    """Return all lines in one figure.

    Parameters
    ----------
    name : str
        Stem of its file name.
    lines : sequence of LineOfPoints
        At least one point among them; above 0 on a logarithmic axis.
    groups : sequence of str
        The legend, by the place that lines name.
    across, up : Axis
    title, description : str
    is_interval_drawn_at_points : bool
        Intervals as lines at the points; else as bands, where there are at most twelve lines.
    """
    x_scale = _scale([one.x for one in lines], across, _LEFT, _RIGHT)
    ends = [end for one in lines for end in (one.y, one.low, one.high) if end is not None]
    y_scale = _scale(ends, up, _BOTTOM, _TOP)
    drawn = [
        *(_band(one, x_scale, y_scale) for one in lines if len(lines) <= _MOST_BANDS),
        *(_line(one, x_scale, y_scale, is_many=len(lines) > _MANY) for one in lines),
    ]
    if is_interval_drawn_at_points:
        drawn = [_ends(one, x_scale, y_scale) for one in lines] + drawn[-len(lines) :]
    key, height = legend(
        list(enumerate(groups)), left=_LEFT, y=_BOTTOM + 122, right=_RIGHT, has_lines=True
    )
    marks = [_marks(one, x_scale, y_scale, size=7 if len(lines) > _MANY else 9) for one in lines]
    return Figure(
        name=name,
        kind="lines",
        title=title,
        description=description,
        width=_WIDTH,
        height=_BOTTOM + 96 + round(height),
        body=_axes(x_scale, y_scale, across, up) + "".join((*drawn, *marks, key)),
    )


def _scale(values: Sequence[Floats], axis: Axis, start: float, end: float) -> Scale:
    every = np.concatenate(values)
    known = every[np.isfinite(every) & ((every > 0) | (not axis.is_log))]
    low, high = float(known.min()), float(known.max())
    if axis.categories:
        return Scale(-0.6, len(axis.categories) - 0.4, start, end)
    for value, _ in axis.references:
        low, high = min(low, value), max(high, value)
    if axis.is_log:
        room = (high / low) ** _ROOM if high > low else 2.0
        return Scale(low / room, high * room, start, end, is_log=True)
    room = _ROOM * (high - low) or 0.1 * abs(high) or 1.0
    return Scale(0.0 if 0 <= low < 0.4 * high else low - room, high + room, start, end)


def _ticks(scale: Scale, axis: Axis, at_most: int) -> tuple[tuple[float, ...], tuple[str, ...]]:
    if axis.categories:
        return tuple(float(k) for k in range(len(axis.categories))), axis.categories
    if scale.is_log:
        ticks = decade_ticks(scale.low, scale.high, at_most)
        ratio = max(ticks) / min(ticks)
        write = power_of_ten if ratio >= _DECADES else significant
        return ticks, tuple(write(tick) for tick in ticks)
    ticks = linear_ticks(scale.low, scale.high)
    return ticks, tuple(significant(tick).replace("-", "−") for tick in ticks)


def _axes(x_scale: Scale, y_scale: Scale, across: Axis, up: Axis) -> str:
    parts = [
        left_axis(y_scale, _LEFT, *_ticks(y_scale, up, 7), up.title),
        bottom_axis(x_scale, _BOTTOM, *_ticks(x_scale, across, 5), across.title),
    ]
    for value, words in across.references:
        x = x_scale.at(value)
        is_right = x > (_LEFT + _RIGHT) / 2
        parts.append(line(x, _TOP, x, _BOTTOM, "ref"))
        parts.append(
            text(x - 10 if is_right else x + 10, _TOP - 8, words,
                 "t s e" if is_right else "t s")
        )  # fmt: skip
    for value, words in up.references:
        y = y_scale.at(value)
        parts.append(line(_LEFT, y, _RIGHT, y, "ref"))
        parts.append(text(_RIGHT, y - 10, words, "t s e"))
    return "".join(parts)


def _band(one: LineOfPoints, x_scale: Scale, y_scale: Scale) -> str:
    if one.low is None or one.high is None:
        return ""
    known = np.isfinite(one.low) & np.isfinite(one.high)
    if known.sum() < 2:
        return ""
    low = np.maximum(one.low[known], y_scale.low)
    commands = band(x_scale(one.x[known]), y_scale(low), y_scale(one.high[known]))
    return path(commands, f"b{one.group % GROUPS}")


def _line(one: LineOfPoints, x_scale: Scale, y_scale: Scale, *, is_many: bool) -> str:
    if one.x.size < 2:
        return ""
    look = f"c{one.group % GROUPS}{' many' if is_many else ''}"
    x, y = x_scale(one.x), y_scale(one.y)
    n_solid = one.x.size if one.n_solid is None else one.n_solid
    parts = []
    if n_solid > 1:
        parts.append(path(polyline(x[:n_solid], y[:n_solid]), look))
    if n_solid < one.x.size:
        first = max(n_solid - 1, 0)
        parts.append(path(polyline(x[first:], y[first:]), f"{look} past"))
    return "".join(parts)


def _ends(one: LineOfPoints, x_scale: Scale, y_scale: Scale) -> str:
    if one.low is None or one.high is None:
        return ""
    x, low, high = x_scale(one.x), y_scale(np.maximum(one.low, y_scale.low)), y_scale(one.high)
    commands = "".join(
        f"M{at:.0f} {bottom:.0f}V{top:.0f}"
        for at, bottom, top in zip(x.tolist(), low.tolist(), high.tolist(), strict=True)
        if np.isfinite(bottom) and np.isfinite(top)
    )
    return path(commands, f"c{one.group % GROUPS} tail") if commands else ""


def _marks(one: LineOfPoints, x_scale: Scale, y_scale: Scale, *, size: float) -> str:
    commands = "".join(
        shape(one.group, x_scale.at(float(one.x[k])), y_scale.at(float(one.y[k])), size)
        for k in one.marked
    )
    return path(commands, f"f{one.group % GROUPS}") if commands else ""
