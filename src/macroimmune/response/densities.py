"""How a marker is spread over the cells of both wells of a pair: what the report draws."""

import numpy as np

from macroimmune.response.well import MarkerLevels

__all__ = ["BINS", "density_rows"]

BINS = 50


def density_rows(
    unstimulated: MarkerLevels, stimulated: MarkerLevels
) -> list[dict[str, float | None]]:
    """Return shares of the cells of both wells in bins of one width, from least to most.

    Parameters
    ----------
    unstimulated, stimulated : MarkerLevels
        With a cell each, or there are no rows.

    Notes
    -----
    Convention: 50 bins from the lowest value of both wells to the highest; of more than 1,024 cells
    shares are those of 1,024 quantiles.

    Examples
    --------
    >>> from macroimmune.response.marker_levels import marker_levels
    >>> both = [marker_levels(np.array(x, "f4")) for x in ([0, 1], [0, 2])]
    >>> rows = density_rows(*both)
    >>> len(rows), rows[0]["share_unstimulated"], rows[-1]["share_stimulated"]
    (50, 0.5, 0.5)
    """
    if not (unstimulated.ranked.size and stimulated.ranked.size):
        return []
    wells = [one.ranked.astype(float) for one in (unstimulated, stimulated)]
    low, high = min(one[0] for one in wells), max(one[-1] for one in wells)
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    shares = [np.histogram(one, edges)[0] / one.size for one in wells]
    return [
        {
            "low": float(edges[k]),
            "high": float(edges[k + 1]),
            "share_unstimulated": float(shares[0][k]),
            "share_stimulated": float(shares[1][k]),
        }
        for k in range(BINS)
    ]
