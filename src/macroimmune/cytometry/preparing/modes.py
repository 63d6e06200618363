"""Where the values of a channel gather: the modes of their density and the valleys between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

__all__ = ["Modes", "find_modes"]

_BINS = 256
# Values beyond these quantiles do not stretch the bins.
_TAIL = 2e-4
# Smoothing in bins; a rare and wide population shows on a wide one only.
_SMOOTHINGS = (2.0, 4.0, 8.0, 16.0)
# Density where there is no value, so that shares exist.
_FLOOR = 1e-6
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
    finite = values[np.isfinite(values)]
    none = np.zeros(0)
    if not finite.size:
        return Modes(none, none, none, np.zeros(0, np.int64), none)
    low, high = np.quantile(finite, [_TAIL, 1 - _TAIL])
    if not low < high:
        return Modes(np.array([float(low)]), none, none, np.array([finite.size]), np.zeros(1))
    counts, edges = np.histogram(finite, _BINS, (low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    peaks, valleys, depths = max(
        (_populations(counts, width, deepest, sigmas) for width in _SMOOTHINGS),
        key=lambda found: len(found[0]),
    )
    places = centres[valleys]
    members, spreads = _members(finite, places)
    return Modes(centres[peaks], places, depths, members, spreads)


def _members(
    values: NDArray[np.floating], valleys: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many values lie between the valleys, and how wide they are spread."""
    bounds = [-np.inf, *valleys.tolist(), np.inf]
    counts, spreads = [], []
    for low, high in zip(bounds, bounds[1:], strict=False):
        inside = values[(values >= low) & (values < high)] if len(valleys) else values
        counts.append(len(inside))
        lower, upper = np.quantile(inside, [0.25, 0.75]) if len(inside) else (0.0, 0.0)
        spreads.append(float(upper - lower) / _QUARTILES)
    return np.array(counts, np.int64), np.array(spreads)


def _populations(
    counts: NDArray[np.int64], width: float, deepest: float, sigmas: float
) -> tuple[list[int], list[int], NDArray[np.float64]]:
    """Return peaks, valleys and depths of a histogram that is smoothed so wide.

    Neighbours that are not apart are merged, the least clear first.
    """
    density = gaussian_filter1d(counts.astype(float), width, mode="constant") + _FLOOR
    before = np.concatenate([[0.0], density[:-1]])
    after = np.concatenate([density[1:], [0.0]])
    peaks = np.flatnonzero((density > before) & (density >= after)).tolist()
    valleys = [_lowest(density, left, right) for left, right in zip(peaks, peaks[1:], strict=False)]
    while valleys:
        lower = np.minimum(density[peaks[:-1]], density[peaks[1:]])
        at = density[valleys]
        error = np.sqrt((lower + at) / (2 * np.sqrt(np.pi) * width))
        clear = np.minimum((lower - at) / error / sigmas, (1 - at / lower) / (1 - deepest))
        worst = int(clear.argmin())
        if clear[worst] >= 1:
            return peaks, valleys, at / lower
        gone = worst if density[peaks[worst]] < density[peaks[worst + 1]] else worst + 1
        del peaks[gone]
        del valleys[worst]
        if 0 < gone <= len(valleys):
            valleys[gone - 1] = _lowest(density, peaks[gone - 1], peaks[gone])
    return peaks, valleys, np.zeros(0)


def _lowest(density: NDArray[np.float64], left: int, right: int) -> int:
    """Return the middle of the lowest stretch between two peaks."""
    between = density[left : right + 1]
    lowest = np.flatnonzero(between <= between.min() * (1 + 1e-9) + 1e-9)
    return left + int(lowest[len(lowest) // 2])
