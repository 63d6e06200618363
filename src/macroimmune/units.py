"""The units that may occur and their conversion to the one unit in which each quantity is kept."""

import re
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import SchemaError

__all__ = ["DAYS_PER_MONTH", "UNITS", "Unit", "convert", "find_unit", "same_quantity"]

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its symbol, the quantity it measures and its size in the canonical unit.

    Parameters
    ----------
    symbol : str
        As written in tables and on pages.
    quantity : str
        Units convert into each other only within one quantity.
    factor : float
        Value in the canonical unit of the quantity = value x factor.
    aliases : tuple of str
        Other spellings, compared without case, spaces and multiplication signs.
    """

    symbol: str
    quantity: str
    factor: float
    aliases: tuple[str, ...] = ()


_ALL = (
    Unit(
        "10^9/L",
        "cell concentration",
        1.0,
        (
            "10e9/L",
            "10*9/L",
            "G/L",
            "G/l",
            "Giga/L",
            "Gpt/L",
            "/nL",
            "Tsd/uL",
            "10^3/uL",
            "10*3/uL",
            "10e3/uL",
            "K/uL",
            "10^6/mL",
            "thou/uL",
            "1000/uL",
            "10^3/mm3",
            "K/mm3",
        ),
    ),
    Unit("cells/uL", "cell concentration", 1e-3, ("/uL", "cell/uL", "cells/mm3", "/mm3", "10^6/L")),
    Unit("percent", "share", 1.0, ("%", "pct", "percentage", "per cent")),
    Unit("fraction", "share", 100.0, ("proportion", "frac")),
    Unit("pg/mL", "mass concentration", 1.0, ("ng/L",)),
    Unit("ng/mL", "mass concentration", 1e3, ("ug/L", "mcg/L")),
    Unit("mg/L", "mass concentration", 1e6, ("ug/mL", "mcg/mL")),
    Unit("mg/dL", "mass concentration", 1e7, ()),
    Unit("g/L", "protein mass", 1.0, ("g/litre",)),
    Unit("g/dL", "protein mass", 10.0, ("g/100mL",)),
    Unit("NPX", "normalised protein expression", 1.0, ("log2 NPX", "log2(NPX)")),
    Unit("U/L", "enzyme activity", 1.0, ("IU/L", "UI/L")),
    Unit("ukat/L", "enzyme activity", 60.0, ("microkat/L",)),
    Unit("minute", "time", 1 / 1440, ("minutes", "min", "mins")),
    Unit("hour", "time", 1 / 24, ("hours", "h", "hr", "hrs")),
    Unit("day", "time", 1.0, ("days", "d")),
    Unit("week", "time", 7.0, ("weeks", "wk", "wks")),
    Unit("month", "time", DAYS_PER_MONTH, ("months", "mo", "mos")),
    Unit("year", "time", 365.25, ("years", "yr", "yrs")),
    Unit("mm", "length", 1.0, ("millimetre", "millimeter")),
    Unit("cm", "length", 10.0, ("centimetre", "centimeter")),
    Unit("ratio", "ratio", 1.0, ("fold",)),
    Unit("index", "index", 1.0, ("score",)),
    Unit("count", "count", 1.0, ("number", "n", "clones", "cells")),
    Unit("MFI", "fluorescence", 1.0, ("MSI", "arbitrary units", "a.u.")),
    Unit("titre", "titre", 1.0, ("titer",)),
    Unit("mutations/Mb", "mutation burden", 1.0, ("mut/Mb",)),
)


def _spelled(text: str) -> str:
    """Fold a spelling: no spaces, no multiplication sign, u for micro; case stays."""
    folded = text.strip().replace("\u00b5", "u").replace("\u03bc", "u").replace("\u2079", "^9")
    folded = re.sub(r"^[xX\u00d7*]\s*(?=10)", "", folded)
    return re.sub(r"\s+", "", folded)


def _key(text: str) -> str:
    """Fold a spelling further: no case."""
    return _spelled(text).lower()


# Case decides first: G/L and G/l are 10^9 per litre, g/L and g/l are grams.
_BY_SPELLING = MappingProxyType({
    _spelled(name): unit for unit in _ALL for name in (unit.symbol, *unit.aliases)
})
_BY_KEY = MappingProxyType({
    _key(name): unit for unit in _ALL for name in (unit.symbol, *unit.aliases)
})
UNITS = MappingProxyType({unit.symbol: unit for unit in _ALL})


def find_unit(text: str) -> Unit:
    """Return the declared unit that `text` spells.

    Parameters
    ----------
    text : str
        A symbol or one of its other spellings.

    Returns
    -------
    unit : Unit

    Raises
    ------
    SchemaError
        If no declared unit is spelled so; the message lists those that are.

    Examples
    --------
    >>> find_unit("x10^9 / L").symbol, find_unit("K/\u00b5L").symbol, find_unit("%").symbol
    ('10^9/L', '10^9/L', 'percent')
    """
    unit = _BY_SPELLING.get(_spelled(text)) or _BY_KEY.get(_key(text))
    if unit is None:
        msg = f"unit {text!r} is not known; write one of: {', '.join(UNITS)}"
        raise SchemaError(msg)
    return unit


def same_quantity(first: str, second: str) -> bool:
    """Whether two units measure the same quantity, so that one converts into the other."""
    return find_unit(first).quantity == find_unit(second).quantity


def convert(values: NDArray[np.float64], found: str, wanted: str) -> NDArray[np.float64]:
    """Return `values` in another unit of the same quantity.

    Parameters
    ----------
    values : float array, any shape, in `found`
        NaN stays NaN.
    found, wanted : str
        Units, in any declared spelling.

    Returns
    -------
    converted : float array, same shape, in `wanted`

    Raises
    ------
    SchemaError
        If a unit is not declared, or the two measure different quantities.

    Notes
    -----
    Convention: a month is 365.25 / 12 = 30.4375 days; 1 ukat/L = 60 U/L.

    Examples
    --------
    >>> convert(np.array([6200.0]), "cells/uL", "10^9/L")
    array([6.2])
    """
    source, target = find_unit(found), find_unit(wanted)
    if source.quantity != target.quantity:
        msg = (
            f"{source.symbol} ({source.quantity}) cannot become {target.symbol} "
            f"({target.quantity}); correct the unit in study.toml"
        )
        raise SchemaError(msg)
    return np.asarray(values, dtype=float) * (source.factor / target.factor)
