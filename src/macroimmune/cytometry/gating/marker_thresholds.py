"""The threshold of one marker among the cells of one population of one file."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gating.binned_values import BinnedValues, bin_values
from macroimmune.cytometry.gating.divisions import Division, divisions, redrawn_places

__all__ = [
    "IS_ONE_POPULATION",
    "LEAST_CELLS",
    "NOT_TOLD_APART",
    "CutPoint",
    "MarkerCuts",
    "MarkerScale",
    "borrowed",
    "marker_cuts",
    "missing_cut",
]

LEAST_CELLS = 100
_N_DRAWS = 40
# A division next to a much deeper one is the foot of a peak, unless it is a deep valley itself.
_AS_DEEP, _DEEP_GAP, _DEEP_SIGNIFICANCE = 0.5, 1.0, 20.0
# Within the noise of a detector only a valley counts, no shoulder.
_DIP_IN_NOISE = 0.15
# Where one population is all there is, its end is taken so many half-widths from its middle.
_END, _END_ERROR = 4.0, 0.75
_TAIL, _FIRST = 0.1587, 0.005

_SAME_VALUE = "all cells have the same value"
NOT_TOLD_APART = "no separation seen: high and low cells are not told apart"
_ALL_POSITIVE = "no separation seen: all cells taken as positive"
# Of these markers no cell is told to have less than others.
IS_ONE_POPULATION = frozenset({_SAME_VALUE, NOT_TOLD_APART, _ALL_POSITIVE})


@dataclass(frozen=True, slots=True)
class MarkerScale:
    """What a scale says of the values on it.

    Parameters
    ----------
    resolution : float
        Smaller differences are noise of the detector.
    noise : float
        Cells that are all above it are all positive.
    highest_negative : float
        No peak of negative cells is above it.
    """

    resolution: float
    noise: float
    highest_negative: float


@dataclass(frozen=True, slots=True)
class CutPoint:
    """Where a marker is cut.

    Parameters
    ----------
    value, standard_error : float
        Scale of the values; NaN where there is none.
    floor_error : float
        The part of it that comes of the width of the floor.
    gap : float
        Depth of the division, as in `Division`; 0 where there is none.
    dip : float
        How clear the valley is, from 0 (a shoulder, or nothing) to 1 (empty).
    method : str
    status : str
        Empty, or why it is missing or to be read with care.
    """

    value: float
    standard_error: float
    floor_error: float
    gap: float
    dip: float
    method: str
    status: str

    @property
    def is_separated(self) -> bool:
        """Whether two groups of cells were seen."""
        return not self.status


@dataclass(frozen=True, slots=True, eq=False)
class MarkerCuts:
    """Both thresholds of a marker, and its bins for pictures.

    Parameters
    ----------
    positive, high, lowest : CutPoint
        The lowest division, whether or not the cells below it are negative.
    binned : BinnedValues or None
        None where the values do not differ.
    """

    positive: CutPoint
    high: CutPoint
    lowest: CutPoint
    binned: BinnedValues | None


def marker_cuts(
    values: NDArray[np.float32], scale: MarkerScale, rng: np.random.Generator
) -> MarkerCuts:
    """Return where cells without, with and with much of a marker part.

    Parameters
    ----------
    values : float32 array, shape (cells,)
        Of the cells of one population.
    scale : MarkerScale
    rng : numpy Generator

    Notes
    -----
    Convention: of the divisions that are at least half as deep as the deepest one, or deep and
    significant by themselves, the lowest parts negative from positive cells and the highest parts
    high from dim ones; one division serves both. Without a division the cells are one population:
    high ones are not told, and for positive ones the end of it is taken, which `status` says: below
    all cells where 99.5 % of them are above the noise, or half of them above the highest peak of
    negative cells, as they are positive then; else four times
    the distance from the median to the 84.1 % quantile above the median, as all or nearly all are
    negative.
    """
    if len(values) < LEAST_CELLS:
        missing = missing_cut(f"{len(values)} cells; a threshold needs {LEAST_CELLS}")
        return MarkerCuts(missing, missing, missing, bin_values(values, scale.resolution))
    binned = bin_values(values, scale.resolution)
    if binned is None:
        missing = missing_cut(_SAME_VALUE)
        return MarkerCuts(missing, missing, missing, None)
    found = _deep(divisions(binned.counts, binned.blur), binned, scale)
    if not found:
        missing = missing_cut(NOT_TOLD_APART)
        return MarkerCuts(_end_of_population(binned, scale), missing, missing, binned)
    high = _cut(found[-1], binned, rng)
    lowest = high if len(found) == 1 else _cut(found[0], binned, rng)
    is_negative = binned.value(found[0].left) <= scale.highest_negative
    positive = lowest if is_negative else _end_of_population(binned, scale)
    return MarkerCuts(positive, high, lowest, binned)


def _deep(found: tuple[Division, ...], binned: BinnedValues, scale: MarkerScale) -> list[Division]:
    """Return the divisions that are deep, by themselves or next to the deepest."""
    seen = [
        one
        for one in found
        if one.dip >= _DIP_IN_NOISE or not binned.value(one.place) < scale.noise < np.inf
    ]
    deepest = max((one.gap for one in seen), default=0.0)
    return [
        one
        for one in seen
        if one.gap >= _AS_DEEP * deepest
        or (one.gap >= _DEEP_GAP and one.significance >= _DEEP_SIGNIFICANCE)
    ]


def missing_cut(status: str) -> CutPoint:
    """Return what stands for a threshold that could not be found, with the reason."""
    return CutPoint(float("nan"), float("nan"), 0.0, 0.0, 0.0, "none", status)


def _cut(one: Division, binned: BinnedValues, rng: np.random.Generator) -> CutPoint:
    drawn = float(np.std(redrawn_places(one, binned.counts, binned.blur, _N_DRAWS, rng), ddof=1))
    # Any place of the floor would do as well: uniform there.
    floor = binned.width * float(one.floor / np.sqrt(12))
    error = float(np.hypot(binned.width * drawn, floor))
    method = "valley" if one.dip > 0 else "shoulder"
    return CutPoint(binned.value(one.place), error, floor, one.gap, one.dip, method, "")


def _end_of_population(binned: BinnedValues, scale: MarkerScale) -> CutPoint:
    middle, first = binned.quantile(0.5), binned.quantile(_FIRST)
    below, above = middle - binned.quantile(_TAIL), binned.quantile(1 - _TAIL) - middle
    if first > scale.noise or middle > scale.highest_negative:
        # Below all cells: those farther down are too few to be a population.
        lower = min(middle - _END * below, binned.lowest - scale.resolution)
        return CutPoint(
            lower, _END_ERROR * below, 0.0, 0.0, 0.0, "lower end",
            _ALL_POSITIVE,
        )  # fmt: skip
    return CutPoint(
        middle + _END * above, _END_ERROR * above, 0.0, 0.0, 0.0, "upper end",
        "no separation seen: only cells beyond the end of the one population are positive",
    )  # fmt: skip


def borrowed(cut: CutPoint, population: str) -> CutPoint:
    """Return a cut that was found in a wider population."""
    return replace(cut, method=f"{cut.method} of {population or 'all cells'}")
