"""What was done in each scenario and when: a row for each intervention, a mark for each dose."""

from collections.abc import Sequence

from macroimmune.report.axes import Scale, bottom_axis
from macroimmune.report.mechanism.courses_figure import day_scale, day_ticks
from macroimmune.report.mechanism.model_run import ModelRun, letter
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["schedule_figure"]

_WIDTH, _LEFT, _RIGHT = 1820, 760, 1790
_ROW, _TOP = 40, 20
_TUMOUR, _LONGEST = "tumour grows", 23


def schedule_figure(name: str, runs: Sequence[ModelRun]) -> Figure:
    """Return the figure: scenarios down, days across.

    Parameters
    ----------
    name : str
        Stem of its file name.
    runs : sequence of ModelRun
    """
    across = day_scale(runs, _LEFT, _RIGHT)
    parts, y = [], float(_TOP)
    for place, run in enumerate(runs):
        rows = [*((dose.name, dose.days) for dose in run.doses)] or [("no intervention", ())]
        parts.append(text(0, y + 28, letter(place), f"t bold n{place % 7}"))
        parts.append(text(36, y + 28, shorten(run.name, _LONGEST), "t l"))
        if run.tumour_days > 0:
            x = across.at(-run.tumour_days)
            end = y + _ROW * len(rows)
            parts.append(path(f"M{x:.0f} {y + 4:.0f}V{end - 4:.0f}H{_RIGHT}V{y + 4:.0f}z",
                              "stripe", f"{letter(place)}: {_TUMOUR}"))  # fmt: skip
        for words, days in rows:
            parts.append(_row(words, days, place, y, across))
            y += _ROW
        parts.append(line(0, y + 5, _RIGHT, y + 5, "rule"))
        y += 10
    zero = across.at(0.0)
    days = day_ticks(across, at_most=12)
    parts.append(line(zero, _TOP - 6, zero, y, "ref"))
    labels = tuple(significant(day).replace("-", "−") for day in days)
    parts.append(bottom_axis(across, y + 4, days, labels, "days; 0 is the start of treatment"))
    return Figure(
        name=name,
        kind="schedule wide",
        title="What was done in each scenario",
        description=f"{plural(len(runs), 'scenario')}: " + "; ".join(map(_said, runs)),
        width=_WIDTH,
        height=round(y + 92),
        body="".join(parts),
    )


def _row(words: str, days: Sequence[float], place: int, y: float, across: Scale) -> str:
    middle = y + _ROW / 2
    look = "t s l" if days else "t s"
    marks = "".join(
        f"M{across.at(day) - 8:.0f} {middle + 8:.0f}h16l-8 -17z"
        for day in days
        if across.low <= day <= across.high
    )
    mark = path(marks, f"f{place % 7}", words) if marks else ""
    return text(_LEFT - 24, y + 28, shorten(words, 28), f"{look} e") + mark


def _said(run: ModelRun) -> str:
    doses = ", ".join(
        f"{dose.name} on day {', '.join(significant(day) for day in dose.days[:6])}"
        + (" …" if len(dose.days) > 6 else "")
        for dose in run.doses
    )
    return f"{run.name}: {doses or 'no intervention'}"
