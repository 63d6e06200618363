"""Where a histogram falls apart: valleys and shoulders that no single population has.

The logarithm of the density of one population bends downwards everywhere (normal, logistic,
exponential, gamma, uniform ... are log-concave). Where it bends upwards there are two. So the
smallest log-concave curve above the density is drawn, and where the density stays below it, between
two points that it touches, is a division; deep in a valley, less so at a shoulder.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gating.binned_values import smoothed

__all__ = ["Division", "divisions", "redrawn_places"]

# Counts that a blur of one bin brings together in a bin: one by the integral of its square.
_WINDOW = 2 * np.sqrt(np.pi)
_HALF = 0.5
_LEAST_BINS = 10
_LEAST_SIGNIFICANCE = 5.0
_LEAST_DIP = 0.15
_LEAST_GAP, _LEAST_SHOULDER = 0.5, 0.02
_LEAST_ABOVE, _LEAST_BELOW, _LEAST_CELLS = 0.001, 0.005, 20.0
# The floor of a valley is flat: its middle is taken.
_FLOOR, _WIDE_FLOOR = 0.95, 0.8


@dataclass(frozen=True, slots=True)
class Division:
    """A place between two groups of cells, in bins.

    Parameters
    ----------
    place : float
    floor : float
        Width of the floor: where the gap is at least 0.8 of the largest.
    left, right : int
        Where the density touches its log-concave hull.
    gap : float
        Natural logarithm of hull by density.
    significance : float
        Of the gap, in standard deviations of Poisson counts.
    dip : float
        One less the density by that of the lower of the two peaks; 0 at a shoulder.
    share_above : float
    """

    place: float
    floor: float
    left: int
    right: int
    gap: float
    significance: float
    dip: float
    share_above: float


def divisions(counts: NDArray[np.float64], blur: float) -> tuple[Division, ...]:
    """Return the places where a histogram falls apart, from low to high.

    Parameters
    ----------
    counts : float array, shape (bins,)
    blur : float, bins
        SD of the normal distribution by which counts are blurred.

    Returns
    -------
    divisions : tuple of Division
        Empty where one population explains the counts.

    Notes
    -----
    Convention: the largest gap divides first, then each side is looked at by itself. A division
    needs a gap of five standard deviations, 20 cells and 0.1 % above, 20 cells and 0.5 % below it,
    and a dip of 15 %; or, as a shoulder, a gap of 0.5 and 2 % of the cells on each side.
    """
    found: list[Division] = []
    blurred = smoothed(counts, blur) * blur * _WINDOW
    _search(blurred, counts, 0, len(counts), found)
    return tuple(sorted(found, key=lambda one: one.place))


def _search(
    blurred: NDArray[np.float64],
    counts: NDArray[np.float64],
    begin: int,
    end: int,
    found: list[Division],
) -> None:
    best = _best_division(blurred, counts, begin, end)
    if best is None:
        return
    found.append(best)
    middle = round(best.place)
    _search(blurred, counts, begin, middle, found)
    _search(blurred, counts, middle + 1, end, found)


def _best_division(
    blurred: NDArray[np.float64], counts: NDArray[np.float64], begin: int, end: int
) -> Division | None:
    """Return the division with the largest gap among those that count, of a part of the bins."""
    used = np.flatnonzero(blurred[begin:end] > 1) + begin
    if len(used) < _LEAST_BINS:
        return None
    first, last = int(used[0]), int(used[-1])
    height = np.log(blurred[first : last + 1] + _HALF)
    corners = _hull(height)
    hull = np.interp(np.arange(len(height)), corners, height[corners])
    candidates = [
        _division(height, hull, int(left), int(right), first, counts)
        for left, right in zip(corners[:-1], corners[1:], strict=True)
        if right - left > 2
    ]
    good = [one for one in candidates if _counts(one, counts.sum())]
    return max(good, key=lambda one: one.gap, default=None)


def _hull(height: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the corners of the smallest concave curve that lies nowhere below."""
    corners: list[int] = []
    values = height.tolist()
    for place, value in enumerate(values):
        while len(corners) > 1:
            a, b = corners[-2], corners[-1]
            if (values[b] - values[a]) * (place - b) > (value - values[b]) * (b - a):
                break
            corners.pop()
        corners.append(place)
    return np.array(corners)


def _division(
    height: NDArray[np.float64],
    hull: NDArray[np.float64],
    left: int,
    right: int,
    first: int,
    counts: NDArray[np.float64],
) -> Division:
    gaps = (hull - height)[left : right + 1]
    place = _floor_middle(gaps[None])[0] + left
    deepest = int(np.argmax(gaps)) + left
    gap = float(gaps.max())
    expected, seen = np.exp(hull[deepest]), np.exp(height[deepest])
    peak = min(height[: deepest + 1].max(), height[deepest:].max())
    above = counts[first + round(place) :].sum() / counts.sum()
    return Division(
        place=float(place) + first,
        floor=float(np.count_nonzero(gaps >= _WIDE_FLOOR * gap)),
        left=left + first,
        right=right + first,
        gap=gap,
        significance=float(2 * (np.sqrt(expected) - np.sqrt(seen))),
        dip=float(1 - np.exp(height[deepest] - peak)),
        share_above=float(above),
    )


def _floor_middle(gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each row, the mean place of the gaps near the largest."""
    is_floor = gaps >= _FLOOR * gaps.max(axis=1, keepdims=True)
    return np.asarray((is_floor * np.arange(gaps.shape[1])).sum(axis=1) / is_floor.sum(axis=1))


def _counts(one: Division, total: float) -> bool:
    above, below = one.share_above, 1 - one.share_above
    if one.significance < _LEAST_SIGNIFICANCE or min(above, below) * total < _LEAST_CELLS:
        return False
    if above < _LEAST_ABOVE or below < _LEAST_BELOW:
        return False
    is_shoulder = one.gap >= _LEAST_GAP and min(above, below) >= _LEAST_SHOULDER
    return one.dip >= _LEAST_DIP or is_shoulder


def redrawn_places(
    one: Division,
    counts: NDArray[np.float64],
    blur: float,
    n_draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return where a division lies in Poisson draws of the counts, shape (draws,), in bins."""
    part = slice(one.left, one.right + 1)
    drawn = smoothed(rng.poisson(counts, (n_draws, len(counts))).astype(float), blur)
    drawn *= blur * _WINDOW
    height = np.log(drawn[:, part] + _HALF)
    way = np.linspace(0, 1, height.shape[1])
    hull = height[:, :1] + way * (height[:, -1:] - height[:, :1])
    return one.left + _floor_middle(hull - height)
