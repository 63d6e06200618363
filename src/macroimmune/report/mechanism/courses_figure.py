"""Time courses of one compartment: a small panel for each quantity, a line for each scenario."""

from collections.abc import Sequence

import numpy as np

from macroimmune.report.axes import Scale, linear_ticks
from macroimmune.report.mechanism.course_scale import LEAST, course_scale, course_ticks
from macroimmune.report.mechanism.display_unit import shown_courses
from macroimmune.report.mechanism.model_run import ModelRun, letter
from macroimmune.report.mechanism.quantities import COMPARTMENTS, Quantity
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, polyline, shorten, text

__all__ = ["apart", "courses_figure", "day_scale", "day_ticks", "run_key"]

_WIDTH, _ACROSS = 1820, 4
_PANEL, _HIGH = 455, 322
_LEFT, _RIGHT, _TOP, _BOTTOM = 92, 405, 74, 262
_LETTER, _CHAR, _LANE = 24, 13.4, 12
_READ = (
    "Across: days; dashed: day 0, the start of treatment. Triangles: interventions, a lane for "
    "each scenario."
)


def courses_figure(
    name: str, compartment: str, quantities: Sequence[Quantity], runs: Sequence[ModelRun]
) -> Figure:
    """Return the panels of a compartment.

    Parameters
    ----------
    name : str
        Stem of its file name.
    compartment : str
        One of `COMPARTMENTS`.
    quantities : sequence of Quantity
        A panel each, in reading order; every run has their columns.
    runs : sequence of ModelRun
        A line each, with its letter at the end.

    Notes
    -----
    Convention: each panel has its own vertical axis, linear from 0, or logarithmic where numbers
    span a factor of 30 or more. The dashed line is day 0. Marks below the axis are days of
    interventions, a lane for each scenario.
    """
    across = day_scale(runs, _LEFT, _RIGHT)
    key, head = run_key(runs, _WIDTH)
    n_rows = -(-len(quantities) // _ACROSS)
    treated = [place for place, run in enumerate(runs) if run.doses]
    high = _HIGH + _LANE * len(treated)
    panels = "".join(
        f'<g transform="translate({place % _ACROSS * _PANEL} '
        f'{head + place // _ACROSS * high:.0f})">'
        f"{_panel(quantity, runs, across, treated)}</g>"
        for place, quantity in enumerate(quantities)
    )
    where = COMPARTMENTS[compartment]
    named = ", ".join(f"{one.name} ({shown_courses(one, runs)[1]})" for one in quantities)
    return Figure(
        name=name,
        kind="courses wide",
        title=f"{where}: time courses",
        description=f"{plural(len(runs), 'scenario')} of the model: "
        f"{'; '.join(f'{letter(k)} {run.name}' for k, run in enumerate(runs))}. "
        f"Days from the start of treatment against {named}.",
        width=_WIDTH,
        height=round(head + n_rows * high + 30),
        body=key + panels + text(0, head + n_rows * high + 12, _READ, "t s"),
    )


def day_scale(runs: Sequence[ModelRun], start: float, end: float) -> Scale:
    """Return the axis of days that holds every run."""
    days = np.concatenate([run.days for run in runs])
    return Scale(float(days.min()), max(float(days.max()), float(days.min()) + 1.0), start, end)


def run_key(runs: Sequence[ModelRun], width: int) -> tuple[str, float]:
    """Return letters and names of the runs side by side, and the height that they take."""
    parts, x, y = [], 0.0, 26.0
    for place, run in enumerate(runs):
        said = shorten(run.name, 60)
        wide = 62 + _CHAR * len(said) + 36
        if x and x + wide > width:
            x, y = 0.0, y + 38
        parts.append(text(x, y, letter(place), f"t bold n{place % 7}"))
        parts.append(line(x + 24, y - 8, x + 54, y - 8, f"c{place % 7}"))
        parts.append(text(x + 64, y, said, "t l"))
        x += wide
    return "".join(parts), y + 26


def _panel(
    quantity: Quantity, runs: Sequence[ModelRun], across: Scale, treated: Sequence[int]
) -> str:
    courses, unit, factor = shown_courses(quantity, runs)
    up = course_scale(courses, _BOTTOM, _TOP, LEAST * factor)
    parts = [
        text(0, 24, shorten(quantity.name, 32), "t l bold"),
        text(0, 52, unit + (", log axis" if up.is_log else ""), "t s"),
        _axes(across, up, _BOTTOM + _LANE * len(treated)),
    ]
    ends = []
    for place, (run, values) in enumerate(zip(runs, courses, strict=True)):
        if not values.size:
            continue
        along, high = across(run.days), up(values)
        parts.append(path(polyline(along, high), f"c{place % 7}", f"{letter(place)} {run.name}"))
        if place in treated:
            parts.append(_doses(run, place, across, _BOTTOM + _LANE * (treated.index(place) + 1)))
        ends.append((place, float(along[-1]), float(high[-1])))
    for x in sorted({end[1] for end in ends}):
        here = [end for end in ends if end[1] == x]
        for (place, *_), y in zip(here, apart([end[2] for end in here], _LETTER), strict=True):
            parts.append(text(x + 8, y + 8, letter(place), f"t s bold n{place % 7}"))
    return "".join(parts)


def _axes(across: Scale, up: Scale, below: float) -> str:
    ticks, labels = course_ticks(up)
    days = day_ticks(across)
    commands = (
        f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"
        + "".join(f"M{_LEFT} {up.at(tick):.0f}h-7" for tick in ticks)
        + "".join(f"M{across.at(day):.0f} {_BOTTOM}V{below + 7:.0f}" for day in days)
    )
    zero = across.at(0.0)
    words = [
        *(
            text(_LEFT - 12, up.at(tick) + 8, label, "t s e")
            for tick, label in zip(ticks, labels, strict=True)
        ),
        *(
            text(across.at(day), below + 32, significant(day).replace("-", "−"), "t s m")
            for day in days
        ),
    ]
    mark = line(zero, _TOP, zero, _BOTTOM, "ref") if across.low <= 0 <= across.high else ""
    return path(commands, "ax") + "".join(words) + mark


def day_ticks(across: Scale, at_most: int = 5) -> tuple[float, ...]:
    """Return days to write at: whole weeks, months of four weeks or quarters from day 0 on.

    Examples
    --------
    >>> day_ticks(Scale(-30.0, 60.0, 0, 1))
    (-28.0, 0.0, 28.0, 56.0)
    """
    span = across.high - across.low
    for step in (7, 14, 28, 56, 91, 182, 364):
        if span / step <= at_most:
            first = int(np.ceil(across.low / step))
            return tuple(float(step * k) for k in range(first, int(across.high // step) + 1))
    return linear_ticks(across.low, across.high, at_most)


def _doses(run: ModelRun, place: int, across: Scale, y: float) -> str:
    return "".join(
        path(
            "".join(
                f"M{across.at(day) - 5:.0f} {y:.0f}h10l-5 -10z"
                for day in dose.days
                if across.low <= day <= across.high
            ),
            f"f{place % 7}",
            f"{letter(place)}: {dose.name}",
        )
        for dose in run.doses
        if any(across.low <= day <= across.high for day in dose.days)
    )


def apart(heights: Sequence[float], least: float) -> list[float]:
    """Return heights moved as little as it takes that neighbours are `least` apart.

    Examples
    --------
    >>> apart([10.0, 10.0, 100.0], 20.0)
    [0.0, 20.0, 100.0]
    """
    order = np.argsort(heights, kind="stable")
    groups: list[tuple[float, int]] = []
    for place in order.tolist():
        groups.append((heights[place], 1))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], least):
            (above, n), (below, m) = groups[-2], groups[-1]
            groups[-2:] = [((above * n + below * m) / (n + m), n + m)]
    moved = [middle + least * (k - (n - 1) / 2) for middle, n in groups for k in range(n)]
    placed = [0.0] * len(heights)
    for place, height in zip(order.tolist(), moved, strict=True):
        placed[place] = height
    return placed


def _overlap(above: tuple[float, int], below: tuple[float, int], least: float) -> bool:
    return above[0] + least * above[1] / 2 > below[0] - least * below[1] / 2 - 1e-9
