"""A heat map of numbers from zero up: one hue from light to dark, with its scale."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, clean, path, shorten, text

__all__ = ["grid_figure", "grid_steps"]

_LEFT, _WIDTH, _ROW = 250, 1820, 34
_SQUARE_LEFT, _SQUARE_WIDTH, _SQUARE = 330, 960, 84
_STEPS = 7
_WIDEST, _GAPPED, _HEAD, _SLANTED = 90, 10, 56, 190
_DARK = 4


def grid_steps(values: NDArray[np.float64], limit: float) -> NDArray[np.int64]:
    """Return steps of colour, 0 to 6 from zero to `limit` and beyond; -1 where there is no value.

    Examples
    --------
    >>> grid_steps(np.array([[0.0, 0.5], [1.0, np.nan]]), 1.0).tolist()
    [[0, 3], [6, -1]]
    """
    known = np.isfinite(values)
    steps = np.floor(np.where(known, values, 0.0) / (limit or 1.0) * _STEPS).clip(0, _STEPS - 1)
    return np.where(known, steps, -1).astype(np.int64)


def grid_figure(
    name: str,
    values: ArrayLike,
    rows: Sequence[str],
    *,
    title: str,
    unit: str,
    columns: Sequence[str] = (),
    column_groups: Sequence[str] = (),
    limit: float | None = None,
    is_root_scale: bool = False,
) -> Figure:
    """Return the heat map.

    Parameters
    ----------
    name : str
        Stem of its file name.
    values : float array, shape (rows, columns)
        At least one; NaN where there is none, which is drawn as a dashed cell.
    rows, columns : sequence of str
        With names of columns the figure is small and its numbers are written; without, it is as
        wide as the page.
    title, unit : str
    column_groups : sequence of str
        One per column; columns of a group stand side by side.
    limit : float or None
        End of the scale; None: the largest value.
    is_root_scale : bool
        Colours then follow the square root, so that small values are told apart too.
    """
    grid = np.asarray(values, dtype=float)
    known = grid[np.isfinite(grid)]
    end = limit if limit is not None else float(known.max()) if known.size else 1.0
    n = grid.shape[1]
    left, room = (_SQUARE_LEFT, 0) if columns else (_LEFT, _WIDTH - _LEFT - 20)
    side = _SQUARE if columns else min(_WIDEST, room / n)
    row = 48 if columns else _ROW
    top = _SLANTED if columns else _HEAD
    right, bottom = left + side * n, top + row * grid.shape[0]
    steps = grid_steps(np.sqrt(grid), end**0.5) if is_root_scale else grid_steps(grid, end)
    drawn = [
        *(
            text(left - 16, top + row * (k + 0.5) + 8, shorten(words, 24), "t s l e")
            for k, words in enumerate(rows)
        ),
        *(_slanted(left + side * (k + 0.5), top - 12, words) for k, words in enumerate(columns)),
        *(_cells(steps, step, left, top, side, row) for step in range(-1, _STEPS)),
        _numbers(grid, steps, left, top, side, row) if columns else "",
        _groups(column_groups, left, top, side, bottom),
        _legend(left, bottom + 30, end, unit, middle=end / 4 if is_root_scale else end / 2),
    ]
    wide = not columns
    return Figure(
        name=name,
        kind="grid wide" if wide else "grid",
        title=title,
        description=f"{plural(grid.shape[0], 'row')} by {plural(n, 'column')}: {unit}, from 0 to "
        f"{significant(end)}; darker is more.",
        width=_WIDTH if wide else max(_SQUARE_WIDTH, round(right) + 60),
        height=bottom + 92,
        body="".join(drawn),
    )


def _slanted(x: float, y: float, words: str) -> str:
    return (
        f'<text transform="translate({x:.0f} {y:.0f})rotate(-45)" class="t s l">'
        f"{clean(shorten(words, 20))}</text>"
    )


def _cells(
    steps: NDArray[np.int64], step: int, left: float, top: float, side: float, row: float
) -> str:
    """Return all cells of one colour as a single path."""
    gap = 2 if side >= _GAPPED else 0
    commands = "".join(
        f"M{left + k * side:.0f} {top + r * row:.0f}h{width:.0f}v{row - 2:.0f}h{-width:.0f}z"
        for r, k in np.argwhere(steps == step).tolist()
        for width in [round(left + (k + 1) * side) - round(left + k * side) - gap]
    )
    return path(commands, f"h{step}" if step >= 0 else "hx") if commands else ""


def _numbers(
    grid: NDArray[np.float64],
    steps: NDArray[np.int64],
    left: float,
    top: float,
    side: float,
    row: float,
) -> str:
    return "".join(
        text(
            left + (k + 0.5) * side,
            top + (r + 0.5) * row + 7,
            f"{grid[r, k]:.2f}",
            "t s m white" if steps[r, k] >= _DARK else "t s m l",
        )
        for r, k in np.argwhere(steps >= 0).tolist()
    )


def _groups(groups: Sequence[str], left: float, top: float, side: float, bottom: float) -> str:
    """Return the name of each run of columns above it, and a line between runs."""
    parts, start = [], 0
    for k in range(1, len(groups) + 1):
        if k < len(groups) and groups[k] == groups[start]:
            continue
        x, width = left + side * start, side * (k - start)
        words = f"{groups[start]}, n = {k - start}"
        parts.append(text(x, top - 16, shorten(words, max(int(width / 11), 3)), "t s l"))
        if start:
            parts.append(path(f"M{x - 1:.0f} {top - 8:.0f}V{bottom:.0f}", "ref"))
        start = k
    return "".join(parts)


def _legend(left: float, y: float, end: float, unit: str, *, middle: float) -> str:
    boxes = "".join(
        path(f"M{left + 30 + 40 * step:.0f} {y:.0f}h40v26h-40z", f"h{step}")
        for step in range(_STEPS)
    )
    return (
        text(left + 18, y + 22, "0", "t s e")
        + boxes
        + text(left + 30 + 20 * _STEPS, y + 52, significant(middle), "t s m")
        + text(left + 44 + 40 * _STEPS, y + 22, f"{significant(end)}, {unit}", "t s")
    )
