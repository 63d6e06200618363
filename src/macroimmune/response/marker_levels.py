"""The levels of one marker in the cells of one population of one well."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.well import MarkerLevels
from macroimmune.statistics.ranked_values import ranked_values

__all__ = ["RANKS", "marker_levels"]

# So many values stand for a population however large it is: the 99th percentile has ten beyond it.
RANKS = 1024


def marker_levels(
    values: NDArray[np.float32], *, drawn_means: Sequence[float] | NDArray[np.float64] = ()
) -> MarkerLevels:
    """Return how many cells, their mean, their variance and their values by rank.

    Parameters
    ----------
    values : float array, shape (cells,)
        Transformed (arcsinh, logicle). Values that are not finite are left out.
    drawn_means : sequence of float
        Means of the marker with the thresholds of the population drawn from their uncertainty;
        those that are not finite are left out.

    Returns
    -------
    levels : MarkerLevels

    Notes
    -----
    Convention: mean and variance are sums in double precision over all values; up to 1,024 values
    are all kept, of more the quantiles at (k + 1/2) / 1,024.

    Examples
    --------
    >>> levels = marker_levels(np.array([3.0, 1.0, np.nan, 2.0], np.float32))
    >>> levels.n_cells, levels.mean, levels.variance, levels.ranked.tolist()
    (3, 2.0, 1.0, [1.0, 2.0, 3.0])
    """
    known = np.asarray(values, np.float32)
    known = known[np.isfinite(known)]
    n = known.size
    drawn = np.asarray(drawn_means, dtype=np.float64)
    return MarkerLevels(
        n_cells=n,
        mean=float(known.mean(dtype=np.float64)) if n else float("nan"),
        variance=float(known.var(dtype=np.float64, ddof=1)) if n > 1 else float("nan"),
        ranked=ranked_values(known, RANKS),
        drawn_means=drawn[np.isfinite(drawn)],
    )
