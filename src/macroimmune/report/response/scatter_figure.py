"""A scatter of donors: one value against another, with the line of equality where it means one."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, dots, line, path

__all__ = ["scatter_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 110, 930, 48, 520, 960


def scatter_figure(
    name: str,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    title: str,
    x_label: str,
    y_label: str,
    is_same_scale: bool = False,
) -> Figure:
    """Return one dot for each donor.

    Parameters
    ----------
    name : str
        Stem of its file name.
    x, y : float array, shape (donors,)
        No NaN; at least one donor.
    title, x_label, y_label : str
    is_same_scale : bool
        Both axes then cover the same values, and a dashed line shows where they are equal.
    """
    across, up = _axis(x, _LEFT, _RIGHT), _axis(y, _BOTTOM, _TOP)
    if is_same_scale:
        both = np.concatenate([x, y])
        across, up = _axis(both, _LEFT, _RIGHT), _axis(both, _BOTTOM, _TOP)
    x_ticks, y_ticks = linear_ticks(across.low, across.high), linear_ticks(up.low, up.high)
    parts = [
        line(_LEFT, _BOTTOM, _RIGHT, _TOP, "ref") if is_same_scale else "",
        left_axis(up, _LEFT, y_ticks, tuple(significant(t) for t in y_ticks), y_label),
        bottom_axis(across, _BOTTOM, x_ticks, tuple(significant(t) for t in x_ticks), x_label),
        path(dots(across(x), up(y)), "d0 big"),
    ]
    return Figure(
        name=name,
        kind="scatter",
        title=title,
        description=f"{plural(x.size, 'donor')}: {y_label} against {x_label}.",
        width=_WIDTH,
        height=_BOTTOM + 92,
        body="".join(parts),
    )


def _axis(values: NDArray[np.float64], start: float, end: float) -> Scale:
    low, high = float(values.min()), float(values.max())
    room = 0.06 * ((high - low) or 1.0)
    return Scale(low - room, high + room, start, end)
