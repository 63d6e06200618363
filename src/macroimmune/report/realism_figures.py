"""Figures that put virtual people beside real ones: shapes, correlations, survival."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks, log_ticks
from macroimmune.report.numbers import significant
from macroimmune.report.svg import Figure, line, path, shorten, staircase, text

__all__ = ["correlations_figure", "shape_figure", "survival_figure"]

Values = NDArray[np.float64]

_WIDTH, _HEIGHT = 480, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 460, 20, 230
_CELL, _LABELS, _HEAD = 26, 330, 60
# More variables than these need the whole width of the page.
_FEW = 8
# From minus one to one: blue, white, orange; told apart with every kind of colour vision.
_SHADES = 10
_BLUE, _ORANGE = (0, 114, 178), (213, 94, 0)


def shape_figure(name: str, variable: str, unit: str, shape: pl.DataFrame) -> Figure:
    """Return how a variable is distributed: real people as an area, virtual ones as a line.

    Parameters
    ----------
    name : str
        Stem of its file name.
    variable, unit : str
    shape : polars DataFrame
        is_log, low, high, real, virtual: shares of people between rising bounds.
    """
    is_log = bool(shape["is_log"][0])
    low, high = (shape[column].cast(pl.Float64).to_numpy() for column in ("low", "high"))
    across = Scale(float(low[0]), float(high[-1]), _LEFT, _RIGHT, is_log)
    wide = np.maximum(across(high) - across(low), 1e-9)
    real, virtual = (shape[kind].to_numpy() / wide for kind in ("real", "virtual"))
    up = Scale(0.0, float(max(real.max(), virtual.max())), _BOTTOM, _TOP)
    edges = np.r_[across(low), across(high[-1:])]
    steps = staircase(np.r_[edges[0], edges], np.r_[_BOTTOM, up(real), _BOTTOM])
    ours = staircase(np.r_[edges[0], edges], np.r_[_BOTTOM, up(virtual), _BOTTOM])
    if unit == "yes or no":
        ticks: tuple[float, ...] = (0.0, 1.0)
        labels: tuple[str, ...] = ("no", "yes")
    else:
        ticks = (log_ticks if is_log else linear_ticks)(across.low, across.high, 4)
        labels = tuple(significant(tick) for tick in ticks)
    title = variable if unit in {"yes or no", "ratio"} else f"{variable}, {unit}"
    return Figure(
        name=name,
        kind="shape",
        title=f"{variable}: virtual beside real",
        description=(
            f"Distribution of {variable} ({unit}): grey area real people, blue line virtual "
            "people, same area beneath both"
        ),
        width=_WIDTH,
        height=_HEIGHT,
        body=path(f"{steps}z", "area")
        + path(ours, "k0")
        + bottom_axis(across, _BOTTOM, ticks, labels, shorten(title, 34)),
    )


def correlations_figure(name: str, names: Sequence[str], pairs: pl.DataFrame) -> Figure:
    """Return three triangles of rank correlations: real, virtual, and virtual minus real.

    Parameters
    ----------
    name : str
    names : sequence of str
        Variables in the order of rows and columns.
    pairs : polars DataFrame
        variable_a, variable_b, rho_real, rho_virtual, difference, halves_95 (may be missing).

    Notes
    -----
    Convention: a dot marks a difference beyond the 95th percentile of that between random halves
    of the real cohort.
    """
    size = len(names) * _CELL
    parts = [
        text(_LABELS - 12, _HEAD + row * _CELL + 20, shorten(label, 24), "t s e")
        for row, label in enumerate(names)
    ]
    columns = {"real": "rho_real", "virtual": "rho_virtual", "virtual - real": "difference"}
    place = {label: index for index, label in enumerate(names)}
    for panel, (title, column) in enumerate(columns.items()):
        left = _LABELS + panel * (size + 40)
        parts.append(text(left, 40, title, "t l"))
        parts.append(_squares(pairs, column, place, left))
        if column == "difference":
            parts.append(_beyond(pairs, place, left))
    parts.append(_key(_LABELS, _HEAD + size + 30))
    return Figure(
        name=name,
        kind="correlations" if len(names) <= _FEW else "correlations wide",
        title="Rank correlations of real and virtual people",
        description=(
            f"Spearman correlations of {len(names)} variables: real, virtual and their difference; "
            "orange positive, blue negative"
        ),
        width=_LABELS + 3 * (size + 40),
        height=_HEAD + size + 110,
        body="".join(parts),
    )


def _squares(pairs: pl.DataFrame, column: str, place: Mapping[str, int], left: int) -> str:
    """Return the lower triangle, one path for each shade."""
    shades: dict[int, list[str]] = {}
    for first, second, value in pairs.select("variable_a", "variable_b", column).iter_rows():
        across, down = sorted((place[first], place[second]))
        shade = int(np.clip(np.rint(value * _SHADES), -_SHADES, _SHADES))
        x, y = left + across * _CELL, _HEAD + down * _CELL
        shades.setdefault(shade, []).append(f"M{x} {y}h{_CELL - 2}v{_CELL - 2}h-{_CELL - 2}z")
    return "".join(
        f'<path d="{"".join(squares)}" style="fill:{_colour(shade)}"/>'
        for shade, squares in sorted(shades.items())
    )


def _beyond(pairs: pl.DataFrame, place: Mapping[str, int], left: int) -> str:
    marks = []
    for first, second, apart, halves in pairs.select(
        "variable_a", "variable_b", "difference", "halves_95"
    ).iter_rows():
        if halves is not None and abs(apart) > halves:
            across, down = sorted((place[first], place[second]))
            middle = (_CELL - 2) / 2
            marks.append(
                f"M{left + across * _CELL + middle:.0f} {_HEAD + down * _CELL + middle:.0f}h0"
            )
    return path("".join(marks), "d6") if marks else ""


def _colour(shade: int) -> str:
    strength = abs(shade) / _SHADES
    tone = _ORANGE if shade > 0 else _BLUE
    mixed = (round(244 + (part - 244) * strength) for part in tone)
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _key(x: int, y: int) -> str:
    steps = range(-_SHADES, _SHADES + 1)
    squares = "".join(
        f'<path d="M{x + (step + _SHADES) * 20} {y}h20v20h-20z" style="fill:{_colour(step)}"/>'
        for step in steps
    )
    end = x + len(steps) * 20
    return squares + "".join(
        text(where, y + 50, label, "t s m")
        for where, label in ((x + 10, "-1"), ((x + end) / 2, "0"), (end - 10, "1"))
    )


def survival_figure(name: str, title: str, curves: Mapping[str, pl.DataFrame]) -> Figure:
    """Return survival of real and virtual patients.

    Parameters
    ----------
    name, title : str
    curves : mapping from "real" and "virtual" to polars DataFrame
        month and survival; a curve of few months is drawn as points joined by lines.
    """
    last = max(float(str(curve["month"].max())) for curve in curves.values())
    across, up = Scale(0.0, last, 80, _WIDTH - 20), Scale(0.0, 1.0, _BOTTOM, 48)
    ticks = linear_ticks(0.0, last, 5)
    parts = [
        left_axis(up, 80, (0, 0.5, 1), ("0", "50", "100"), "%"),
        bottom_axis(across, _BOTTOM, ticks, tuple(significant(t) for t in ticks), "Months"),
        line(80, up.at(0.5), _WIDTH - 20, up.at(0.5), "ref"),
    ]
    for kind, look in (("real", "k6"), ("virtual", "k0")):
        curve = curves[kind]
        x, y = across(curve["month"].to_numpy()), up(curve["survival"].to_numpy())
        parts.append(path(staircase(x, y), look))
    sizes = ", ".join(f"{kind} n = {curve['n'][0]}" for kind, curve in curves.items())
    return Figure(
        name=name,
        kind="survival",
        title=title,
        description=f"Kaplan-Meier curves: black real, blue virtual patients; {sizes}",
        width=_WIDTH,
        height=_HEIGHT,
        body="".join(parts),
    )
