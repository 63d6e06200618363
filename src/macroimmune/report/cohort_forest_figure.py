"""Forest of cohorts: each with its weight, the pooled diamond, and where a new cohort may lie."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks, log_ticks
from macroimmune.report.numbers import (
    count,
    estimate_with_interval,
    interval,
    significant,
)
from macroimmune.report.svg import Figure, line, path, shorten, text, wrap

__all__ = ["CohortRow", "PooledRow", "cohort_forest_figure"]

_N, _EVENTS, _LEFT, _RIGHT, _WEIGHT = 600, 730, 790, 1330, 1810
_TOP, _WIDTH, _ROW = 70, 1820, 46
_LONGEST_LABEL, _LONGEST_NOTE = 38, 150
_FOOT = 34
# Half the side of the square of a cohort without a weight, and of the heaviest cohort.
_USUAL, _LARGEST = 8.0, 16.0
_MOST, _MARGIN = 20.0, 1.06


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One cohort: what it is called, how many, its effect; None where it has no estimate."""

    label: str
    n: int | None
    n_events: int | None
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    weight_percent: float | None


@dataclass(frozen=True, slots=True)
class PooledRow:
    """The pooled effect, its interval, and the prediction interval for a new cohort."""

    n: int
    n_events: int
    estimate: float
    ci_low: float
    ci_high: float
    prediction_low: float
    prediction_high: float


def cohort_forest_figure(
    name: str,
    cohorts: Sequence[CohortRow],
    pooled: PooledRow | None,
    *,
    title: str,
    axis: str,
    null: float,
    note: str,
) -> Figure:
    """Return one effect in every cohort, and pooled.

    Parameters
    ----------
    name : str
        Stem of its file name.
    cohorts : sequence of CohortRow
        From top to bottom.
    pooled : PooledRow or None
        None where there are too few cohorts, or they cannot be compared.
    title, axis : str
        What is shown; what the axis is called, with what one unit of the effect is.
    null : float
        Value of no effect: 1 for ratios (logarithmic axis), 0.5 for an AUC (linear axis).
    note : str
        Stands beneath the axis: heterogeneity, or why nothing is pooled.

    Notes
    -----
    Convention: the area of a square is proportional to the weight of its cohort; the diamond
    spans the 95 % interval of the mean; the dashed line with end bars is the prediction interval.
    Lines that leave the axis end in an arrow; the numbers beside them are whole.
    """
    across = _axis(cohorts, pooled, null)
    n_rows = len(cohorts) + (2 if pooled is not None else 0)
    bottom = _TOP + _ROW * n_rows + 10
    ticks = (log_ticks if across.is_log else linear_ticks)(across.low, across.high)
    notes = wrap(note, _LONGEST_NOTE)
    heaviest = max((row.weight_percent or 0.0 for row in cohorts), default=0.0)
    parts = [
        text(0, 32, "Cohort", "t bold"),
        text(_N, 32, "n", "t bold e"),
        text(_EVENTS, 32, "events", "t bold e"),
        text(_RIGHT + 30, 32, "Estimate (95 % interval)", "t bold"),
        text(_WEIGHT, 32, "weight", "t bold e"),
        line(across.at(null), _TOP - 14, across.at(null), bottom, "ref"),
        *(_cohort(_height(index), row, across, heaviest) for index, row in enumerate(cohorts)),
        *(_pooled(len(cohorts), pooled, across) if pooled is not None else ()),
        bottom_axis(across, bottom, ticks, tuple(significant(t) for t in ticks), axis),
        *(text(0, bottom + 118 + _FOOT * i, words, "t s") for i, words in enumerate(notes)),
    ]
    return Figure(
        name=name,
        kind="forest",
        title=title,
        description=(
            f"{len(cohorts)} cohorts with n, events, estimate, 95 % interval and weight"
            + ("; diamond: pooled; dashed: prediction interval. " if pooled is not None else ". ")
            + note
        ),
        width=_WIDTH,
        height=bottom + 92 + (_FOOT * len(notes) if note else 0),
        body="".join(parts),
    )


def _axis(cohorts: Sequence[CohortRow], pooled: PooledRow | None, null: float) -> Scale:
    """Return an axis that holds every interval but the prediction, which may leave it."""
    given = [end for row in cohorts for end in (row.ci_low, row.ci_high)]
    if pooled is not None:
        given += [pooled.ci_low, pooled.ci_high]
    ends = [null, *(end for end in given if end is not None)]
    low, high = min(ends), max(ends)
    if null != 1:
        return Scale(max(0.0, min(low, 0.4)), min(1.0, max(high, 0.6)), _LEFT, _RIGHT)
    return Scale(
        max(min(low / _MARGIN, 0.8), 1 / _MOST),
        min(max(high * _MARGIN, 1.25), _MOST),
        _LEFT,
        _RIGHT,
        is_log=True,
    )


def _height(index: int) -> int:
    return _TOP + _ROW * index + _ROW // 2


def _counts(y: int, label: str, n: int | None, n_events: int | None, look: str) -> str:
    return (
        text(0, y + 8, shorten(label, _LONGEST_LABEL), f"t l{look}")
        + text(_N, y + 8, count(n), f"t l e{look}")
        + text(_EVENTS, y + 8, count(n_events), f"t l e{look}")
    )


def _cohort(y: int, row: CohortRow, across: Scale, heaviest: float) -> str:
    words = _counts(y, row.label, row.n, row.n_events, "")
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return words + text(_RIGHT + 30, y + 8, "no estimate", "t")
    numbers = estimate_with_interval(row.estimate, row.ci_low, row.ci_high)
    weight = "" if row.weight_percent is None else f"{row.weight_percent:.1f} %"
    half = (
        _USUAL
        if row.weight_percent is None
        else max(3.0, _LARGEST * math.sqrt(row.weight_percent / heaviest))
    )
    x = across.at(row.estimate)
    square = f"M{x - half:.0f} {y - half:.0f}h{2 * half:.0f}v{2 * half:.0f}h{-2 * half:.0f}z"
    return (
        words
        + path(_reach(y, row.ci_low, row.ci_high, across), "ci")
        + path(square, "est full", f"{row.label}: {numbers}")
        + text(_RIGHT + 30, y + 8, numbers, "t l")
        + text(_WEIGHT, y + 8, weight, "t l e")
    )


def _pooled(index: int, row: PooledRow, across: Scale) -> tuple[str, ...]:
    y, below = _height(index), _height(index + 1)
    numbers = estimate_with_interval(row.estimate, row.ci_low, row.ci_high)
    low, x, high = (across.at(v) for v in (row.ci_low, row.estimate, row.ci_high))
    diamond = f"M{low:.0f} {y}L{x:.0f} {y - 13}L{high:.0f} {y}L{x:.0f} {y + 13}z"
    reach = interval(row.prediction_low, row.prediction_high)
    return (
        line(0, y - _ROW // 2, _WIDTH, y - _ROW // 2, "ax"),
        _counts(y, "Pooled (random effects)", row.n, row.n_events, " bold"),
        path(diamond, "diamond", f"pooled: {numbers}"),
        text(_RIGHT + 30, y + 8, numbers, "t l bold"),
        text(_WEIGHT, y + 8, "100 %", "t l e bold"),
        text(0, below + 8, "Prediction interval, a new cohort", "t l"),
        path(
            _reach(below, row.prediction_low, row.prediction_high, across, bars=True),
            "prediction",
            f"prediction interval: {reach}",
        ),
        text(_RIGHT + 30, below + 8, reach, "t l"),
    )


def _reach(y: int, low: float, high: float, across: Scale, *, bars: bool = False) -> str:
    """Return a line from low to high, with an arrow at an end that leaves the axis."""
    x1, x2 = across.at(low), across.at(high)
    commands = f"M{x1:.0f} {y}H{x2:.0f}"
    ends = ((x1, low < across.low, 10, -10), (x2, high > across.high, -10, 10))
    for x, leaves, back, forth in ends:
        if leaves:
            commands += f"M{x + back:.0f} {y - 8}l{forth} 8l{back} 8"
        elif bars:
            commands += f"M{x:.0f} {y - 10}v20"
    return commands
