"""The run of one tube: when events arrive, and how the instrument changes meanwhile."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Acquisition", "draw_acquisition"]

# Events per second and how evenly they come; assumed.
_RATES = {"mass": 350.0, "fluorescence": 3_000.0}
_SEGMENTS, _UNEVEN = 60, 0.06
# While flow falters, this share of the events comes and this share of the signal is seen.
_CLOGGED_SEGMENTS, _CLOGGED_RATE, _CLOGGED_SIGNAL = 6, 0.12, 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """When events were recorded.

    Parameters
    ----------
    seconds : float array, shape (events,), second
        Ascending, from the start.
    progress : float32 array, shape (events,)
        The same, from -0.5 to 0.5.
    dimming : float32 array, shape (events,)
        Factor of every signal; below 1 while flow falters.
    """

    seconds: NDArray[np.float64]
    progress: NDArray[np.float32]
    dimming: NDArray[np.float32]


def draw_acquisition(
    n_events: int, technology: str, *, is_clogged: bool, rng: np.random.Generator
) -> Acquisition:
    """Return when `n_events` events arrive, at a rate that wanders.

    Parameters
    ----------
    n_events : int
    technology : str
        `mass` or `fluorescence`.
    is_clogged : bool
        Whether flow falters during a tenth of the run.
    rng : numpy Generator
    """
    rates = np.exp(_UNEVEN * rng.standard_normal(_SEGMENTS).cumsum() / np.sqrt(_SEGMENTS / 4))
    clogged = np.zeros(_SEGMENTS, dtype=bool)
    if is_clogged:
        begin = int(rng.integers(_SEGMENTS // 4, _SEGMENTS - 2 * _CLOGGED_SEGMENTS))
        clogged[begin : begin + _CLOGGED_SEGMENTS] = True
        rates[clogged] *= _CLOGGED_RATE
    edges = np.linspace(0.0, 1.0, _SEGMENTS + 1)
    expected = np.concatenate([[0.0], rates.cumsum()])
    # Ordered uniform numbers: sums of exponential waits.
    waits = rng.standard_exponential(n_events + 1).cumsum()
    moments = np.interp(waits[:-1] / waits[-1], expected / expected[-1], edges)
    lasting = n_events / _RATES[technology] / rates.mean()
    segment = np.minimum((moments * _SEGMENTS).astype(int), _SEGMENTS - 1)
    dimming = np.where(clogged, _CLOGGED_SIGNAL, 1.0)[segment]
    return Acquisition(
        moments * lasting, (moments - 0.5).astype(np.float32), dimming.astype(np.float32)
    )
