"""How a marker is spread over the cells of both wells of a pair: what the report draws."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.well import MarkerLevels

__all__ = ["BINS", "density_bins"]

BINS = 50


def density_bins(
    unstimulated: MarkerLevels, stimulated: MarkerLevels
) -> dict[str, NDArray[np.float64]]:
    """Return shares of the cells of both wells in bins of one width, from least to most.

    Parameters
    ----------
    unstimulated, stimulated : MarkerLevels
        With a cell each, or there are no bins.

    Returns
    -------
    bins : mapping from name to float array, shape (bins,)
        Columns of `response_densities`.

    Notes
    -----
    Convention: 50 bins from the lowest value of both wells to the highest; of more than 1,024 cells
    shares are those of 1,024 quantiles.

    Examples
    --------
    >>> from macroimmune.response.marker_levels import marker_levels
    >>> both = [marker_levels(np.array(x, "f4")) for x in ([0, 1], [0, 2])]
    >>> bins = density_bins(*both)
    >>> bins["low"].size, bins["share_unstimulated"][0], bins["share_stimulated"][-1]
    (50, np.float64(0.5), np.float64(0.5))
    """
    wells = [one.ranked.astype(float) for one in (unstimulated, stimulated)]
    if not (wells[0].size and wells[1].size):
        edges, shares = np.empty(1), [np.empty(0)] * 2
    else:
        low, high = min(one[0] for one in wells), max(one[-1] for one in wells)
        edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
        shares = [_shares(one, edges) for one in wells]
    return {
        "low": edges[:-1],
        "high": edges[1:],
        "share_unstimulated": shares[0],
        "share_stimulated": shares[1],
    }


def _shares(ranked: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of values between edges; the last bin holds its upper edge."""
    below = np.searchsorted(ranked, edges)
    below[-1] = np.searchsorted(ranked, edges[-1], "right")
    return np.asarray(np.diff(below) / ranked.size)
