"""The distribution of a marker in every batch, for pictures."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.quantile_functions import LEVELS

__all__ = ["batch_densities", "value_grid"]

_BINS = 72
_SMOOTHING = np.array([0.06, 0.24, 0.4, 0.24, 0.06])
# What lies further out is a handful of cells that would take the room of all others.
_LEAST = 0.0005

Numbers = NDArray[np.float64]


def value_grid(quantiles: Sequence[Numbers]) -> Numbers:
    """Return the edges of bins that hold all distributions but their last 0.05 %.

    Parameters
    ----------
    quantiles : sequence of float array, shape (101,)
        At `LEVELS`.

    Returns
    -------
    edges : float array, shape (73,)
    """
    ends = [np.interp([_LEAST, 1 - _LEAST], LEVELS, one) for one in quantiles]
    low, high = min(one[0] for one in ends), max(one[1] for one in ends)
    margin = max(0.03 * (high - low), 1e-6)
    return np.linspace(low - margin, high + margin, _BINS + 1)


def batch_densities(
    quantiles: Mapping[str, Sequence[Numbers]], edges: Numbers
) -> Mapping[str, Numbers]:
    """Return the density of each batch in bins, its files counting alike.

    Parameters
    ----------
    quantiles : mapping from batch to sequence of float array, shape (101,)
    edges : float array, shape (bins + 1,)

    Returns
    -------
    densities : mapping from batch to float array, shape (bins,)
        Per unit of the transformed scale, smoothed over five bins.

    Examples
    --------
    >>> from macroimmune.statistics.quantile_functions import quantile_function
    >>> q = quantile_function(np.linspace(0, 1, 1000))
    >>> edges = value_grid([q])
    >>> float(batch_densities({"B1": [q]}, edges)["B1"][36].round(2))
    1.0
    """
    return {batch: _density(members, edges) for batch, members in quantiles.items()}


def _density(members: Sequence[Numbers], edges: Numbers) -> Numbers:
    # Between two quantiles the share rises in a straight line, so gaps stay smooth.
    below = np.mean([np.interp(edges, one, LEVELS, left=0.0, right=1.0) for one in members], axis=0)
    shares = np.convolve(np.diff(below), _SMOOTHING, mode="same")
    return np.asarray(shares / np.diff(edges))
