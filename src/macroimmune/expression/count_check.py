"""Whether a matrix holds counts: whole numbers from 0, not brought to one depth."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["count_trouble", "depth_trouble"]

_FEWEST_CELLS = 20
# No counted cells lie so close together: at 1,000 counts Poisson noise alone is 3 %.
_SPREAD = 0.005
_LOG_LIMIT = 20.0


def count_trouble(values: NDArray[np.generic]) -> str:
    """Return why values are no counts, empty where they may be.

    Parameters
    ----------
    values : array
        Stored values of a matrix.

    Examples
    --------
    >>> count_trouble(np.array([1.0, 3.0])), count_trouble(np.array([0.5, 1.2]))
    ('', 'fractions up to 1.2: logarithms?')
    """
    if not values.size or values.dtype.kind in "ub":
        return ""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(low + high):
        return "values that are not finite"
    if low < 0:
        return f"negative values down to {low:.3g}: scaled?"
    if values.dtype.kind == "f" and (values != np.rint(values)).any():
        kind = "logarithms" if high < _LOG_LIMIT else "normalised to a depth"
        return f"fractions up to {high:.3g}: {kind}?"
    return ""


def depth_trouble(library: NDArray[np.float64]) -> str:
    """Return why counts are no raw ones: all cells have the same sum.

    Parameters
    ----------
    library : float array, shape (cells,)
        Sums of cells.

    Notes
    -----
    Convention: 20 cells or more with a count, whose sums differ by less than 0.5 % (SD over mean).

    Examples
    --------
    >>> depth_trouble(np.full(30, 10_000.0))
    'every cell has the sum 10000: normalised to one depth and rounded?'
    """
    some = library[library > 0]
    if some.size < _FEWEST_CELLS or some.std() > _SPREAD * some.mean():
        return ""
    return f"every cell has the sum {some.mean():.0f}: normalised to one depth and rounded?"
