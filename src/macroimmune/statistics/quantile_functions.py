"""Distributions as quantile functions on one grid of levels, and how far they lie apart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LEVELS",
    "LEVEL_WEIGHTS",
    "earth_movers_distance",
    "expected_distance",
    "quantile_correlation",
    "quantile_function",
    "quantile_standard_errors",
]

_COUNT = 101

Numbers = NDArray[np.float64]

# Equally spaced in arcsin(sqrt(p)): there the error of a share is the same at every level, so that
# a population of 1 % has as many levels for its size as one of 50 %.
LEVELS: Numbers = np.sin(np.pi * (np.arange(_COUNT) + 0.5) / (2 * _COUNT)) ** 2
LEVEL_WEIGHTS: Numbers = np.diff(np.sin(np.pi * np.arange(_COUNT + 1) / (2 * _COUNT)) ** 2)


def quantile_function(values: ArrayLike) -> Numbers:
    """Return the quantiles of values at `LEVELS`.

    Parameters
    ----------
    values : float array, shape (n,)
        Finite.

    Returns
    -------
    quantiles : float array, shape (101,)
        NaN where there are no values.

    Notes
    -----
    Convention: straight lines between order statistics, the first at level 0 and the last at 1
    (type 7 of Hyndman and Fan). Checked against: ``numpy.quantile``.

    Examples
    --------
    >>> quantile_function([2.0, 1.0, 3.0])[[0, 50, 100]].round(2).tolist()
    [1.0, 2.0, 3.0]
    """
    ordered = np.sort(np.asarray(values))
    if ordered.size == 0:
        return np.full(_COUNT, np.nan)
    place = LEVELS * (ordered.size - 1)
    below = np.minimum(place.astype(np.int64), ordered.size - 1)
    above = np.minimum(below + 1, ordered.size - 1)
    low, high = ordered[below].astype(float), ordered[above].astype(float)
    quantiles: Numbers = low + (place - below) * (high - low)
    return quantiles


def earth_movers_distance(one: Numbers, other: Numbers) -> Numbers:
    """Return the earth mover's distance between distributions, in the unit of their values.

    Parameters
    ----------
    one, other : float array, shape (..., 101)
        Quantile functions at `LEVELS`.

    Returns
    -------
    distance : float array, shape (...)
        Mean over levels of the absolute difference.

    Notes
    -----
    Checked against: ``scipy.stats.wasserstein_distance`` of the values.

    Examples
    --------
    >>> float(earth_movers_distance(np.zeros(101), np.full(101, 0.25)))
    0.25
    """
    return np.asarray(np.abs(one - other) @ LEVEL_WEIGHTS)


def quantile_standard_errors(quantiles: Numbers, n: ArrayLike, reach: float = 1.0) -> Numbers:
    """Return the standard errors of quantiles that counting alone gives.

    Parameters
    ----------
    quantiles : float array, shape (..., 101)
        At `LEVELS`.
    n : float array, shape (...)
        Values from which each function was made.
    reach : float
        How many standard errors of the share are looked up and down.

    Returns
    -------
    errors : float array, shape (..., 101)
        Half of what lies between the quantiles `reach` standard errors of the share up and down.

    Notes
    -----
    Convention: no density is estimated, so gaps between populations get the large errors that they
    have. At the ends the share cannot leave 0 to 1.
    """
    q = np.asarray(quantiles, dtype=float)
    # One standard error of arcsin(sqrt(p)) is 1 / (2 sqrt n), here in steps of the grid.
    step = reach * _COUNT / (np.pi * np.sqrt(np.maximum(np.asarray(n, dtype=float), 1.0)))
    place = np.arange(_COUNT)
    high = _between(q, np.minimum(place + step[..., None], _COUNT - 1.0))
    low = _between(q, np.maximum(place - step[..., None], 0.0))
    return (high - low) / 2


def _between(q: Numbers, place: Numbers) -> Numbers:
    below = np.minimum(place.astype(np.int64), _COUNT - 2)
    low = np.take_along_axis(q, below, axis=-1)
    high = np.take_along_axis(q, below + 1, axis=-1)
    return np.asarray(low + (place - below) * (high - low))


def expected_distance(quantiles: Numbers, n: float, n_other: float) -> float:
    """Return the earth mover's distance that counting alone puts between two samples.

    Parameters
    ----------
    quantiles : float array, shape (101,)
        Of the one distribution from which both are drawn.
    n, n_other : float
        Their sizes.

    Returns
    -------
    distance : float
        Mean of |F1 - F2| over values, F1 - F2 normal with variance F (1 - F) (1/n + 1/m).
    """
    between = (LEVELS[1:] + LEVELS[:-1]) / 2
    spread = np.sqrt(between * (1 - between) * (1 / n + 1 / n_other))
    return float(np.sqrt(2 / np.pi) * (spread * np.diff(quantiles)).sum())


def quantile_correlation() -> Numbers:
    """Return how the errors of quantiles at `LEVELS` hang together, shape (101, 101).

    Notes
    -----
    Convention: of the Brownian bridge, (min(p, r) - p r) / sqrt(p (1-p) r (1-r)).
    """
    odds = np.sqrt(LEVELS / (1 - LEVELS))
    ratio = odds[:, None] / odds[None, :]
    return np.asarray(np.minimum(ratio, 1 / ratio))
