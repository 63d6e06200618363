"""Sizes of lesions, as a scan shows them, from their numbers of tumour cells."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["lesion_diameter_mm"]

Values = NDArray[np.float64]

_MM_PER_CM = 10.0


def lesion_diameter_mm(cells: Values, cells_per_ml: float, visible_mm: float) -> Values:
    """Return the diameters of balls of tumour.

    Parameters
    ----------
    cells : float array, any shape, 10^9 cells
    cells_per_ml : float, 10^9 cells per mL
    visible_mm : float
        What is smaller counts 0.

    Returns
    -------
    diameter : float array, same shape, mm

    Notes
    -----
    Convention: a ball of volume cells / density, so its diameter grows with the cube root.

    Examples
    --------
    >>> lesion_diameter_mm(np.array([4.18879, 0.001]), 1.0, 5.0).round(2)
    array([20.,  0.])
    """
    volume_ml = np.maximum(cells, 0.0) / cells_per_ml
    diameter = _MM_PER_CM * np.cbrt(6.0 * volume_ml / np.pi)
    return np.where(diameter >= visible_mm, diameter, 0.0)
