"""The score of each donor with its intervals, in order, over the tertiles of the reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from macroimmune.report.axes import Scale, left_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, text

__all__ = ["GROUPS", "ScoreRow", "score_figure"]

_LEFT, _TOP, _HEIGHT = 100, 56, 460
_NARROW, _WIDE, _WIDEST_STEP = 960, 1820, 70
# The order is that of the looks g0 to g4 of the style sheet.
GROUPS = ("hyporesponsive", "intermediate", "hyperresponsive", "uncertain", "control")
_FARTHEST = 1.5
_THICK_FROM = 16


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One donor or control.

    Parameters
    ----------
    score : float
    ci : tuple of (float, float) or None
        95 % interval.
    ci80 : tuple of (float, float) or None
    group : str
        One of `GROUPS`; any other is drawn as uncertain.
    """

    score: float
    ci: tuple[float, float] | None
    ci80: tuple[float, float] | None
    group: str


def score_figure(
    name: str, rows: Sequence[ScoreRow], *, tertiles: tuple[float, float] | None, title: str
) -> Figure:
    """Return the rows from left to right by their score, the lowest first.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of ScoreRow
    tertiles : (float, float) or None
        Lower and upper tertile of the scores of the reference; the middle third is shaded.
    title : str

    Notes
    -----
    Convention: thin, 95 % interval; thick, 80 % interval, by which groups are given. Groups differ
    in shape and colour. The axis ends 1.5 times the spread of the scores beyond them; longer
    intervals are cut there.
    """
    ordered = sorted(rows, key=lambda row: row.score)
    right = float(np.clip(_LEFT + 30 + _WIDEST_STEP * len(rows), _NARROW - 20, _WIDE - 10))
    step = (right - _LEFT - 30) / max(len(rows), 1)
    bottom = _TOP + _HEIGHT
    up = _axis(ordered, tertiles, bottom)
    ticks = linear_ticks(up.low, up.high, 7)
    places = [_LEFT + 30 + step * (k + 0.5) for k in range(len(ordered))]
    parts = [
        _band(up, tertiles, right),
        line(_LEFT, up.at(0.0), right, up.at(0.0), "hair") if up.low < 0 < up.high else "",
        left_axis(up, _LEFT, ticks, tuple(significant(t) for t in ticks), "score, mean z"),
        _intervals(ordered, places, up, step),
        _marks(ordered, places, up, step),
        text((_LEFT + right) / 2, bottom + 36, "donors, lowest score first", "t m l"),
        _legend(ordered, bottom + 86, _NARROW if right <= _NARROW else _WIDE),
    ]
    return Figure(
        name=name,
        kind="score wide" if right > _NARROW else "score",
        title=title,
        description=_description(ordered, tertiles),
        width=_NARROW if right <= _NARROW else _WIDE,
        height=bottom + (150 if right <= _NARROW else 106),
        body="".join(parts),
    )


def _axis(rows: Sequence[ScoreRow], tertiles: tuple[float, float] | None, bottom: float) -> Scale:
    scores = [row.score for row in rows] + list(tertiles or ())
    room = _FARTHEST * max(max(scores) - min(scores), 0.5)
    ends = [end for row in rows if row.ci for end in row.ci]
    low = max(min((*scores, *ends)), min(scores) - room)
    high = min(max((*scores, *ends)), max(scores) + room)
    margin = 0.04 * (high - low)
    return Scale(low - margin, high + margin, bottom, _TOP)


def _band(up: Scale, tertiles: tuple[float, float] | None, right: float) -> str:
    if tertiles is None:
        return ""
    low, high = (up.at(value) for value in tertiles)
    return (
        path(f"M{_LEFT} {low:.0f}H{right:.0f}V{high:.0f}H{_LEFT}z", "tertile")
        + line(_LEFT, low, right, low, "ref")
        + line(_LEFT, high, right, high, "ref")
    )


def _intervals(rows: Sequence[ScoreRow], places: Sequence[float], up: Scale, step: float) -> str:
    """Return all 95 % intervals as one path, and the 80 % intervals of each group as another."""
    thin = "" if step >= _THICK_FROM else " thin"
    commands = dict.fromkeys(["i95", *(f"i80 j{group}{thin}" for group in range(len(GROUPS)))], "")
    for row, x in zip(rows, places, strict=True):
        for ends, look in ((row.ci, "i95"), (row.ci80, f"i80 j{_place(row.group)}{thin}")):
            if ends is not None:
                commands[look] += f"M{x:.0f} {up.at(ends[0]):.0f}V{up.at(ends[1]):.0f}"
    return "".join(path(drawn, look) for look, drawn in commands.items() if drawn)


def _mark(x: float, y: float, group: int, size: float) -> str:
    """Return the shape of a group: triangle down, square, triangle up, ring, diamond."""
    if group == 0:
        return f"M{x - size:.0f} {y - size:.0f}h{2 * size:.0f}l{-size:.0f} {2 * size:.0f}z"
    if group == 1:
        half = 0.8 * size
        return f"M{x - half:.0f} {y - half:.0f}h{2 * half:.0f}v{2 * half:.0f}h{-2 * half:.0f}z"
    if group == 2:
        return f"M{x - size:.0f} {y + size:.0f}h{2 * size:.0f}l{-size:.0f} {-2 * size:.0f}z"
    if group == 3:
        round_ = f"a{size:.0f} {size:.0f} 0 1 0"
        return f"M{x - size:.0f} {y:.0f}{round_} {2 * size:.0f} 0{round_} {-2 * size:.0f} 0z"
    long = 1.25 * size
    return (
        f"M{x:.0f} {y - long:.0f}l{long:.0f} {long:.0f}l{-long:.0f} {long:.0f}"
        f"l{-long:.0f} {-long:.0f}z"
    )


def _place(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else GROUPS.index("uncertain")


def _marks(rows: Sequence[ScoreRow], places: Sequence[float], up: Scale, step: float) -> str:
    size = float(np.clip(0.42 * step, 4, 9))
    parts = []
    for group in range(len(GROUPS)):
        commands = "".join(
            _mark(x, up.at(row.score), group, size)
            for row, x in zip(rows, places, strict=True)
            if _place(row.group) == group
        )
        parts.append(path(commands, f"g{group}") if commands else "")
    return "".join(parts)


def _legend(rows: Sequence[ScoreRow], y: float, width: int) -> str:
    parts = []
    per_line = 3 if width == _NARROW else len(GROUPS)
    for group, name in enumerate(GROUPS):
        n = sum(_place(row.group) == group for row in rows)
        down, across = divmod(group, per_line)
        x, level = 16 + across * (320 if width == _NARROW else 350), y + down * 44
        parts.append(path(_mark(x, level - 8, group, 9), f"g{group}"))
        parts.append(text(x + 20, level, f"{name}, n = {n}", "t s"))
    return "".join(parts)


def _description(rows: Sequence[ScoreRow], tertiles: tuple[float, float] | None) -> str:
    counted = ", ".join(
        f"{sum(_place(row.group) == place for row in rows)} {name}"
        for place, name in enumerate(GROUPS)
    )
    shaded = (
        f" Shaded: the middle third of the reference, {tertiles[0]:.2f} to {tertiles[1]:.2f}."
        if tertiles
        else ""
    )
    return (
        f"{plural(len(rows), 'score')} with 95 % (thin) and 80 % intervals (thick): {counted}."
        f"{shaded}"
    )
