"""Heat map of responses: populations and markers down, donors across, one colour scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, path, shorten, text

__all__ = ["ResponseRow", "response_heat_map", "response_steps", "round_limit"]

_LEFT, _CELLS, _NUMBER, _TOP = 330, 1300, 180, 40
_NARROW, _WIDE = 960, 1820
_ROW, _HEAD, _FOOT = 34, 50, 150
_WIDEST, _WRITTEN, _GAPPED, _SLASH = 110, 78, 12, 24
_STEPS = 4
_LONGEST_MARKER, _LONGEST_POPULATION = 22, 90
_FEW, _NONE = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class ResponseRow:
    """One marker of one population.

    Parameters
    ----------
    population, marker : str
        Names for people.
    differences : float array, shape (donors,)
        NaN where there is no estimate.
    uses : int array, shape (donors,)
        0 on enough cells for a score, 1 on so few that it is an effect size only, 2 none though
        both wells were measured, 3 no such pair.
    """

    population: str
    marker: str
    differences: NDArray[np.float64]
    uses: NDArray[np.int64]


def round_limit(differences: NDArray[np.float64]) -> float:
    """Return the end of the colour scale: a round number at or above 98 % of the differences.

    Examples
    --------
    >>> round_limit(np.array([0.1, -0.7, np.nan])), round_limit(np.array([np.nan]))
    (0.7, 1.0)
    """
    known = np.abs(differences[np.isfinite(differences)])
    high = float(np.quantile(known, 0.98)) if known.size else 0.0
    if high <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(high))
    sizes = (float(f"{size * power:.3g}") for size in (1, 1.5, 2, 3, 5, 7))
    return next((size for size in sizes if size >= high), 10.0 * power)


def response_steps(differences: NDArray[np.float64], limit: float) -> NDArray[np.int64]:
    """Return steps of colour: 0 around no difference, 4 and -4 at the limit and beyond.

    Notes
    -----
    Convention: nine bins of one width between -limit and limit. NaN gives 0; callers draw such
    cells otherwise.

    Examples
    --------
    >>> response_steps(np.array([-3.0, -0.2, 0.05, 0.9]), 0.9).tolist()
    [-4, -1, 0, 4]
    """
    width = 2.0 * limit / (2 * _STEPS + 1)
    steps = np.rint(np.nan_to_num(differences) / width).clip(-_STEPS, _STEPS)
    return steps.astype(np.int64)


def response_heat_map(
    name: str, rows: Sequence[ResponseRow], *, title: str, unit: str, across: str
) -> Figure:
    """Return the rows in the order given, those of one population under its name.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of ResponseRow
        All with the same donors; rows of a population stand together.
    title, unit : str
    across : str
        Who stands from left to right.

    Notes
    -----
    Convention: orange is a rise, blue a fall; falls also carry a bar where cells are wide enough,
    so that the figure is read without colours. No estimate is hatched, no pair is empty.
    """
    n_donors = rows[0].differences.size
    limit = round_limit(np.concatenate([row.differences for row in rows]))
    width = min(_WIDEST, _CELLS / n_donors)
    right = _LEFT + width * n_donors
    parts, y, before = [], float(_TOP), ""
    for row in rows:
        if row.population != before:
            parts.append(text(0, y + 34, shorten(row.population, _LONGEST_POPULATION), "t l bold"))
            y, before = y + _HEAD, row.population
        parts.append(_row(row, y, width, limit, right))
        y += _ROW
    head = text(_LEFT, 24, across, "t s") + text(right + 20, 24, "median", "t s")
    return Figure(
        name=name,
        kind="response wide" if right + _NUMBER > _NARROW else "response",
        title=title,
        description=_description(rows, n_donors, unit),
        width=_WIDE if right + _NUMBER > _NARROW else _NARROW,
        height=int(y) + _FOOT,
        body=head + "".join(parts) + _legend(y + 30, limit, unit),
    )


def _row(row: ResponseRow, y: float, width: float, limit: float, right: float) -> str:
    steps = response_steps(row.differences, limit)
    known = np.isfinite(row.differences)
    middle = y + _ROW / 2
    median = float(np.median(row.differences[known])) if known.any() else None
    parts = [text(_LEFT - 20, middle + 8, shorten(row.marker, _LONGEST_MARKER), "t s l e")]
    for step in np.unique(steps[known]).tolist():
        where = known & (steps == step)
        parts.append(path(_strokes(where, middle, width), f"v{step + _STEPS}"))
    parts.append(_over(row, steps, known, y, width))
    if median is not None:
        parts.append(text(right + 20, middle + 8, _signed(median), "t s l"))
    return "".join(parts)


def _signed(value: float) -> str:
    """Return the value with its sign; what rounds to zero has none."""
    rounded = round(float(value), 2)
    return f"{rounded:+.2f}" if rounded else "0.00"


def _strokes(where: NDArray[np.bool_], middle: float, width: float) -> str:
    """Return horizontal strokes through the cells; neighbours are joined where cells are thin."""
    gap = 2 if width >= _GAPPED else 0
    ends = np.flatnonzero(np.diff(np.r_[0, where.astype(np.int64), 0]))
    starts, stops = ends[::2], ends[1::2]
    if gap:
        starts = np.flatnonzero(where)
        stops = starts + 1
    return "".join(
        f"M{_LEFT + start * width:.0f} {middle:.0f}H{_LEFT + stop * width - gap:.0f}"
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
    )


def _over(
    row: ResponseRow,
    steps: NDArray[np.int64],
    known: NDArray[np.bool_],
    y: float,
    width: float,
) -> str:
    """Return what lies over the colours: hatching, bars of falls and few cells, numbers."""
    n_slashes = max(1, round(width / _SLASH))
    hatched = "".join(
        f"M{_LEFT + (k + part / n_slashes) * width + 1:.0f} {y + _ROW - 5:.0f}"
        f"l{max(width / n_slashes - 4, 1):.0f} {9 - _ROW}"
        for k in np.flatnonzero(~known & (row.uses == _NONE)).tolist()
        for part in range(n_slashes)
    )
    few = "".join(
        f"M{_LEFT + k * width + 1:.0f} {y + _ROW - 2:.0f}h{max(width - 4, 2):.0f}"
        for k in np.flatnonzero(known & (row.uses == _FEW)).tolist()
    )
    parts = [path(hatched, "hat") if hatched else "", path(few, "few") if few else ""]
    if width >= _WRITTEN:
        parts.extend(
            text(
                _LEFT + (k + 0.5) * width,
                y + _ROW / 2 + 8,
                _signed(row.differences[k]),
                "t s m white" if abs(steps[k]) >= _STEPS - 1 else "t s m l",
            )
            for k in np.flatnonzero(known).tolist()
        )
    elif width >= _GAPPED:
        falls = "".join(
            f"M{_LEFT + (k + 0.3) * width:.0f} {y + _ROW / 2:.0f}h{0.4 * width - 1:.0f}"
            for k in np.flatnonzero(known & (steps < -1)).tolist()
        )
        parts.append(path(falls, "fall") if falls else "")
    return "".join(parts)


def _legend(y: float, limit: float, unit: str) -> str:
    side = 46
    boxes = "".join(
        path(f"M{_LEFT + k * side} {y + 15:.0f}h{side}", f"v{k}") for k in range(2 * _STEPS + 1)
    )
    falls = "".join(f"M{_LEFT + k * side + 14} {y + 15:.0f}h18" for k in range(_STEPS - 1))
    end = _LEFT + side * (2 * _STEPS + 1)
    words = (
        text(_LEFT - 12, y + 23, f"≤ −{significant(limit)}", "t s e")
        + text((_LEFT + end) / 2, y + 58, "0", "t s m")
        + text(end + 12, y + 23, f"≥ {significant(limit)}", "t s")
        + text(_LEFT, y + 92, f"difference of means, {unit}", "t s")
    )
    return boxes + path(falls, "fall") + words


def _description(rows: Sequence[ResponseRow], n_donors: int, unit: str) -> str:
    uses = np.concatenate([row.uses for row in rows])
    return (
        f"{plural(len(rows), 'marker')} of populations by {plural(n_donors, 'donor')}: difference "
        f"of means, stimulated less unstimulated, {unit}. Orange rises, blue falls. "
        f"{plural(int((uses == _FEW).sum()), 'cell')} of the map on 20 to 49 cells, "
        f"{int((uses == _NONE).sum())} without an estimate."
    )
