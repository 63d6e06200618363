"""Stretches of a run in which events came much slower or faster than usual."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["odd_stretches"]

# Parts of equal time, so many events in each on average, at most so many parts.
_PART_EVENTS, _MOST_PARTS = 100, 200
_FEWEST_PARTS = 10
_SLOW, _FAST = 0.5, 2.0
# And the count differs from the usual one by so many standard deviations of a Poisson count.
_SIGMAS = 4.0


def odd_stretches(times: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Return where the flow rate was below half or above twice the usual, as ranges of events.

    Parameters
    ----------
    times : float array, shape (events,), any unit
        Ascending.

    Returns
    -------
    stretches : tuple of (int, int)
        First event, and the one after the last.

    Notes
    -----
    Convention: the usual rate is the median over parts of equal time that hold events; a pause
    without any event is no stretch. The bounds are assumed.

    Examples
    --------
    >>> steady = np.arange(4_000.0)
    >>> slow = 4_000 + 10 * np.arange(40.0)
    >>> odd_stretches(np.concatenate([steady, slow, 4_400 + steady]))
    ((3990, 4050),)
    """
    n_parts = min(len(times) // _PART_EVENTS, _MOST_PARTS)
    if n_parts < _FEWEST_PARTS or not times[0] < times[-1]:
        return ()
    bounds = np.linspace(times[0], times[-1], n_parts + 1)
    cuts = np.searchsorted(times, bounds)
    cuts[-1] = len(times)
    counts = np.diff(cuts)
    usual = float(np.median(counts[counts > 0]))
    is_odd = (counts < _SLOW * usual) | (counts > _FAST * usual)
    is_odd &= np.abs(counts - usual) > _SIGMAS * np.sqrt(usual)
    flips = np.diff(np.concatenate([[0], is_odd.astype(np.int8), [0]]))
    begins, ends = cuts[np.flatnonzero(flips == 1)], cuts[np.flatnonzero(flips == -1)]
    return tuple(
        (int(begin), int(end)) for begin, end in zip(begins, ends, strict=True) if begin < end
    )
