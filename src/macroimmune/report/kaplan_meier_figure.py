"""Curves of survival or incidence with 95 % bands, names at the lines and numbers at risk."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, bottom_axis, follow_up_ticks, left_axis
from macroimmune.report.curves import Line
from macroimmune.report.numbers import count
from macroimmune.report.svg import (
    Figure,
    clean,
    line,
    path,
    shorten,
    staircase,
    staircase_band,
    text,
)

__all__ = ["kaplan_meier_figure"]

MOST_GROUPS = 7
_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 92, 742, 48, 448, 960


def kaplan_meier_figure(
    name: str,
    curves: Mapping[str, Line],
    at_risk: Mapping[str, Line],
    *,
    outcome: str,
    landmark_days: float | None,
    subject: str,
    incidence_of: str = "",
) -> Figure:
    """Return the figure of one endpoint, a line for each group.

    Parameters
    ----------
    name : str
        Stem of its file name.
    curves : mapping from group to Line
        x in days, y survival just after x, ci pointwise 95 %.
    at_risk : mapping from group to Line
        x in days, n at risk; may be empty.
    outcome : str
        Name of the endpoint in words.
    landmark_days : float or None
        Day from which follow-up counts, None for the time origin of the study.
    subject : str
        Whose curves these are, for title and description.
    incidence_of : str
        Where the curves are cumulative incidences: of which event. Empty for Kaplan-Meier curves.

    Notes
    -----
    Convention: at most seven groups are drawn, those that stand first; the description says so.
    """
    shown = dict(list(curves.items())[:MOST_GROUPS])
    last_day = max((float(part.x.max()) for part in shown.values()), default=1.0) or 1.0
    risk_days = _risk_days(at_risk, last_day)
    days, labels, unit = follow_up_ticks(last_day, risk_days)
    axis = (
        f"{incidence_of[:1].upper()}{incidence_of[1:]}, %" if incidence_of else "Free of event, %"
    )
    across, up = Scale(0, last_day, _LEFT, _RIGHT), Scale(0, 1, _BOTTOM, _TOP)
    origin = "of follow-up" if landmark_days is None else f"after day {landmark_days:g}"
    parts = [
        left_axis(up, _LEFT, (0, 0.25, 0.5, 0.75, 1), ("0", "25", "50", "75", "100"), axis),
        bottom_axis(across, _BOTTOM, days, labels, f"{unit.capitalize()} {origin}"),
        *(_group(index, part, across, up) for index, part in enumerate(shown.values())),
        _names(shown, up),
    ]
    rows = [group for group in shown if group in at_risk]
    if rows:
        parts.append(_risk_table(list(shown), at_risk, days, across))
    sizes = ", ".join(f"{group} n = {count(_size(part))}" for group, part in shown.items())
    left_out = len(curves) - len(shown)
    more = f" {left_out} further groups are not drawn." if left_out else ""
    drawn = "Cumulative incidence" if incidence_of else "Kaplan-Meier curves"
    return Figure(
        name=name,
        kind="incidence" if incidence_of else "kaplan-meier",
        title=f"{outcome} {subject}".strip(),
        description=f"{drawn} with 95 % bands; {sizes}; time in {unit}.{more}",
        width=_WIDTH,
        height=_BOTTOM + 92 + (len(shown) * 34 + 42 if rows else 0),
        body="".join(parts),
        data=(
            ("x", f"{_LEFT} {_RIGHT} {last_day:.6g}"),
            ("y", f"{_BOTTOM} {_TOP}"),
            ("groups", "\t".join(shown)),
        ),
    )


def _size(part: Line) -> float | None:
    """Return the participants at the start of a curve."""
    known = part.n[np.isfinite(part.n)]
    return float(known.max()) if known.size else None


def _risk_days(at_risk: Mapping[str, Line], last_day: float) -> tuple[float, ...]:
    days = {float(day) for part in at_risk.values() for day in part.x if 0 <= day <= last_day}
    return tuple(sorted(days))


def _from_start(part: Line) -> tuple[NDArray[np.float64], ...]:
    """Return x, y, low, high that begin at day 0 with everybody free of the event."""
    low = np.where(np.isfinite(part.ci_low), part.ci_low, part.y)
    high = np.where(np.isfinite(part.ci_high), part.ci_high, part.y)
    if part.x.size and part.x[0] <= 0:
        return part.x, part.y, low, high
    return (np.r_[0.0, part.x], np.r_[1.0, part.y], np.r_[1.0, low], np.r_[1.0, high])


def _group(index: int, part: Line, across: Scale, up: Scale) -> str:
    x, y, low, high = _from_start(part)
    area = path(staircase_band(across(x), up(low), up(high)), f"b{index}")
    return area + path(staircase(across(x), up(y)), f"k{index}")


def _names(shown: Mapping[str, Line], up: Scale) -> str:
    """Return the group names beside the ends of their lines, moved apart where they touch."""
    ends = sorted((up.at(float(part.y[-1])), index) for index, part in enumerate(shown.values()))
    lowest = _BOTTOM + 8.0
    places: dict[int, float] = {}
    previous = -np.inf
    for y, index in ends:
        previous = max(y, previous + 30)
        places[index] = previous
    overflow = max(0.0, previous - lowest)
    return "".join(
        text(_RIGHT + 14, places[index] - overflow + 8, shorten(group, 16), f"t n{index}")
        for index, group in enumerate(shown)
    )


def _risk_table(
    groups: list[str], at_risk: Mapping[str, Line], days: tuple[float, ...], across: Scale
) -> str:
    top = _BOTTOM + 122
    parts = [text(4, top - 8, "At risk", "t l")]
    for index, group in enumerate(groups):
        y = top + 28 + index * 34
        parts.append(line(4, y - 8, 52, y - 8, f"k{index}"))
        part = at_risk.get(group)
        if part is None:
            continue
        known = dict(zip(part.x.tolist(), part.n.tolist(), strict=True))
        cells = (
            f'<tspan x="{across.at(day):.0f}">{clean(count(known[day]))}</tspan>'
            for day in days
            if day in known
        )
        parts.append(f'<text y="{y}" class="t m n{index}">{"".join(cells)}</text>')
    return "".join(parts)
