"""Rows from top to bottom: estimates with intervals, and beside them what was to be expected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import significant
from macroimmune.report.repertoires.shapes import GROUPS, legend, shape
from macroimmune.report.svg import Figure, line, path, shorten, text, wrap

__all__ = ["FigureRow", "RowPoint", "rows_figure"]

_LEFT, _RIGHT, _WIDTH, _TOP = 560, 1260, 1820, 30
_LANE, _PAD, _HEAD, _SCATTERED, _TWO_LINES = 30, 18, 52, 80, 66
_LONGEST, _LONGEST_WORDS, _LONGEST_HEAD = 44, 44, 100
_MOST_LANES, _MOST_BARE = 8, 2
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class RowPoint:
    """One estimate.

    Parameters
    ----------
    value : float
    low, high : float or None
        Its 95 % interval.
    expected, expected_low, expected_high : float or None
        What was to be expected, and the reach of that.
    group : int
        Its place in the legend.
    """

    value: float
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    group: int = 0

    def ends(self) -> Iterator[float]:
        """Give all numbers that have to lie on the axis."""
        given = (self.low, self.high, self.expected, self.expected_low, self.expected_high)
        yield self.value
        yield from (one for one in given if one is not None)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row: its label, its estimates, words to the right, and a heading where that changes."""

    label: str
    points: tuple[RowPoint, ...]
    words: str = ""
    head: str = ""


def rows_figure(
    name: str,
    rows: Sequence[FigureRow],
    *,
    axis: str,
    title: str,
    description: str,
    groups: Sequence[str] = (),
    expected: str = "",
    is_zero_marked: bool = False,
) -> Figure:
    """Return the rows in the order given.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of FigureRow
        At least one estimate among them.
    axis, title, description : str
    groups : sequence of str
        The legend, by the place that estimates name.
    expected : str
        What the grey bars are; empty where there is none.
    is_zero_marked : bool
        Whether zero carries a dashed line.

    Notes
    -----
    Convention: up to eight estimates with intervals lie below each other, and two without; more
    are scattered over the row.
    """
    ends = [end for row in rows for point in row.points for end in point.ends()]
    across = _scale(min(ends), max(ends), holds_zero=is_zero_marked)
    entries = list(enumerate(groups))
    points = [point for row in rows for point in row.points]
    has_lines = any(point.low is not None for point in points)
    key, height = legend(entries, left=_LEFT, y=_TOP, right=_WIDTH - 20, has_lines=has_lines)
    top = _TOP + (height if entries else 0.0)
    if expected:
        key += _expected_key(top, has_reach=any(one.expected_low is not None for one in points))
        key += text(_LEFT + 64, top, expected, "t s l")
        top += 40
    parts, y, head = [], top, ""
    for row in rows:
        if row.head and row.head != head:
            y, head = y + _HEAD, row.head
            parts.append(text(0, y - 14, shorten(head, _LONGEST_HEAD), "t l bold"))
        tall = _height(row)
        parts.append(_row(row, y, tall, across))
        y += tall
    ticks = linear_ticks(across.low, across.high)
    labels = tuple(significant(tick).replace("-", "−") for tick in ticks)
    zero = across.at(0.0)
    return Figure(
        name=name,
        kind="rows wide",
        title=title,
        description=description,
        width=_WIDTH,
        height=round(y) + 96,
        body=key
        + (line(zero, top, zero, y, "ref") if is_zero_marked else "")
        + "".join(parts)
        + bottom_axis(across, y, ticks, labels, axis),
    )


def _height(row: FigureRow) -> float:
    has_lines = any(point.low is not None or point.expected is not None for point in row.points)
    if _is_laned(row):
        least = _TWO_LINES if len(row.label) > _LONGEST else 0
        return max(_PAD + _LANE * max(len(row.points), 1), least)
    return 2.0 * _SCATTERED if has_lines else _SCATTERED


def _is_laned(row: FigureRow) -> bool:
    """Whether estimates lie below each other: few of them, and more than bare marks of one kind."""
    has_lines = any(point.low is not None or point.expected is not None for point in row.points)
    return len(row.points) <= (_MOST_LANES if has_lines else _MOST_BARE)


def _scale(low: float, high: float, *, holds_zero: bool) -> Scale:
    if holds_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.04 * (high - low) or 0.1 * abs(high) or 1.0
    return Scale(0.0 if 0 <= low < 0.4 * high else low - room, high + room, _LEFT, _RIGHT)


def _expected_key(y: float, *, has_reach: bool) -> str:
    return (
        (path(f"M{_LEFT} {y - 18:.0f}h50v20h-50z", "rest") if has_reach else "")
        + path(f"M{_LEFT + 25} {y - 20:.0f}v24", "mid")
    )  # fmt: skip


def _row(row: FigureRow, top: float, tall: float, across: Scale) -> str:
    middle = top + tall / 2
    parts = [
        path(f"M0 {top + tall:.0f}H{_WIDTH}", "rule"),
        *_label(row.label, middle),
        text(_RIGHT + 30, middle + 8, shorten(row.words, _LONGEST_WORDS), "t s"),
    ]
    is_laned = _is_laned(row)
    for place, point in enumerate(row.points):
        if is_laned:
            y = top + _PAD / 2 + _LANE * (place + 0.5)
        else:
            y = middle + ((place * _GOLDEN) % 1 - 0.5) * (tall - _PAD)
        parts.append(_point(point, y, across))
    return "".join(parts)


def _label(words: str, middle: float) -> list[str]:
    """Return the label in one line or two."""
    lines = wrap(words, _LONGEST, 2)
    start = middle + 8 - 13 * (len(lines) - 1)
    return [
        text(_LEFT - 24, start + 26 * place, said, "t s l e") for place, said in enumerate(lines)
    ]


def _point(point: RowPoint, y: float, across: Scale) -> str:
    parts = []
    if point.expected_low is not None and point.expected_high is not None:
        low, high = across.at(point.expected_low), across.at(point.expected_high)
        parts.append(
            path(f"M{low:.0f} {y - 10:.0f}H{max(high, low + 2):.0f}v20H{low:.0f}z", "rest")
        )
    if point.expected is not None:
        parts.append(path(f"M{across.at(point.expected):.0f} {y - 12:.0f}v24", "mid"))
    look = point.group % GROUPS
    if point.low is not None and point.high is not None:
        parts.append(line(across.at(point.low), y, across.at(point.high), y, f"c{look}"))
    parts.append(path(shape(look, across.at(point.value), y, 9), f"f{look}"))
    return "".join(parts)
