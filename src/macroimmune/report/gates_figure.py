"""Where each marker was cut: the cells of all files, and the threshold of every file above them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, band, path, shorten, text

__all__ = ["MarkerGate", "gates_figure"]

_LEFT, _RIGHT, _WIDTH, _ROW, _TOP = 330, 1010, 1380, 104, 56
_HEIGHT = 66


@dataclass(frozen=True, slots=True, eq=False)
class MarkerGate:
    """One marker among the cells of one population, over all files of a panel.

    Parameters
    ----------
    marker, within, level : str
        Names for people; level: `positive` or `high`.
    x : float array, shape (bins,)
        Middle of each bin, transformed scale.
    density : float array, shape (bins,)
        Cells of all files, each file with the same weight; any unit.
    thresholds, standard_errors : float array, shape (files,)
        NaN where a file has none.
    """

    marker: str
    within: str
    level: str
    x: NDArray[np.float64]
    density: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    standard_errors: NDArray[np.float64]


def gates_figure(name: str, panel: str, gates: Sequence[MarkerGate], scale: str) -> Figure:
    """Return a row per marker: the density of its cells, the thresholds of the files above it.

    Parameters
    ----------
    name : str
        Stem of its file name.
    panel : str
    gates : sequence of MarkerGate
        At least one.
    scale : str
        The transformed scale in words, such as arcsinh(x / 5).
    """
    low = min(float(gate.x.min()) for gate in gates)
    high = max(float(gate.x.max()) for gate in gates)
    across = Scale(low, high, _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(gates)
    rows = [_row(gate, _TOP + index * _ROW, across) for index, gate in enumerate(gates)]
    ticks = linear_ticks(low, high)
    axis = bottom_axis(across, bottom, ticks, tuple(significant(t) for t in ticks), scale)
    heads = text(_LEFT - 16, 30, "marker, cut among", "t e l") + text(
        _RIGHT + 20, 30, "median threshold [range]", "t l"
    )
    return Figure(
        name=name,
        kind="gates",
        title=f"Gates of {panel}",
        description=(
            "Grey: square root of the density of the cells of all files, each with the same "
            "weight, scaled to the highest bin. "
            f"Each vertical line is the threshold of one file; {plural(len(gates), 'marker')}; "
            f"scale {scale}."
        ),
        width=_WIDTH,
        height=bottom + 92,
        body=heads + "".join(rows) + axis,
    )


def _row(gate: MarkerGate, top: int, across: Scale) -> str:
    floor = top + _ROW - 14
    highest = float(gate.density.max(initial=0.0)) or 1.0
    # The root keeps few positive cells visible beside many negative ones.
    heights = floor - np.sqrt(np.maximum(gate.density, 0.0) / highest) * _HEIGHT
    x = across(gate.x)
    known = gate.thresholds[np.isfinite(gate.thresholds)]
    ticks = "".join(f"M{x:.0f} {floor}v-{_HEIGHT + 10}" for x in across(known))
    marker = gate.marker if gate.level == "positive" else f"{gate.marker} {gate.level}"
    parts = [
        path(band(x, np.full(x.shape, float(floor)), heights), "area"),
        path(f"M{_LEFT} {floor}H{_RIGHT}", "hair"),
        path(ticks, "k0 gate") if known.size else "",
        text(_LEFT - 16, floor - 30, shorten(marker, 20), "t e l bold"),
        text(_LEFT - 16, floor - 4, shorten(f"in {gate.within}", 24), "t e s"),
        text(_RIGHT + 20, floor - 30, *_said(known)),
        text(_RIGHT + 20, floor - 4, _error(gate), "t s"),
    ]
    return "".join(parts)


def _said(known: NDArray[np.float64]) -> tuple[str, str]:
    if not known.size:
        return "no threshold", "t"
    low, middle, high = (float(value) for value in np.quantile(known, (0.0, 0.5, 1.0)))
    reach = f" [{low:.2f} to {high:.2f}]" if known.size > 1 else ""
    return f"{middle:.2f}{reach}", "t l"


def _error(gate: MarkerGate) -> str:
    known = np.isfinite(gate.thresholds)
    files = f"{int(known.sum())} of {plural(known.size, 'file')}"
    errors = gate.standard_errors[known & np.isfinite(gate.standard_errors)]
    return f"{files}, standard error {np.median(errors):.2f}" if errors.size else files
