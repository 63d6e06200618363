"""How the values of a feature enter a model, and what one unit of its effect then means."""

from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.units import UNITS

__all__ = ["SCALE_LABELS", "Scale", "is_standardised", "natural_scale", "scaled", "unscaled"]

Scale = Literal["doubling", "npx", "share", "root", "sd", "flag"]

SCALE_LABELS = MappingProxyType({
    "doubling": "per doubling",
    "npx": "per NPX",
    "share": "per SD (arcsine square root)",
    "root": "per SD (square root)",
    "sd": "per SD",
    "flag": "detected v not",
})


_SCALE_OF_QUANTITY: MappingProxyType[str, Scale] = MappingProxyType({
    "share": "share",
    "normalised protein expression": "npx",
    "cell concentration": "root",
    "mass concentration": "doubling",
    "fluorescence": "doubling",
    "titre": "doubling",
    "ratio": "doubling",
})


def natural_scale(unit: str) -> Scale:
    """Return the scale on which values of a unit enter models where nothing else is declared."""
    known = UNITS.get(unit)
    return _SCALE_OF_QUANTITY.get(known.quantity, "sd") if known else "sd"


def is_standardised(scale: str) -> bool:
    """Whether effects on this scale are per standard deviation of the scaled values."""
    return scale in {"share", "root", "sd"}


def scaled(values: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return values as they enter models, before any division by their standard deviation.

    Parameters
    ----------
    values : float array, any shape, in the unit of the feature
        NaN stays NaN.
    scale : str
        doubling: log2, NaN where a value is not above zero; share: percent, arcsine of the
        square root of the fraction, NaN outside 0-100; root: square root, NaN below zero;
        npx, sd, flag: as they are.

    Returns
    -------
    scaled : float array, same shape

    Raises
    ------
    InputError
        If the scale is not declared.

    Notes
    -----
    Convention: shares use the variance-stabilising transformation of a proportion, which keeps
    zeros without adding a constant.

    Examples
    --------
    >>> scaled(np.array([8.0, 0.0]), "doubling")
    array([ 3., nan])
    """
    if scale not in SCALE_LABELS:
        msg = f"scale {scale!r} is not declared; one of {', '.join(SCALE_LABELS)}"
        raise InputError(msg)
    with np.errstate(invalid="ignore", divide="ignore"):
        if scale == "doubling":
            return np.where(values > 0, np.log2(values), np.nan)
        if scale == "share":
            inside = (values >= 0) & (values <= 100)
            return np.where(inside, np.arcsin(np.sqrt(values / 100.0)), np.nan)
        if scale == "root":
            return np.where(values >= 0, np.sqrt(values), np.nan)
    return np.array(values, dtype=float)


def unscaled(levels: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return the values whose levels on a scale are given: the inverse of `scaled`.

    Parameters
    ----------
    levels : float array, any shape
        As `scaled` returns them; NaN stays NaN.
    scale : str

    Returns
    -------
    values : float array, same shape, in the unit of the feature

    Raises
    ------
    InputError
        If the scale is not declared.

    Examples
    --------
    >>> unscaled(np.array([3.0]), "doubling")
    array([8.])
    """
    if scale not in SCALE_LABELS:
        msg = f"scale {scale!r} is not declared; one of {', '.join(SCALE_LABELS)}"
        raise InputError(msg)
    if scale == "doubling":
        return np.exp2(levels)
    if scale == "share":
        return 100.0 * np.sin(levels) ** 2
    return levels**2 if scale == "root" else np.array(levels, dtype=float)
