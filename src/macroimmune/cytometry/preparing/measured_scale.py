"""Measured values on the scale of a channel, and how long a factor of ten is there."""

import math

from macroimmune.cytometry.events import Transform

__all__ = ["decade", "transformed"]


def transformed(value: float, transform: Transform) -> float:
    """Return a measured value on the scale of a channel.

    Parameters
    ----------
    value : float
        Well above zero.
    transform : Transform

    Returns
    -------
    value : float
        Of logicle its upper, logarithmic part: M - log10(T / value); NaN without T and M.

    Examples
    --------
    >>> transformed(262_144.0, Transform("logicle", parameters=(262_144.0, 0.5, 4.5, 0.0)))
    4.5
    """
    if transform.kind == "linear":
        return value
    if transform.kind == "arcsinh":
        return math.asinh(value / transform.cofactor)
    if len(transform.parameters) < 3:
        return math.nan
    top, _, decades = transform.parameters[:3]
    return decades - math.log10(top / value)


def decade(transform: Transform) -> float:
    """Return how far values that differ by a factor of ten are apart, NaN on a linear scale.

    Examples
    --------
    >>> round(decade(Transform("arcsinh", 5.0)), 2), decade(Transform("logicle"))
    (2.3, 1.0)
    """
    return {"linear": math.nan, "arcsinh": math.log(10), "logicle": 1.0}[transform.kind]
