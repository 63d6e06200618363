"""Loops that numpy cannot take over, compiled once and kept on disk."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

__all__ = ["compiled"]

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function compiled to machine code; it lets other threads run meanwhile.

    Parameters
    ----------
    function : callable
        Of numbers and arrays; it calls compiled functions only.

    Returns
    -------
    function : callable
        With the same signature. The first call on a machine compiles; later ones, also in a new
        process, read the result from disk.

    Notes
    -----
    Convention: no relaxed arithmetic (`fastmath`): NaN and the order of sums are kept, so results
    do not depend on the machine. Division by zero gives infinity or NaN, as in numpy.
    """
    return cast("Function", numba.njit(function, cache=True, nogil=True, error_model="numpy"))
