"""Where the values of a channel gather: the modes of their density and the valleys between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.preparing.mode_loops import (
    bin_counts,
    finite_span,
    histogram_quantile,
    peaks_and_valleys,
    smoothed,
)

__all__ = ["Modes", "find_modes", "quartile_spread"]

_BINS, _FINE = 256, 4096
# Values beyond these quantiles do not stretch the bins.
_TAIL = 2e-4
# Smoothing in bins; a rare and wide population shows on a wide one only.
_SMOOTHINGS = (2.0, 4.0, 8.0, 16.0)
# Quartiles of a normal distribution are so many standard deviations apart.
_QUARTILES = 1.349


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The populations that a density shows.

    Parameters
    ----------
    positions : float array, shape (modes,)
        Of the peaks, ascending; empty where there are no values.
    valleys : float array, shape (modes - 1,)
        The lowest point between neighbouring peaks.
    depths : float array, shape (modes - 1,)
        Density there, as a share of the lower of the two peaks.
    counts : int array, shape (modes,)
        Values between the valleys around each peak.
    spreads : float array, shape (modes,)
        Standard deviation of these by their quartiles.
    """

    positions: NDArray[np.float64]
    valleys: NDArray[np.float64]
    depths: NDArray[np.float64]
    counts: NDArray[np.int64]
    spreads: NDArray[np.float64]

    @property
    def is_constant(self) -> bool:
        """Whether there are no values, or all are equal."""
        return len(self.positions) < 2 and not self.spreads.any()

    @property
    def main(self) -> int:
        """Place of the mode with most values."""
        return int(self.counts.argmax())


def find_modes(values: NDArray[np.floating], *, deepest: float = 0.6, sigmas: float = 2.5) -> Modes:
    """Return the populations that the density of values shows.

    Parameters
    ----------
    values : float array, shape (events,)
        Those that are not finite are left out.
    deepest : float
        Two peaks are two populations where the valley between is below this share of the lower.
    sigmas : float
        And where peak and valley differ by so many standard errors of their counts.

    Returns
    -------
    modes : Modes

    Notes
    -----
    Convention: 256 bins between the 0.02 % and 99.98 % quantiles, smoothed by a Gaussian of 2, 4,
    8 and 16 bins; the smoothing that shows most populations is taken, the narrowest of equals.
    Counts are Poisson: the variance of a smoothed count c is c / (2 sqrt(pi) width). The order of
    the values does not matter. `deepest` and `sigmas` are assumed.

    Examples
    --------
    >>> values = np.concatenate([np.linspace(0, 1, 500), np.linspace(4, 5, 100)])
    >>> found = find_modes(values)
    >>> found.counts.tolist(), bool(1 < found.valleys[0] < 4)
    ([500, 100], True)
    """
    single = np.ascontiguousarray(values, np.float32)
    counted = _binned(single)
    if counted is None:
        n_finite, low, _ = finite_span(single)
        some = min(n_finite, 1)
        return Modes(
            np.full(some, low), np.zeros(0), np.zeros(0), np.full(some, n_finite), np.zeros(some)
        )
    n_finite, low, step, counts = counted
    best = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    for width in _SMOOTHINGS:
        density = np.empty(_BINS)
        smoothed(counts, width, density)
        peaks, valleys = peaks_and_valleys(density, width, deepest, sigmas)
        if len(peaks) > len(best[0]):
            lower = np.minimum(density[peaks[:-1]], density[peaks[1:]])
            best = peaks, valleys, density[valleys] / lower
    peaks, valleys, depths = best
    members, spreads = _members(counts, valleys, n_finite)
    positions, places = ((low + step * at).astype(np.float64) for at in (peaks + 0.5, valleys))
    return Modes(positions, places, depths, members, spreads * step)


def quartile_spread(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return median and standard deviation of values, both by quartiles; 0 without values.

    Parameters
    ----------
    values : float array, shape (events,)
        Those that are not finite are left out.

    Examples
    --------
    >>> middle, spread = quartile_spread(np.arange(1001.0))
    >>> round(middle), round(spread)
    (500, 371)
    """
    counted = _binned(np.ascontiguousarray(values, np.float32), _FINE)
    if counted is None:
        n_finite, low, _ = finite_span(np.ascontiguousarray(values, np.float32))
        return (low if n_finite else 0.0), 0.0
    _, low, step, counts = counted
    lower, middle, upper = (histogram_quantile(counts, 0, _FINE, at) for at in (0.25, 0.5, 0.75))
    return low + step * middle, step * (upper - lower) / _QUARTILES


def _binned(
    values: NDArray[np.float32], n_bins: int = _BINS
) -> tuple[int, float, float, NDArray[np.float64]] | None:
    """Return number of values, lower end, width and counts of the bins; None for a constant."""
    n_finite, low, high = finite_span(values)
    if not low < high:
        return None
    # Twice, so that one far value does not widen the bins for all.
    for _ in range(2):
        counts = np.zeros(_FINE)
        bin_counts(values, low, high, counts)
        width = (high - low) / _FINE
        first = np.floor(histogram_quantile(counts, 0, _FINE, _TAIL))
        last = np.ceil(histogram_quantile(counts, 0, _FINE, 1 - _TAIL))
        low, high = low + first * width, low + last * width
    counts = np.zeros(n_bins)
    bin_counts(values, low, high, counts)
    return n_finite, low, (high - low) / n_bins, counts


def _members(
    counts: NDArray[np.float64], valleys: NDArray[np.int64], n_values: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many values lie between the valleys, and how wide they are spread, in bins."""
    bounds = [0, *valleys.tolist(), len(counts)]
    inside = np.add.reduceat(counts, bounds[:-1])
    # What lies beyond the bins belongs to the outer modes.
    beyond = n_values - int(inside.sum())
    inside[0] += beyond // 2
    inside[-1] += beyond - beyond // 2
    spreads = [
        (histogram_quantile(counts, low, high, 0.75) - histogram_quantile(counts, low, high, 0.25))
        / _QUARTILES
        for low, high in zip(bounds[:-1], bounds[1:], strict=True)
    ]
    return inside.astype(np.int64), np.array(spreads)
