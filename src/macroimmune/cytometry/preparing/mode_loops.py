"""Loops behind the modes of a density: bins, smoothing, peaks and valleys."""

import math

import numpy as np

from macroimmune.statistics.compiled import compiled

__all__ = ["bin_counts", "finite_span", "histogram_quantile", "peaks_and_valleys", "smoothed"]

# Density where there is no value, so that shares exist.
_FLOOR = 1e-6


@compiled
def finite_span(values: np.ndarray) -> tuple[int, float, float]:
    """Return how many values are finite, the least and the greatest of them.

    Parameters
    ----------
    values : float32 array, shape (events,)
    """
    count, low, high = 0, math.inf, -math.inf
    for value in values:
        if math.isfinite(value):
            count += 1
            low = min(low, value)
            high = max(high, value)
    return count, low, high


@compiled
def bin_counts(values: np.ndarray, low: float, high: float, counts: np.ndarray) -> None:
    """Add to `counts` the values of each bin of equal width in [low, high].

    Parameters
    ----------
    values : float32 array, shape (events,)
        Those outside, and those that are missing, are left out.
    low, high : float
    counts : float array, shape (bins,)
    """
    n_bins = len(counts)
    scale = n_bins / (high - low)
    for value in values:
        if low <= value <= high:
            counts[min(int((value - low) * scale), n_bins - 1)] += 1.0


@compiled
def histogram_quantile(counts: np.ndarray, first: int, last: int, share: float) -> float:
    """Return the quantile of the bins from `first` to before `last`, in bins from the first of all.

    Parameters
    ----------
    counts : float array, shape (bins,)
    first, last : int
    share : float in 0..1
    """
    wanted = 0.0
    for place in range(first, last):
        wanted += counts[place]
    wanted *= share
    for place in range(first, last):
        if counts[place] > 0 and counts[place] >= wanted:
            return float(place + wanted / counts[place])
        wanted -= counts[place]
    return float(last)


@compiled
def smoothed(counts: np.ndarray, width: float, density: np.ndarray) -> None:
    """Fill in the counts smoothed by a Gaussian of standard deviation `width`, in bins.

    Parameters
    ----------
    counts, density : float array, shape (bins,)
        Beyond the ends there is nothing.
    width : float
    """
    reach = int(4 * width + 0.5)
    weights = np.empty(2 * reach + 1)
    for step in range(-reach, reach + 1):
        weights[step + reach] = math.exp(-0.5 * (step / width) ** 2)
    weights /= weights.sum()
    for place in range(len(counts)):
        total = _FLOOR
        for other in range(max(place - reach, 0), min(place + reach + 1, len(counts))):
            total += counts[other] * weights[other - place + reach]
        density[place] = total


@compiled
def _lowest(density: np.ndarray, left: int, right: int) -> int:
    """Return the middle of the lowest stretch between two peaks."""
    least = density[left]
    for place in range(left, right + 1):
        least = min(least, density[place])
    at_least = 0
    for place in range(left, right + 1):
        at_least += density[place] <= least * (1 + 1e-9)
    passed = 0
    for place in range(left, right + 1):
        passed += density[place] <= least * (1 + 1e-9)
        if passed > at_least // 2:
            return place
    return right


@compiled
def _local_peaks(density: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the bins that stand above their neighbours, and how many they are."""
    n_bins = len(density)
    peaks = np.empty(n_bins, np.int64)
    count = 0
    for place in range(n_bins):
        before = density[place - 1] if place else 0.0
        after = density[place + 1] if place + 1 < n_bins else 0.0
        if density[place] > before and density[place] >= after:
            peaks[count] = place
            count += 1
    return peaks, count


@compiled
def peaks_and_valleys(
    density: np.ndarray, width: float, deepest: float, sigmas: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bins of peaks that are apart, and of the valleys between them.

    Neighbours that are not apart are merged into the higher one, the least clear first.

    Parameters
    ----------
    density : float array, shape (bins,)
    width : float
        By which it was smoothed; the variance of a smoothed count c is c / (2 sqrt(pi) width).
    deepest, sigmas : float
        As in `find_modes`.
    """
    peaks, count = _local_peaks(density)
    valleys = np.empty(len(density), np.int64)
    for place in range(count - 1):
        valleys[place] = _lowest(density, peaks[place], peaks[place + 1])
    while count > 1:
        worst, least = 0, math.inf
        for place in range(count - 1):
            lower = min(density[peaks[place]], density[peaks[place + 1]])
            at = density[valleys[place]]
            error = math.sqrt((lower + at) / (2 * math.sqrt(math.pi) * width))
            clear = min((lower - at) / error / sigmas, (1 - at / lower) / (1 - deepest))
            if clear < least:
                worst, least = place, clear
        if least >= 1:
            break
        gone = worst if density[peaks[worst]] < density[peaks[worst + 1]] else worst + 1
        for place in range(gone, count - 1):
            peaks[place] = peaks[place + 1]
        for place in range(worst, count - 2):
            valleys[place] = valleys[place + 1]
        count -= 1
        if 0 < gone < count:
            valleys[gone - 1] = _lowest(density, peaks[gone - 1], peaks[gone])
    return peaks[:count].copy(), valleys[: max(count - 1, 0)].copy()
