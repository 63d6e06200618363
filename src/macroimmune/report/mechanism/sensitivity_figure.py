"""Which parameters matter most: bars of a sensitivity index with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, path, shorten, text

__all__ = ["Sensitivity", "sensitivity_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 960, 400, 880, 12, 36


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One parameter's index with its 95 % interval, None where there is none."""

    parameter: str
    index: float
    low: float | None = None
    high: float | None = None


def sensitivity_figure(name: str, rows: Sequence[Sensitivity], *, title: str, axis: str) -> Figure:
    """Return the bars in the order given."""
    high = max([1e-9, *(max(row.index, row.high or 0.0) for row in rows)])
    across = Scale(0.0, 1.05 * high, _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(rows) + 8
    ticks = linear_ticks(0.0, across.high, 5)
    return Figure(
        name=name,
        kind="sensitivity",
        title=title,
        description=f"{plural(len(rows), 'parameter')}: "
        + "; ".join(f"{row.parameter} {significant(row.index)}" for row in rows),
        width=_WIDTH,
        height=bottom + 86,
        body="".join(_row(k, row, across) for k, row in enumerate(rows))
        + bottom_axis(across, bottom, ticks, tuple(map(significant, ticks)), axis),
    )


def _row(k: int, row: Sensitivity, across: Scale) -> str:
    y = _TOP + _ROW * k
    end = across.at(max(row.index, 0.0))
    parts = [
        text(_LEFT - 16, y + 26, shorten(row.parameter, 32), "t s l e"),
        path(f"M{_LEFT} {y + 6}H{end:.0f}v24H{_LEFT}z", "f0"),
    ]
    if row.low is not None and row.high is not None:
        low, high = across.at(row.low), across.at(row.high)
        parts.append(path(f"M{low:.0f} {y + 18}H{high:.0f}", "ci"))
    return "".join(parts)
