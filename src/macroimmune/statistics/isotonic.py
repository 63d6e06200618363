"""Isotonic regression: the closest values that never fall, by pooling adjacent violators."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled

__all__ = ["isotonic_regression", "pool_adjacent_violators"]

Floats = NDArray[np.float64]


@compiled
def pool_adjacent_violators(
    values: Floats, weights: Floats, fitted: Floats, heights: Floats, masses: Floats, ends: Floats
) -> None:
    """Write the never falling fit of values, shape (n,), to `fitted`; the last three are scratch.

    Blocks stand on a stack; a new value is merged with the block before it as long as that one
    is higher.
    """
    top = -1
    for i in range(values.size):
        top += 1
        heights[top], masses[top], ends[top] = values[i], weights[i], i
        while top > 0 and heights[top - 1] > heights[top]:
            mass = masses[top - 1] + masses[top]
            heights[top - 1] = (
                masses[top - 1] * heights[top - 1] + masses[top] * heights[top]
            ) / mass
            masses[top - 1], ends[top - 1] = mass, ends[top]
            top -= 1
    start = 0
    for block in range(top + 1):
        end = int(ends[block]) + 1
        fitted[start:end] = heights[block]
        start = end


def isotonic_regression(
    values: ArrayLike, weights: ArrayLike | None = None, *, rising: bool = True
) -> Floats:
    """Return the monotone values that lie closest, in weighted squares, to those given.

    Parameters
    ----------
    values : float array, shape (n,)
        In the order along which they rise or fall, without missing values.
    weights : float array, shape (n,), or None
        Positive; equal where None.
    rising : bool
        Whether the fit never falls; else it never rises.

    Returns
    -------
    fitted : float array, shape (n,)

    Raises
    ------
    InputError
        If a value is missing, or a weight is not positive.

    Notes
    -----
    Convention: equal neighbours need no strict rise. Checked against: R `isoreg`, hand
    calculation.

    Examples
    --------
    >>> isotonic_regression([1.0, 4.0, 2.0, 5.0])
    array([1., 3., 3., 5.])
    """
    y = np.asarray(values, dtype=float)
    w = np.ones(y.shape) if weights is None else np.asarray(weights, dtype=float)
    if y.ndim != 1 or w.shape != y.shape or not np.isfinite(y).all() or not (w > 0).all():
        msg = (
            f"one finite value and one positive weight per place: shapes {y.shape}, {w.shape}, "
            f"{int((~np.isfinite(y)).sum())} values missing; select complete values"
        )
        raise InputError(msg)
    sign = 1.0 if rising else -1.0
    fitted, scratch = np.empty(y.size), np.empty((3, y.size))
    pool_adjacent_violators(sign * y, w, fitted, scratch[0], scratch[1], scratch[2])
    return sign * fitted + 0.0
