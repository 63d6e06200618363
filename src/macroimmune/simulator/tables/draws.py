"""Which draw of a person is the first, and which rows of a table are there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.people import Samples

__all__ = ["followed", "is_first_draw", "moved_since_first"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


def is_first_draw(samples: Samples) -> Flags:
    """Return whether each sample is the earliest of its person, shape (samples,)."""
    order = np.lexsort((samples.days, samples.participant))
    people = samples.participant[order]
    is_first = np.empty(order.size, dtype=bool)
    is_first[order] = np.concatenate(([True], people[1:] != people[:-1]))[: order.size]
    return is_first


def followed(samples: Samples, names: Sequence[str]) -> Values:
    """Return what the values of each draw are multiplied by since treatment began.

    Parameters
    ----------
    samples : Samples
    names : sequence of str
        Of blood values; 1 for those that move by chance alone.

    Returns
    -------
    factors : float array, shape (samples, names)
    """
    still = np.zeros(samples.days.size)
    return np.exp(np.column_stack([samples.moves.get(name, still) for name in names]))


def moved_since_first(values: Values, samples: Samples, spread: Values, steps: Values) -> Values:
    """Return values at each draw: as they are at the first, moved by chance at later ones.

    Parameters
    ----------
    values : float array, shape (people, analytes)
        True values at the first draw.
    samples : Samples
    spread : float array, shape (analytes,)
        SD of the natural logarithm between the first and a later draw of one person.
    steps : float array, shape (samples, analytes)
        Standard normal.
    """
    later = np.where(is_first_draw(samples)[:, None], 0.0, spread * steps)
    return np.asarray(values[samples.participant] * np.exp(later), dtype=float)
