"""What one well says of its cells' markers: small, so that pairs of wells fit in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MarkerLevels", "WellResponse"]


@dataclass(frozen=True, slots=True, eq=False)
class MarkerLevels:
    """One marker in the cells of one population of one well.

    Parameters
    ----------
    n_cells : int
        Cells with a finite value.
    mean, variance : float
        Of those cells, exact; the variance divides by n - 1. NaN where there are none (or one).
    ranked : float32 array, shape (ranks,)
        All values in ascending order where there are few, else as many quantiles, at the shares
        (k + 1/2) / ranks.
    drawn_means : float array, shape (draws,)
        The mean with thresholds drawn from their uncertainty; empty where none were drawn.
    """

    n_cells: int
    mean: float
    variance: float
    ranked: NDArray[np.float32]
    drawn_means: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WellResponse:
    """The state markers of one well, by population.

    Parameters
    ----------
    file : str
    n_cells : mapping from population id to int
        Cells of each population; "" is all live single cells.
    levels : mapping from (population id, marker) to MarkerLevels
    unit : str
        Of the values: arcsinh with its cofactor, logicle.
    """

    file: str
    n_cells: Mapping[str, int]
    levels: Mapping[tuple[str, str], MarkerLevels]
    unit: str
