"""Random draws of whole cells: division, leaving a subset, and rounding to a total."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cells_of_total", "divided_cells", "leaving_cells"]

Cells = NDArray[np.int64]
Values = NDArray[np.float64]


def cells_of_total(weights: ArrayLike, total: int, *, rng: np.random.Generator) -> Cells:
    """Return whole cells in proportion to weights that sum to exactly a total.

    Parameters
    ----------
    weights : float array, shape (clones,)
        From 0; where all are zero no cell is given.
    total : int
        Cells.
    rng : numpy Generator

    Returns
    -------
    cells : int array, shape (clones,)

    Notes
    -----
    Convention: systematic rounding: each clone gets its expected number of cells rounded down or
    up, and that number on average, with one random number for all.

    Examples
    --------
    >>> cells_of_total([1.0, 1.0, 2.0], 8, rng=np.random.default_rng(1)).tolist()
    [2, 2, 4]
    """
    weight = np.asarray(weights, dtype=float)
    whole = float(weight.sum())
    if whole <= 0.0 or total <= 0:
        return np.zeros(weight.shape, np.int64)
    expected = weight * (total / whole)
    cells = np.floor(expected).astype(np.int64)
    missing = total - int(cells.sum())
    if missing <= 0:
        return cells
    # The parts below one cell, laid end to end, are hit by a comb of unit teeth.
    reached = np.cumsum(expected - cells)
    reached *= missing / reached[-1]
    teeth = rng.random() + np.arange(missing)
    cells += np.bincount(np.searchsorted(reached, teeth), minlength=len(cells))[: len(cells)]
    return cells


def divided_cells(cells: Cells, rates: Values, *, rng: np.random.Generator) -> Cells:
    """Return how many cells pure birth adds to each clone in a day.

    Parameters
    ----------
    cells : int array, shape (clones,)
    rates : float array, shape (clones,), divisions per cell
        Over the step.
    rng : numpy Generator

    Notes
    -----
    Convention: a Yule process: each cell has a geometric number of descendants, so a clone of n
    cells has a negative binomial number more; its mean is n (exp(rate) - 1).
    """
    added = np.zeros(len(cells), np.int64)
    dividing = (cells > 0) & (rates > 0.0)
    if dividing.any():
        added[dividing] = rng.negative_binomial(cells[dividing], np.exp(-rates[dividing]))
    return added


def leaving_cells(
    cells: Cells, rates: Sequence[float], *, rng: np.random.Generator
) -> tuple[Cells, ...]:
    """Return how many cells of each clone leave a subset by each of several ways.

    Parameters
    ----------
    cells : int array, shape (clones,)
    rates : sequence of float
        Per cell over the step, one for each way.
    rng : numpy Generator

    Notes
    -----
    Convention: competing exponential clocks; ways are drawn one after the other, each binomial
    among the cells that are left.
    """
    whole = float(sum(rates))
    if whole <= 0.0:
        return tuple(np.zeros(len(cells), np.int64) for _ in rates)
    left = rng.binomial(cells, -np.expm1(-whole))
    ways = []
    for rate in rates:
        part = min(rate / whole, 1.0) if whole > 0.0 else 0.0
        gone = rng.binomial(left, part)
        ways.append(gone)
        left = left - gone
        whole -= rate
    return tuple(ways)
