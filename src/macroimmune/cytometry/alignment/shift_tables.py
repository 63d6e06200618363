"""Shifts on even grids, added to many values at once."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["add_shifts", "shifted"]


@compiled
def add_shifts(
    values: NDArray[np.float32],
    columns: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    shifts: NDArray[np.float64],
) -> None:
    """Add to the values of some columns, in place, the shift that stands in a table.

    Parameters
    ----------
    values : float32 array, shape (events, channels)
        Changed.
    columns : int array, shape (maps,)
    low, high : float array, shape (maps,)
        First and last value of each table.
    shifts : float array, shape (maps, points)
        On an even grid; between its points a straight line, outside the value at the end.
    """
    points = shifts.shape[1]
    for one in range(columns.size):
        column = columns[one]
        table = shifts[one]
        span = high[one] - low[one]
        scale = (points - 1) / span if span > 0 else 0.0
        for event in range(values.shape[0]):
            value = values[event, column]
            place = (value - low[one]) * scale
            if place <= 0:
                values[event, column] = value + table[0]
            elif place >= points - 1:
                values[event, column] = value + table[points - 1]
            elif place == place:  # Not a number stays what it is.
                below = int(place)
                rest = place - below
                values[event, column] = (
                    value + table[below] + rest * (table[below + 1] - table[below])
                )


def shifted(
    values: NDArray[np.float64], low: float, high: float, shifts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return few values, moved by the shift that stands in a table."""
    grid = np.linspace(low, high, shifts.size)
    if not high > low:
        return np.asarray(values + shifts[0])
    return np.asarray(values + np.interp(values, grid, shifts))
