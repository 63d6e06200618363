"""Where a marker best parts cells that other markers have told from the rest."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gating.binned_values import bin_values, smoothed
from macroimmune.cytometry.gating.marker_thresholds import CutPoint, MarkerScale

__all__ = ["contrast_cut"]

_LEAST_CELLS, _LEAST_CONTRAST = 50, 0.4
_FLOOR, _N_DRAWS = 0.95, 40


def contrast_cut(
    values: NDArray[np.float32],
    is_told: NDArray[np.bool_],
    scale: MarkerScale,
    rng: np.random.Generator,
    *,
    is_above: bool,
) -> CutPoint | None:
    """Return the threshold that parts told cells from the rest, None where none does.

    Parameters
    ----------
    values : float32 array, shape (cells,)
    is_told : bool array, shape (cells,)
        Cells that have the other signs of a population.
    scale : MarkerScale
    rng : numpy Generator
    is_above : bool
        Whether told cells should have more of the marker than the rest, or less.

    Notes
    -----
    Convention: the threshold with the largest difference between the shares of both groups beyond
    it (Youden's J), at least 0.4 and from 50 cells in each group. Standard error: SD over Poisson
    draws of the counts, and a uniform spread over where J is at least 95 % of the largest.
    """
    if min(np.count_nonzero(is_told), np.count_nonzero(~is_told)) < _LEAST_CELLS:
        return None
    binned = bin_values(values, scale.resolution)
    if binned is None:
        return None
    places = np.clip((values - binned.low) / binned.width, 0, len(binned.counts) - 1)
    counts = np.stack([
        np.bincount(places[group].astype(np.int64), minlength=len(binned.counts))
        for group in (is_told, ~is_told)
    ]).astype(float)
    parted = _parted(counts, is_above=is_above)
    if parted.max() < _LEAST_CONTRAST:
        return None
    drawn = _parted(rng.poisson(counts, (_N_DRAWS, *counts.shape)).astype(float), is_above=is_above)
    floor = np.flatnonzero(parted >= _FLOOR * parted.max())
    error = np.hypot(np.std(drawn.argmax(axis=-1), ddof=1), np.ptp(floor) / np.sqrt(12))
    value = binned.low + binned.width * (int(parted.argmax()) + 1)
    return CutPoint(value, binned.width * float(error), 0.0, "contrast", "")


def _parted(counts: NDArray[np.float64], *, is_above: bool) -> NDArray[np.float64]:
    """Return J for each upper edge of a bin; the last two axes are (group, bin)."""
    below = np.cumsum(smoothed(counts), axis=-1)
    below = below / np.maximum(below[..., -1:], 1e-12)
    difference = below[..., 1, :] - below[..., 0, :]
    return difference if is_above else -difference
