"""Values of a marker counted in bins: all that thresholds need, however many cells there are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["N_BINS", "SMOOTHING", "BinnedValues", "bin_values", "smoothed"]

N_BINS = 256
# SD of the blur in bins, of so many cells or more; with fewer it grows as their inverse fifth root.
# What is narrower is no population but a mark of whole numbers of ions.
SMOOTHING = 5.0
_CELLS_OF_SMOOTHING = 5000
_OUTSIDE, _MARGIN = 0.0005, 0.04


@dataclass(frozen=True, slots=True, eq=False)
class BinnedValues:
    """Counts of values in bins of one width.

    Parameters
    ----------
    counts : float array, shape (bins,)
    n_below : int
        Values below the first bin; those above the last are what is left of `n`.
    n : int
        All values.
    lowest : float
        The smallest of them.
    low, width : float
        Lower edge of the first bin, and the width of each.
    blur : float, bins
        SD of the normal distribution by which counts are blurred to look at their density.
    """

    counts: NDArray[np.float64]
    n_below: int
    n: int
    lowest: float
    low: float
    width: float
    blur: float

    def value(self, place: float) -> float:
        """Return the value in the middle of a bin, by its place, which may be a fraction."""
        return self.low + self.width * (place + 0.5)

    def quantile(self, share: float) -> float:
        """Return the value below which that share of the values lies, from the bins."""
        below = self.n_below + np.concatenate([[0.0], np.cumsum(self.counts)])
        place = np.interp(share * self.n, below, np.arange(len(below)))
        return self.low + self.width * float(place)


def bin_values(values: NDArray[np.float32], resolution: float) -> BinnedValues | None:
    """Return the values in bins, None where they do not differ.

    Parameters
    ----------
    values : float32 array, shape (cells,)
        NaN is left out.
    resolution : float
        The blur by `SMOOTHING` is at least so wide.

    Notes
    -----
    Convention: 256 bins from the 0.05 % to the 99.95 % quantile and 4 % of that beyond each end,
    more where the resolution asks for it.
    """
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return None
    last = len(values) - 1
    ends = [int(_OUTSIDE * last), last - int(_OUTSIDE * last)]
    low, high = np.partition(values, ends)[ends].astype(float).tolist()
    if not high > low:
        return None
    margin = _MARGIN * (high - low)
    margin += 0.5 * max(resolution / SMOOTHING * N_BINS - (high - low + 2 * margin), 0.0)
    low, high = low - margin, high + margin
    width = (high - low) / N_BINS
    places = np.floor((values - np.float32(low)) * np.float32(1 / width))
    is_inside = (places >= 0) & (places < N_BINS)
    counts = np.bincount(places[is_inside].astype(np.int64), minlength=N_BINS)
    return BinnedValues(
        counts=counts.astype(float),
        n_below=int(np.count_nonzero(places < 0)),
        n=len(values),
        lowest=float(values.min()),
        low=low,
        width=width,
        blur=SMOOTHING * max(1.0, (_CELLS_OF_SMOOTHING / len(values)) ** 0.2),
    )


def smoothed(counts: NDArray[np.float64], blur: float) -> NDArray[np.float64]:
    """Return counts blurred along the last axis by a normal distribution of that SD in bins."""
    return np.asarray(ndimage.gaussian_filter1d(counts, blur, axis=-1, mode="nearest"))
