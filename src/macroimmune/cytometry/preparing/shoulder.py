"""A shoulder: a second population that overlaps the main one too much to have a valley below it."""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["shoulder_above"]

# In standard deviations of the main population: where a shoulder begins, and how long it is.
_BEGIN, _LENGTH = 3.0, 1.0
# The farther half holds at least this share of what the nearer half holds, and so many standard
# errors more than half of it: the tail of one population falls faster. Assumed.
_LEAST_RATIO, _SIGMAS = 0.8, 2.0


def shoulder_above(
    values: NDArray[np.floating], centre: float, spread: float, n_main: int
) -> float | None:
    """Return where a shoulder of the upper tail begins, None where there is none.

    Parameters
    ----------
    values : float array, shape (events,)
    centre, spread : float
        Of the main population, which is taken for normal.
    n_main : int
        Its events.

    Returns
    -------
    cut : float or None
        Where the density of the main population falls to half of that of the shoulder.

    Notes
    -----
    Convention: the events from 3 to 4 standard deviations are compared with those from 4 to 5.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cells, pairs = rng.normal(0, 1, 9_000), rng.normal(4.2, 1, 400)
    >>> cut = shoulder_above(np.concatenate([cells, pairs]), 0.0, 1.0, 9_000)
    >>> bool(2.2 < cut < 3), shoulder_above(cells, 0.0, 1.0, 9_000) is None
    (True, True)
    """
    bounds = [_BEGIN + step * _LENGTH for step in range(3)]
    # What the main population itself has there.
    tails = [0.5 * n_main * math.erfc(bound / math.sqrt(2)) for bound in bounds]
    counts, _ = np.histogram(values, [centre + bound * spread for bound in bounds])
    near = max(float(counts[0]) - (tails[0] - tails[1]), 0.0)
    far = max(float(counts[1]) - (tails[1] - tails[2]), 0.0)
    error = math.sqrt(float(counts[1]) + 0.25 * float(counts[0]))
    if far < _LEAST_RATIO * near or far - 0.5 * near <= _SIGMAS * error:
        return None
    density = (near + far) / (2 * _LENGTH)
    height = n_main / math.sqrt(2 * math.pi)
    return centre + spread * math.sqrt(2 * math.log(2 * height / density))
