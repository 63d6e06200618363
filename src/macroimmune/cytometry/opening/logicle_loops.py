"""The biexponential solved value by value."""

import math

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["solve_scale"]

_MOST_STEPS = 50
_CLOSE = 1e-13


@compiled
def solve_scale(
    values: NDArray[np.float32 | np.float64],
    places: NDArray[np.float32 | np.float64],
    a: float,
    b: float,
    c: float,
    d: float,
    f: float,
    zero: float,
) -> None:
    """Write the y at which a e^(b y) - c e^(-d y) - f is each value, mirrored below zero.

    Parameters
    ----------
    values, places : float array, shape (values,)
        They may be the same array. NaN stays, infinity becomes NaN.
    a, b, c, d, f, zero : float
        Coefficients; `zero` is the y of value 0.

    Notes
    -----
    Above zero the curve is convex, so Newton's steps from the right of the root never cross it.
    The start takes the second exponential for as large as it is at zero, its largest.
    """
    largest = c * math.exp(-d * zero)
    for index in range(values.size):
        value = abs(float(values[index]))
        if not value < math.inf:
            places[index] = math.nan
            continue
        y = math.log((value + f + largest) / a) / b
        for _ in range(_MOST_STEPS):
            rising = a * math.exp(b * y)
            falling = c * math.exp(-d * y)
            step = (rising - falling - f - value) / (b * rising + d * falling)
            y -= step
            if abs(step) < _CLOSE:
                break
        places[index] = y if values[index] >= 0 else 2.0 * zero - y
