"""One quantity under every scenario in one panel, such as the tumour, named at the lines' ends."""

from collections.abc import Sequence

from macroimmune.report.axes import bottom_axis, left_axis
from macroimmune.report.mechanism.course_scale import LEAST, course_scale, course_ticks
from macroimmune.report.mechanism.courses_figure import apart, day_scale, day_ticks
from macroimmune.report.mechanism.display_unit import shown_courses
from macroimmune.report.mechanism.model_run import ModelRun, letter
from macroimmune.report.mechanism.quantities import Quantity
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, polyline, shorten, text

__all__ = ["burden_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 1820, 110, 1330, 56, 500
_LABEL = 34


def burden_figure(name: str, quantity: Quantity, runs: Sequence[ModelRun], *, day: float) -> Figure:
    """Return the curves.

    Parameters
    ----------
    name : str
        Stem of its file name.
    quantity : Quantity
        Every run has its column.
    runs : sequence of ModelRun
    day : float
        At which scenarios are compared; marked.
    """
    across = day_scale(runs, _LEFT, _RIGHT)
    courses, unit, factor = shown_courses(quantity, runs)
    up = course_scale(courses, _BOTTOM, _TOP, LEAST * factor)
    title = f"{quantity.name}, {unit}{', log axis' if up.is_log else ''}"
    days = day_ticks(across, at_most=12)
    parts = [
        left_axis(up, _LEFT, *course_ticks(up, 6), title),
        bottom_axis(
            across, _BOTTOM, days,
            tuple(significant(one).replace("-", "−") for one in days),
            "days; 0 is the start of treatment",
        ),
        line(across.at(0.0), _TOP, across.at(0.0), _BOTTOM, "ref"),
        line(across.at(day), _TOP, across.at(day), _BOTTOM, "rule"),
        text(across.at(day), _TOP - 10, f"day {significant(day)}", "t s m"),
    ]  # fmt: skip
    ends = []
    for place, (run, values) in enumerate(zip(runs, courses, strict=True)):
        if values.size:
            along, high = across(run.days), up(values)
            parts.append(path(polyline(along, high), f"c{place % 7}", run.name))
            ends.append((place, float(along[-1]), float(high[-1])))
    for (place, x, y), at in zip(ends, apart([end[2] for end in ends], _LABEL), strict=True):
        parts.append(line(x + 4, y, _RIGHT + 22, at, "rule"))
        parts.append(text(_RIGHT + 30, at + 8, letter(place), f"t bold n{place % 7}"))
        parts.append(text(_RIGHT + 60, at + 8, shorten(runs[place].name, 34), "t l"))
    return Figure(
        name=name,
        kind="burden wide",
        title=f"{quantity.name} under each scenario",
        description=f"{quantity.name} ({unit}) against days from the start of treatment "
        f"under {plural(len(runs), 'scenario')}: {', '.join(run.name for run in runs)}.",
        width=_WIDTH,
        height=_BOTTOM + 90,
        body="".join(parts),
    )
