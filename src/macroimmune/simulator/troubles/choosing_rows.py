"""Which rows a trouble falls on."""

import numpy as np
import polars as pl

from macroimmune.errors import InputError

__all__ = ["some_rows"]


def some_rows(
    fitting: pl.Series, n: int, rng: np.random.Generator, what: str = "rows"
) -> list[int]:
    """Return `n` rows of those that fit, in their order.

    Parameters
    ----------
    fitting : polars Series of Boolean
        Null does not fit.
    n : int
    rng : numpy Generator
    what : str
        What fits, for the message.

    Raises
    ------
    InputError
        If fewer fit.
    """
    places = fitting.fill_null(value=False).arg_true().to_numpy()
    if places.size < n:
        msg = f"it needs {n} {what}, this study has {places.size}; plan more patients"
        raise InputError(msg)
    return [int(place) for place in np.sort(rng.choice(places, n, replace=False))]
