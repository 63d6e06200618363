"""How frequent each population is: every sample with the interval of its share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis
from macroimmune.report.numbers import plural
from macroimmune.report.svg import Figure, dots, path, shorten, text

__all__ = ["PopulationShares", "frequencies_figure"]

_LEFT, _RIGHT, _WIDTH, _ROW, _TOP = 640, 1240, 1380, 46, 40
_TICKS = (0.01, 0.1, 1.0, 10.0, 100.0)
_LABELS = ("≤ 0.01", "0.1", "1", "10", "100")
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True, eq=False)
class PopulationShares:
    """The shares of one population of its parent.

    Parameters
    ----------
    name, parent : str
        For people.
    percent, low, high : float array, shape (samples,)
        Share and 95 % interval; NaN where there is no interval.
    """

    name: str
    parent: str
    percent: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def frequencies_figure(name: str, title: str, rows: Sequence[PopulationShares]) -> Figure:
    """Return a row per population: a dot per sample on a logarithmic scale, lines the intervals.

    Parameters
    ----------
    name, title : str
        Stem of its file name; what is drawn.
    rows : sequence of PopulationShares
        At least one.
    """
    across = Scale(_TICKS[0], _TICKS[-1], _LEFT, _RIGHT, is_log=True)
    bottom = _TOP + _ROW * len(rows)
    grid = "".join(f"M{across.at(tick):.0f} {_TOP}V{bottom}" for tick in _TICKS)
    drawn = [_row(row, _TOP + index * _ROW, across) for index, row in enumerate(rows)]
    axis = bottom_axis(across, bottom, _TICKS, _LABELS, "% of the parent, logarithmic")
    samples = max(row.percent.size for row in rows)
    return Figure(
        name=name,
        kind="frequencies",
        title=title,
        description=(
            f"{plural(len(rows), 'population')}, up to {plural(samples, 'sample')}: dots are "
            "samples, lines their 95 % intervals of counting and thresholds; percent of the parent."
        ),
        width=_WIDTH,
        height=bottom + 92,
        body=path(grid, "hair") + "".join(drawn) + axis,
    )


def _row(row: PopulationShares, top: int, across: Scale) -> str:
    middle = top + _ROW / 2
    floor = _TICKS[0]
    jitter = ((np.arange(row.percent.size) * _GOLDEN) % 1 - 0.5) * (_ROW - 18)
    lines = "".join(
        f"M{start:.0f} {middle + shift:.0f}H{end:.0f}"
        for start, end, shift in zip(
            across(np.maximum(row.low, floor)), across(np.maximum(row.high, floor)), jitter,
            strict=True,
        )
        if np.isfinite(start) and np.isfinite(end)
    )  # fmt: skip
    of_parent = f"{shorten(row.name, 34)}, of {shorten(row.parent, 17)}"
    return (
        text(_LEFT - 16, middle + 8, of_parent, "t e s")
        + (path(lines, "hair") if lines else "")
        + path(dots(across(np.maximum(row.percent, floor)), middle + jitter), "d0")
        + text(_RIGHT + 24, middle + 8, f"n = {row.percent.size}", "t s")
    )
