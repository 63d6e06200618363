"""Random streams that depend on the seed and on what is drawn, never on the order of the work."""

import hashlib

import numpy as np

from macroimmune.errors import InputError

__all__ = ["random_stream"]


def random_stream(seed: int, *place: str | int) -> np.random.Generator:
    """Return the generator of one piece of a virtual study.

    Parameters
    ----------
    seed : int
        Of the study; from 0 up.
    *place : str or int
        What is drawn, from the large to the small: `"cytometry", "V001", "baseline", "IFN-I"`.

    Returns
    -------
    rng : numpy Generator
        The same seed and place give the same numbers, in whichever process and order pieces are
        drawn; other places give independent ones.

    Raises
    ------
    InputError
        If the seed is negative.

    Notes
    -----
    Convention: a SeedSequence of the seed with a spawn key from the SHA-256 of the place.

    Examples
    --------
    >>> first = random_stream(7, "blood", "V001").random()
    >>> first == random_stream(7, "blood", "V001").random()
    True
    >>> first == random_stream(7, "blood", "V002").random()
    False
    """
    if seed < 0:
        msg = f"a seed is a whole number from 0 up, found {seed}"
        raise InputError(msg)
    # The length stands before each part, so that ("a", "bc") and ("ab", "c") differ.
    text = "".join(f"{len(str(part))}:{part}" for part in place)
    digest = np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype="<u4")
    key = tuple(int(word) for word in digest)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
