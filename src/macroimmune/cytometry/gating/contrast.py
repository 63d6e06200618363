"""Where a marker best parts cells that other markers have told from the rest."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gating.binned_values import bin_values, smoothed
from macroimmune.cytometry.gating.marker_thresholds import CutPoint, MarkerScale

__all__ = ["contrast_cut"]

_LEAST_CELLS = 50
_NEAR_BEST, _NEAR, _N_DRAWS = 0.99, 0.95, 40


def contrast_cut(
    values: NDArray[np.float32],
    is_told: NDArray[np.bool_],
    scale: MarkerScale,
    rng: np.random.Generator,
    *,
    is_above: bool,
    least: float,
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
    least : float in 0..1
        The largest difference between the shares of told cells and of the rest on the right side
        of a threshold (Youden's J) has to be at least that.

    Notes
    -----
    Convention: some told cells are none of the population but like the rest: as many, by their
    share beyond the median of the rest on the wrong side. A threshold is as good as the share of
    told cells that it puts where they belong, these apart from the others; of those at least 0.99
    as good as the best, the one nearest to the told cells is taken. At least 50 cells in each
    group. Standard error: SD over Poisson draws of the counts, and the distance to the nearest that
    is 0.95 as good.
    """
    is_known = np.isfinite(values)
    values, is_told = values[is_known], is_told[is_known]
    if min(np.count_nonzero(is_told), np.count_nonzero(~is_told)) < _LEAST_CELLS:
        return None
    binned = bin_values(values, scale.resolution)
    if binned is None:
        return None
    n_bins = len(binned.counts)
    places = np.clip((values - binned.low) / binned.width, 0, n_bins - 1).astype(np.int64)
    counts = np.stack([
        np.bincount(places[group], minlength=n_bins) for group in (is_told, ~is_told)
    ]).astype(float)
    told, rest = _shares(counts, binned.blur, is_above=is_above)
    if (told - rest).max() < least:
        return None
    right = _right(told, rest)
    drawn = _right(
        *_shares(
            rng.poisson(counts, (_N_DRAWS, *counts.shape)).astype(float),
            binned.blur,
            is_above=is_above,
        )
    )
    place = float(_last(right[None], _NEAR_BEST, is_above=is_above)[0])
    floor = abs(float(_last(right[None], _NEAR, is_above=is_above)[0]) - place)
    moved = float(np.std(_last(drawn, _NEAR_BEST, is_above=is_above), ddof=1))
    return CutPoint(
        value=binned.low + binned.width * (place + 1),
        standard_error=binned.width * float(np.hypot(moved, floor)),
        floor_error=binned.width * floor,
        gap=0.0,
        dip=0.0,
        method="contrast",
        status="",
    )


def _shares(
    counts: NDArray[np.float64], blur: float, *, is_above: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of told cells and of the rest on the right side of each upper edge."""
    below = np.cumsum(smoothed(counts, blur), axis=-1)
    below = below / np.maximum(below[..., -1:], 1e-12)
    right = 1 - below if is_above else below
    return right[..., 0, :], right[..., 1, :]


def _right(told: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of told cells that a threshold puts where they belong, less a constant."""
    # Beyond the median of the rest, on its side, lie told cells that are like the rest, and half
    # of these.
    middle = np.abs(rest - 0.5).argmin(axis=-1)
    beyond = 1 - np.take_along_axis(told, middle[..., None], axis=-1)
    alike = np.clip(2 * beyond, 0, 1)
    return np.asarray(told - 2 * alike * rest)


def _last(right: NDArray[np.float64], share: float, *, is_above: bool) -> NDArray[np.intp]:
    """Return, for each row, the place nearest to the told cells that is as good as the best."""
    is_good = right >= share * right.max(axis=1, keepdims=True)
    if is_above:
        return np.asarray(right.shape[1] - 1 - is_good[:, ::-1].argmax(axis=1))
    return np.asarray(is_good.argmax(axis=1))
