"""Forest plot: one line for each biomarker, its estimate, interval and, in a demo, the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks, log_ticks
from macroimmune.report.numbers import (
    difference_with_interval,
    estimate_with_interval,
    p_words,
    significant,
)
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["ForestRow", "forest_figure"]

_LEFT, _RIGHT, _TOP, _WIDTH, _ROW = 900, 1390, 70, 1820, 44
_LONGEST_LABEL, _LONGEST_SCALE = 44, 18
# No axis is longer than this, and none ends at the end of an interval that it holds.
_MOST, _MARGIN = 20.0, 1.06


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line of a forest plot.

    Parameters
    ----------
    label, scale : str
        Name of the feature, and what one unit of the effect is.
    estimate, ci_low, ci_high : float
    q_value : float or None
        Below 0.05 the line is drawn filled and blue.
    truth : float or None
        The marginal effect that generated the data, where it is known.
    """

    label: str
    scale: str
    estimate: float
    ci_low: float
    ci_high: float
    q_value: float | None
    truth: float | None = None


def forest_figure(
    name: str,
    rows: Sequence[ForestRow],
    *,
    title: str,
    effect: str,
    null: float,
) -> Figure:
    """Return the rows in the order given, from top to bottom.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of ForestRow
    title, effect : str
        What is shown; what the axis is called.
    null : float
        Value of no effect: 1 for ratios (logarithmic axis), 0.5 for an AUC, 0 for differences
        (linear axes).

    Notes
    -----
    Convention: one scale stands on the axis, several beside the names. Intervals that leave the
    axis end in an arrow; the numbers beside them are whole. Long names lose their middle, as
    their ends tell time points apart.
    """
    across = _axis(rows, null)
    scales = sorted({row.scale for row in rows})
    axis = f"{effect}, {scales[0]}" if len(scales) == 1 and scales[0] else effect
    bottom = _TOP + _ROW * len(rows) + 10
    shown = difference_with_interval if null == 0 else estimate_with_interval
    ticks = (log_ticks if across.is_log else linear_ticks)(across.low, across.high)
    parts = [
        text(0, 32, "Biomarker", "t bold"),
        text(_RIGHT + 40, 32, "Estimate (95 % interval)", "t bold"),
        line(across.at(null), _TOP - 14, across.at(null), bottom, "ref"),
        *(
            _row(index, row, across, with_scale=len(scales) > 1, shown=shown)
            for index, row in enumerate(rows)
        ),
        bottom_axis(across, bottom, ticks, tuple(significant(t) for t in ticks), axis),
    ]
    n_marked = sum(row.q_value is not None and row.q_value < 0.05 for row in rows)
    return Figure(
        name=name,
        kind="forest",
        title=title,
        description=(
            f"{len(rows)} estimates with 95 % intervals; {n_marked} with q < 0.05 are filled. "
            f"Scale: {', '.join(scales)}."
        ),
        width=_WIDTH,
        height=bottom + 92,
        body="".join(parts),
    )


def _axis(rows: Sequence[ForestRow], null: float) -> Scale:
    truths = [row.truth for row in rows if row.truth is not None]
    low = min(null, *truths, *(row.ci_low for row in rows))
    high = max(null, *truths, *(row.ci_high for row in rows))
    if null == 0:
        room = (_MARGIN - 1.0) * (high - low)
        return Scale(low - room, high + room, _LEFT, _RIGHT)
    if null != 1:
        return Scale(max(0.0, min(low, 0.4)), min(1.0, max(high, 0.6)), _LEFT, _RIGHT)
    return Scale(
        max(min(low / _MARGIN, 0.8), 1 / _MOST),
        min(max(high * _MARGIN, 1.25), _MOST),
        _LEFT,
        _RIGHT,
        is_log=True,
    )


def _without_middle(words: str, longest: int) -> str:
    if len(words) <= longest:
        return words
    tail = longest // 2 - 1
    return f"{words[: longest - tail - 1].rstrip()}…{words[-tail:].lstrip()}"


def _row(
    index: int,
    row: ForestRow,
    across: Scale,
    *,
    with_scale: bool,
    shown: Callable[[float, float, float], str],
) -> str:
    y = _TOP + _ROW * index + _ROW // 2
    is_marked = row.q_value is not None and row.q_value < 0.05
    look = " q" if is_marked else ""
    x1, x, x2 = across.at(row.ci_low), across.at(row.estimate), across.at(row.ci_high)
    commands = f"M{x1:.0f} {y}H{x2:.0f}"
    if row.ci_low < across.low:
        commands += f"M{x1 + 10:.0f} {y - 8}l-10 8l10 8"
    if row.ci_high > across.high:
        commands += f"M{x2 - 10:.0f} {y - 8}l10 8l-10 8"
    numbers = shown(row.estimate, row.ci_low, row.ci_high)
    hover = f"{row.label}, {row.scale}: {numbers}, {p_words('q', row.q_value)}"
    longest = _LONGEST_LABEL if with_scale else _LONGEST_LABEL + _LONGEST_SCALE
    parts = [
        text(0, y + 8, _without_middle(row.label, longest), "t l bold" if is_marked else "t l"),
        text(_LEFT - 24, y + 8, shorten(row.scale.split(" (")[0], _LONGEST_SCALE), "t s e")
        if with_scale
        else "",
        path(commands, f"ci{look}"),
        path(f"M{x - 8:.0f} {y - 8}h16v16h-16z", f"est{look}", hover),
        text(_RIGHT + 40, y + 8, numbers, "t l bold" if is_marked else "t l"),
    ]
    if row.truth is not None:
        at = across.at(row.truth)
        parts.append(
            path(f"M{at:.0f} {y - 16}l12 16l-12 16l-12 -16z", "truth", f"truth {row.truth:.3g}")
        )
    return "".join(parts)
