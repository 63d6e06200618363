"""The biexponential solved value by value."""

import math

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["interpolate_scale", "solve_scale"]

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


@compiled
def interpolate_scale(
    values: NDArray[np.float32],
    offset: float,
    most: float,
    places: NDArray[np.float64],
    slopes: NDArray[np.float64],
    zero: float,
    unit: float,
) -> None:
    """Replace values by their places, found between nodes that were solved.

    Parameters
    ----------
    values : float32 array, shape (values,)
        Of a size up to `most`, or NaN, which stays.
    offset, most : float
        Nodes are even in log(size + offset), from size 0 to `most`.
    places, slopes : float array, shape (nodes,)
        y at the nodes, and how fast it rises from node to node.
    zero, unit : float
        The y of value 0; what is written is y * unit.
    """
    start = math.log(offset)
    per_node = (places.size - 1) / (math.log(most + offset) - start)
    for index in range(values.size):
        size = abs(float(values[index]))
        if not size <= most:
            continue
        at = (math.log(size + offset) - start) * per_node
        node = min(int(at), places.size - 2)
        right = at - node
        left = 1.0 - right
        # Cubic between two nodes with the slopes of both.
        y = left * left * ((1.0 + 2.0 * right) * places[node] + right * slopes[node])
        y += right * right * ((1.0 + 2.0 * left) * places[node + 1] - left * slopes[node + 1])
        values[index] = unit * (y if values[index] >= 0 else 2.0 * zero - y)
