"""Dose-response in the model: doses of one intervention across, one quantity up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, decade_ticks, left_axis, linear_ticks
from macroimmune.report.mechanism.course_scale import course_scale, course_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, dots, line, path, polyline, text

__all__ = ["DoseResponse", "dose_response_figure", "dose_scale"]

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 960, 110, 900, 56, 470
_NONE, _GAP = 150, 60
_SPAN = 20.0


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """One quantity at several doses of one intervention.

    Parameters
    ----------
    title : str
    across_title, up_title : str
        With their units.
    doses : tuple of float
        Rising, from 0 on; those whose runs reached the day.
    values : tuple of float
        One for each dose.
    ended_early : int
        How many doses more were run and did not reach the day.
    marked : float or None
        Dose of the scenario; None where its run did not reach the day.
    scenario : str
        Whose dose is changed.
    """

    title: str
    across_title: str
    up_title: str
    doses: tuple[float, ...]
    values: tuple[float, ...]
    ended_early: int = 0
    marked: float | None = None
    scenario: str = ""


def dose_scale(doses: Sequence[float]) -> Scale:
    """Return the axis of doses above zero: logarithmic where they span a factor of 20.

    Notes
    -----
    Convention: a dose of zero stands apart at the left of a logarithmic axis.

    Examples
    --------
    >>> dose_scale([0.0, 0.1, 10.0]).is_log, dose_scale([0.0, 1.0, 2.0]).is_log
    (True, False)
    """
    given = [dose for dose in doses if dose > 0]
    if not given:
        return Scale(0.0, 1.0, _LEFT, _RIGHT)
    low, high = min(given), max(given)
    if high / low < _SPAN:
        return Scale(0.0, 1.04 * high, _LEFT, _RIGHT)
    start = _NONE + _GAP if min(doses) == 0 else _LEFT
    return Scale(low / 1.3, high * 1.3, start, _RIGHT, is_log=True)


def dose_response_figure(name: str, given: DoseResponse) -> Figure:
    """Return the curve; `name` is the stem of its file name."""
    doses, values = given.doses, given.values
    across = dose_scale(doses)
    up = course_scale([np.asarray(values, dtype=float)], _BOTTOM, _TOP)
    x = np.array([_NONE if across.is_log and dose <= 0 else across.at(dose) for dose in doses])
    y = up(np.asarray(values, dtype=float))
    ticks, labels = _dose_ticks(across)
    joined = slice(1, None) if across.is_log and doses[0] <= 0 else slice(None)
    parts = [
        left_axis(
            up, _LEFT, *course_ticks(up, 6), given.up_title + (", log axis" if up.is_log else "")
        ),
        bottom_axis(across, _BOTTOM, ticks, labels, given.across_title),
        path(polyline(x[joined], y[joined]), "c0") if x[joined].size > 1 else "",
        path(dots(x, y), "point"),
    ]
    if across.is_log and min(doses) <= 0:
        parts.append(path(f"M{_LEFT} {_BOTTOM}H{_NONE + 30}M{_NONE} {_BOTTOM}v8", "ax"))
        parts.append(text(_NONE, _BOTTOM + 34, "0", "t m"))
        parts.append(path(f"M{_NONE} {y[0]:.0f}H{_RIGHT}", "ref"))
    if given.marked is not None and given.marked > 0:
        at = across.at(given.marked)
        parts.append(line(at, _TOP, at, _BOTTOM, "ref"))
        is_right = at > (_LEFT + _RIGHT) / 2
        parts.append(text(at - 10 if is_right else at + 10, _TOP + 20, "as the scenario",
                          "t s e" if is_right else "t s"))  # fmt: skip
    return Figure(
        name=name,
        kind="dose-response",
        title=given.title,
        description=f"{plural(len(doses), 'dose')}: "
        + "; ".join(
            f"{significant(dose)}: {significant(value)}"
            for dose, value in zip(doses, values, strict=True)
        ),
        width=_WIDTH,
        height=_BOTTOM + 88,
        body="".join(parts),
    )


def _dose_ticks(across: Scale) -> tuple[tuple[float, ...], tuple[str, ...]]:
    ticks = (decade_ticks if across.is_log else linear_ticks)(across.low, across.high, 5)
    return ticks, tuple(map(significant, ticks))
