"""Figures of raw measurements, virtual beside real: libraries one by one, and points."""

import numpy as np
import polars as pl

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks, log_ticks
from macroimmune.report.numbers import significant
from macroimmune.report.svg import Figure, dots, line, path, polyline, shorten, text

__all__ = ["against_figure", "along_figure", "strip_figure"]

_WIDTH, _HEIGHT = 480, 330
_RIGHT, _TOP, _BOTTOM = 460, 48, 230
_LOOKS = {"real": "d6", "virtual": "d0"}
_LINES = {"real": "k6", "virtual": "k0"}
_ROW, _FIRST_ROW, _LABELS = 76, 76, 110
# Labels of numbers from here on are so long that fewer fit.
_LONG = 10_000
# Values of a row are moved up and down in this order, so that they hide each other less.
_JITTER = np.array([0, 10, -10, 5, -5, 15, -15])


def strip_figure(name: str, values: pl.DataFrame) -> Figure:
    """Return every library as a dot, real ones above virtual ones, with their medians.

    Parameters
    ----------
    name : str
        Stem of its file name.
    values : polars DataFrame
        Of one variable: variable, unit, is_log, source ("real" or "virtual"), value.
    """
    variable, unit = str(values["variable"][0]), str(values["unit"][0])
    is_log = bool(values["is_log"][0]) and bool((values["value"] > 0).all())
    low, high = (float(edge) for edge in np.quantile(values["value"].to_numpy(), [0.0, 1.0]))
    across = Scale(low, high, _LABELS + 10, _RIGHT - 10, is_log)
    parts, counts = [], []
    for place, (source, look) in enumerate(_LOOKS.items()):
        found = np.sort(values.filter(pl.col("source") == source)["value"].to_numpy())
        y = _FIRST_ROW + place * _ROW
        x = across(found)
        middle = float(across(np.median(found)))
        parts += [
            text(_LABELS - 10, y + 8, source, "t e"),
            path(dots(x, y + _JITTER[np.arange(len(found)) % len(_JITTER)]), look),
            line(middle, y - 28, middle, y + 28, _LINES[source]),
        ]
        counts.append(f"{len(found)} {source}")
    ticks = (
        log_ticks(low, high, 2 if high >= _LONG else 3) if is_log else linear_ticks(low, high, 5)
    )
    title = variable if unit in {"0 to 1", "count"} else f"{variable}, {unit}"
    return Figure(
        name=name,
        kind="strip",
        title=f"{variable}: virtual beside real",
        description=(
            f"{variable} ({unit}) of {' and '.join(counts)} libraries: dots one library, upright "
            "lines the medians"
        ),
        width=_WIDTH,
        height=_HEIGHT,
        body="".join(parts)
        + bottom_axis(
            across, _BOTTOM, ticks, tuple(significant(t) for t in ticks), shorten(title, 34)
        ),
    )


def against_figure(name: str, points: pl.DataFrame) -> Figure:
    """Return one dot per label, virtual above real; on the dashed line both are equal.

    Parameters
    ----------
    name : str
    points : polars DataFrame
        Of one figure: figure, unit, label, real, virtual.
    """
    both = points.select("real", "virtual").to_numpy()
    low, high = float(min(both.min(), 0.0)), float(both.max())
    across, up = Scale(low, high, 90, _RIGHT - 10), Scale(low, high, _BOTTOM, _TOP)
    ticks = linear_ticks(low, high, 4)
    labels = tuple(significant(tick) for tick in ticks)
    heading, unit = str(points["figure"][0]), str(points["unit"][0])
    marks = [
        path(
            dots([across.at(one)], [up.at(other)]),
            "d0",
            f"{label}: {significant(one)} real, {significant(other)} virtual",
        )
        for label, one, other in points.select("label", "real", "virtual").iter_rows()
    ]
    return Figure(
        name=name,
        kind="against",
        title=f"{heading}: virtual against real",
        description=(
            f"{points.height} dots: {heading} ({unit}), real across and virtual up; on the dashed "
            "line both are equal"
        ),
        width=_WIDTH,
        height=_HEIGHT,
        body=line(across.start, up.start, across.end, up.end, "ref")
        + left_axis(up, 90, ticks, labels, "Virtual")
        + bottom_axis(across, _BOTTOM, ticks, labels, shorten(f"Real, {unit}", 34))
        + "".join(marks),
    )


def along_figure(name: str, points: pl.DataFrame) -> Figure:
    """Return two lines over x: real in black, virtual in blue.

    Parameters
    ----------
    name : str
    points : polars DataFrame
        Of one figure: figure, unit, x (positive), real, virtual.
    """
    x = points["x"].to_numpy()
    both = points.select("real", "virtual").to_numpy()
    across = Scale(float(x.min()), float(x.max()), 90, _RIGHT - 10, is_log=True)
    up = Scale(0.0, float(both.max()), _BOTTOM, _TOP)
    heading, unit = str(points["figure"][0]), str(points["unit"][0])
    ticks, heights = log_ticks(across.low, across.high, 4), linear_ticks(0.0, up.high, 4)
    parts = [
        left_axis(up, 90, heights, tuple(significant(t) for t in heights), unit),
        bottom_axis(
            across, _BOTTOM, ticks, tuple(significant(t) for t in ticks), "Mean count per cell"
        ),
    ]
    for source, look in _LINES.items():
        y = up(points[source].to_numpy())
        parts += [path(polyline(across(x), y), look), path(dots(across(x), y), _LOOKS[source])]
    return Figure(
        name=name,
        kind="along",
        title=f"{heading}: virtual beside real",
        description=f"{heading} ({unit}): black real, blue virtual, {points.height} points each",
        width=_WIDTH,
        height=_HEIGHT,
        body="".join(parts),
    )
