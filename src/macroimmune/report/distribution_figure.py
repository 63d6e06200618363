"""The values of a biomarker in groups: box, 5 to 95 % whiskers and every participant a dot."""

from collections.abc import Mapping

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks, log_ticks
from macroimmune.report.curves import Line
from macroimmune.report.effect_figure import value_label, value_scale
from macroimmune.report.numbers import count, significant
from macroimmune.report.svg import Figure, dots, path, shorten, text

__all__ = ["distribution_figure"]

_LEFT, _RIGHT, _WIDTH, _ROW, _TOP = 40, 920, 960, 130, 20
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# The golden ratio spreads any number of dots evenly without drawing random numbers.
_GOLDEN = 0.6180339887498949


def distribution_figure(
    name: str,
    boxes: Mapping[str, Line],
    points: Mapping[str, Line],
    *,
    outcome: str,
    subject: str,
    unit: str,
) -> Figure:
    """Return one row for each group, on a common axis of values.

    Parameters
    ----------
    name : str
        Stem of its file name.
    boxes : mapping from group to Line
        x quantile (0.05, 0.25, 0.5, 0.75, 0.95), y value.
    points : mapping from group to Line
        y value of each participant; may be empty.
    outcome, subject, unit : str
        What makes the groups, the feature and its unit.
    """
    groups = tuple(dict.fromkeys((*boxes, *points)))
    everything = np.concatenate([part.y for part in (*boxes.values(), *points.values())])
    across = value_scale(everything, _LEFT, _RIGHT)
    ticks = (log_ticks if across.is_log else linear_ticks)(across.low, across.high)
    bottom = _TOP + _ROW * len(groups)
    rows = [
        _row(index, group, boxes.get(group), points.get(group), across)
        for index, group in enumerate(groups)
    ]
    sizes = ", ".join(
        f"{group} n = {_size(boxes.get(group), points.get(group))}" for group in groups
    )
    axis = bottom_axis(
        across, bottom, ticks, tuple(significant(t) for t in ticks), value_label(subject, unit)
    )
    dots_said = ", dots are participants" if points else ""
    return Figure(
        name=name,
        kind="distribution",
        title=f"{subject} by {outcome}",
        description=(
            f"Boxes from the lower to the upper quartile with the median, whiskers from 5 to "
            f"95 %{dots_said}; {sizes}; values in {unit}."
        ),
        width=_WIDTH,
        height=bottom + 92,
        body="".join(rows) + axis,
    )


def _size(box: Line | None, points: Line | None) -> str:
    if box is not None and np.isfinite(box.n).any():
        return count(float(np.nanmax(box.n)))
    return count(points.y.size if points is not None else None)


def _row(index: int, group: str, box: Line | None, points: Line | None, across: Scale) -> str:
    look = index % 7
    top = _TOP + index * _ROW
    middle = top + 82
    parts = [text(_LEFT, top + 22, f"{shorten(group, 44)}, n = {_size(box, points)}", f"t n{look}")]
    if points is not None:
        jitter = ((np.arange(points.y.size) * _GOLDEN) % 1 - 0.5) * 60
        parts.append(path(dots(across(points.y), middle + jitter), f"d{look}"))
    if box is not None:
        parts.append(_box(box, across, middle))
    return "".join(parts)


def _box(box: Line, across: Scale, middle: float) -> str:
    known = dict(zip(np.round(box.x, 3).tolist(), across(box.y).tolist(), strict=True))
    if any(quantile not in known for quantile in _QUANTILES):
        return ""
    low, first, median, third, high = (known[quantile] for quantile in _QUANTILES)
    frame = (
        f"M{low:.0f} {middle:.0f}H{first:.0f}M{third:.0f} {middle:.0f}H{high:.0f}"
        f"M{first:.0f} {middle - 22:.0f}H{third:.0f}v44H{first:.0f}z"
    )
    return path(frame, "box") + path(f"M{median:.0f} {middle - 22:.0f}v44", "mid")
