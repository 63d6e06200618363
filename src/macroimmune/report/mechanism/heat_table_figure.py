"""Quantities down, scenarios across: how each differs from the comparator, in colour and number."""

from collections.abc import Sequence

from macroimmune.report.mechanism.change import Change, arrow, change_key
from macroimmune.report.mechanism.model_run import letter
from macroimmune.report.numbers import plural
from macroimmune.report.svg import Figure, path, shorten, text

__all__ = ["heat_table_figure"]

_LEFT, _CELL, _ROW, _TOP, _LEAST = 560, 176, 42, 86, 1820


def heat_table_figure(
    name: str,
    rows: Sequence[tuple[str, Sequence[Change]]],
    columns: Sequence[tuple[int, str]],
    *,
    title: str,
    contrast: str,
) -> Figure:
    """Return the table as a figure.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of (name, changes)
        One change for each column.
    columns : sequence of (place, name)
        Scenarios; place is that of its letter.
    title, contrast : str
        What is compared with what, and when.
    """
    parts = []
    for k, (place, words) in enumerate(columns):
        x = _LEFT + _CELL * k
        parts.append(text(x + _CELL / 2, 30, letter(place), f"t m bold n{place % 7}"))
        parts.append(text(x + _CELL / 2, 62, shorten(words, 14), "t s m l"))
    for r, (words, changes) in enumerate(rows):
        y = _TOP + _ROW * r
        parts.append(text(_LEFT - 18, y + 29, shorten(words, 44), "t s l e"))
        parts.extend(_cell(_LEFT + _CELL * k, y, change) for k, change in enumerate(changes))
    bottom = _TOP + _ROW * len(rows)
    parts.append(change_key(_LEFT - 60, bottom + 26))
    return Figure(
        name=name,
        kind="heat-table wide",
        title=title,
        description=f"{contrast}. {plural(len(rows), 'quantity', 'quantities')} by "
        f"{plural(len(columns), 'scenario')}; orange is more, blue less, grey within 10 %.",
        width=max(_LEAST, _LEFT + _CELL * len(columns) + 10),
        height=bottom + 100,
        body="".join(parts),
    )


def _cell(x: float, y: float, change: Change) -> str:
    is_dark = abs(change.step) > 2
    return (
        path(f"M{x:.0f} {y:.0f}h{_CELL - 4}v{_ROW - 4}h{4 - _CELL}z", change.look)
        + path(arrow(change.step, x + 30, y + _ROW / 2 - 2), "up white" if is_dark else "up")
        + text(x + 52, y + 29, change.words, "t s white" if is_dark else "t s l")
    )
