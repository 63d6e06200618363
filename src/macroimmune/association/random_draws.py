"""The random numbers of a run: one stream for each purpose, feature, endpoint and landmark."""

from zlib import crc32

import numpy as np

__all__ = ["random_draws"]


def random_draws(seed: int, *labels: object) -> np.random.Generator:
    """Return a generator that depends on the seed and the labels, and on nothing else.

    Parameters
    ----------
    seed : int
        Of the run, not negative; it stands in `run.json`.
    *labels : object
        What the numbers are for, such as a purpose, a feature, an endpoint and a landmark; their
        text counts.

    Returns
    -------
    rng : numpy Generator

    Notes
    -----
    Convention: a feature that is added to a study, or computed earlier, changes no draw of another.

    Examples
    --------
    >>> a, b = (random_draws(1, "bootstrap", "nlr", "os", None).random() for _ in range(2))
    >>> a == b, a == random_draws(1, "bootstrap", "ldh", "os", None).random()
    (True, False)
    """
    return np.random.default_rng([seed, *(crc32(str(label).encode()) for label in labels)])
