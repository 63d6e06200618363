"""Clusters by markers: how high each marker is in each cluster, one colour from low to high."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.numbers import count
from macroimmune.report.svg import Figure, clean, path, shorten, text

__all__ = ["ClusterRow", "cluster_heat_map", "heat_steps"]

_LEFT, _CELLS_WIDTH, _WIDTH, _ROW, _TOP = 770, 800, 1820, 40, 190
_WIDEST_CELL = 44
_STEPS = 7
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One cluster.

    Parameters
    ----------
    label : str
        Its number and name.
    medians : tuple of float
        Of each marker, NaN where there is none.
    n_cells : int
    stability : float or None
    """

    label: str
    medians: tuple[float, ...]
    n_cells: int
    stability: float | None


def heat_steps(medians: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the step of colour of each median, -1 where it is missing.

    Parameters
    ----------
    medians : float array, shape (clusters, markers)

    Returns
    -------
    steps : int array, shape (clusters, markers)
        0 at the lowest median of the marker, 6 at the highest; 0 throughout where they are equal.

    Examples
    --------
    >>> heat_steps(np.array([[0.0, 2.0], [3.0, 2.0], [6.0, np.nan]])).tolist()
    [[0, 0], [3, 0], [6, -1]]
    """
    known = np.isfinite(medians)
    low = np.where(known, medians, np.inf).min(axis=0)
    span = np.where(known, medians, -np.inf).max(axis=0) - low
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(span > 0, (medians - low) / span, 0.0)
    steps = np.minimum(np.floor(np.where(known, share, 0.0) * _STEPS), _STEPS - 1)
    return np.where(known, steps, -1).astype(np.int64)


def cluster_heat_map(
    name: str, rows: Sequence[ClusterRow], antigens: Sequence[str], *, title: str
) -> Figure:
    """Return the clusters from top to bottom in the order given, markers from left to right.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of ClusterRow
        At least one.
    antigens : sequence of str
        One per median, at least one.
    title : str

    Notes
    -----
    Convention: each marker has its own scale, from its lowest to its highest median. One hue from
    light to dark, so that it is read without telling colours apart.
    """
    side = min(_WIDEST_CELL, _CELLS_WIDTH // len(antigens))
    steps = heat_steps(np.array([row.medians for row in rows]))
    right = _LEFT + side * len(antigens)
    bottom = _TOP + _ROW * len(rows)
    parts = [
        text(_LEFT - 20, _TOP - 16, "Cluster", "t bold e"),
        text(right + 110, _TOP - 16, "Cells", "t bold e"),
        text(right + 240, _TOP - 16, "Stability", "t bold e"),
        *(
            _upright(_LEFT + side * (k + 0.5) + 8, _TOP - 12, antigen)
            for k, antigen in enumerate(antigens)
        ),
        *(_cells(steps, step, side) for step in range(-1, _STEPS)),
        *(_beside(k, row, right) for k, row in enumerate(rows)),
        _legend(bottom + 34),
    ]
    return Figure(
        name=name,
        kind="heat",
        title=title,
        description=(
            f"{len(rows)} clusters by {len(antigens)} markers; darker is a higher median, each "
            "marker from its lowest to its highest. The number of cells and the stability of each "
            "cluster stand to the right."
        ),
        width=_WIDTH,
        height=bottom + 84,
        body="".join(parts),
    )


def _upright(x: float, y: float, words: str) -> str:
    return (
        f'<text transform="translate({x:.0f} {y:.0f})rotate(-60)" class="t s l">'
        f"{clean(shorten(words, 14))}</text>"
    )


def _cells(steps: NDArray[np.int64], step: int, side: int) -> str:
    """Return all cells of one colour as a single path."""
    where = np.argwhere(steps == step).tolist()
    if not where:
        return ""
    commands = "".join(
        f"M{_LEFT + column * side + 1} {_TOP + row * _ROW + 1}h{side - 2}v{_ROW - 2}h{2 - side}z"
        for row, column in where
    )
    return path(commands, f"h{step}" if step >= 0 else "hx")


def _beside(place: int, row: ClusterRow, right: int) -> str:
    y = _TOP + place * _ROW + 29
    stability = "–" if row.stability is None else f"{row.stability:.2f}"
    return (
        text(_LEFT - 20, y, shorten(row.label, _LONGEST), "t s l e")
        + text(right + 110, y, count(row.n_cells), "t s e")
        + text(right + 240, y, stability, "t s e")
    )


def _legend(y: float) -> str:
    boxes = "".join(
        path(f"M{_LEFT + 90 + 40 * step} {y:.0f}h40v26h-40z", f"h{step}") for step in range(_STEPS)
    )
    return (
        text(_LEFT + 76, y + 22, "low", "t s e")
        + boxes
        + text(_LEFT + 104 + 40 * _STEPS, y + 22, "high, of the marker's medians", "t s")
    )
