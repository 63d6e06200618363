"""Inverse hyperbolic sine in single precision, in a form that compilers turn into vectors.

asinh(a) = 2 atanh(a / (1 + sqrt(1 + a^2))), and log(u) = k log 2 + 2 atanh((m - 1) / (m + 1)) for
u = m 2^k. So small arguments and the logarithm of large ones (asinh(a) = log(a + sqrt(1 + a^2)))
share one division and one series; which of them holds is chosen value by value, without a branch.
"""

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

from macroimmune.statistics.compiled import compiled

__all__ = ["arcsinh", "large_shift", "missing_seen"]

_ONE, _HALF, _LN2 = np.float32(1.0), np.float32(0.5), np.float32(math.log(2.0))
_SQRT2, _NAN = np.float32(math.sqrt(2.0)), np.float32(math.nan)
_LARGEST = np.finfo(np.float32).max
# Above it 1 is lost beside a^2, and a^2 must not overflow.
_LARGE = np.float32(1e9)
# atanh(s) = s + s^3 / 3 + s^5 / 5 ...; |s| < 0.24, the next term is below 3e-9 of the sum.
_C3, _C5, _C7, _C9, _C11 = (np.float32(1.0 / power) for power in (3, 5, 7, 9, 11))


def _exponent_of(_context: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], target.get_value_type(types.int32))
        shifted = builder.ashr(bits, target.get_constant(types.int32, 23))
        power = builder.sub(shifted, target.get_constant(types.int32, 127))
        return builder.sitofp(power, target.get_value_type(types.float32))

    return types.float32(types.float32), generate


def _mantissa_of(_context: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], target.get_value_type(types.int32))
        kept = builder.and_(bits, target.get_constant(types.int32, 0x007FFFFF))
        one = builder.or_(kept, target.get_constant(types.int32, 0x3F800000))
        return builder.bitcast(one, target.get_value_type(types.float32))

    return types.float32(types.float32), generate


def _missing_seen(_context: Any, _seen: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        is_missing = builder.fcmp_unordered("uno", arguments[1], arguments[1])
        one = builder.zext(is_missing, target.get_value_type(types.int32))
        return builder.or_(arguments[0], one)

    return types.int32(types.int32, types.float32), generate


# Numba widens whole numbers to 64 bits, which halves the vectors; these stay at 32.
exponent_of = cast("Callable[[np.float32], np.float32]", intrinsic(_exponent_of))
mantissa_of = cast("Callable[[np.float32], np.float32]", intrinsic(_mantissa_of))
missing_seen = cast("Callable[[np.int32, np.float32], np.int32]", intrinsic(_missing_seen))


@compiled
def arcsinh(x: np.float32, inverse: np.float32, shift: np.float32) -> np.float32:
    """Return arcsinh(x * inverse) within 3e-7 of its value, NaN where x is not finite.

    Parameters
    ----------
    x : float32
    inverse : float32, above 0
        1 / cofactor, a normal number.
    shift : float32
        `large_shift(inverse)`.
    """
    size = abs(x)
    a = size * inverse
    root = np.sqrt(a * a + _ONE)
    is_large = a > _LARGE
    is_small = a < _HALF
    u = size if is_large else a + root
    k = exponent_of(u)
    m = mantissa_of(u)
    is_upper = m > _SQRT2
    m = m * _HALF if is_upper else m
    k = k + _ONE if is_upper else k
    s = (a if is_small else m - _ONE) / (_ONE + root if is_small else m + _ONE)
    square = s * s
    twice = s + s
    series = (
        twice * square * (_C3 + square * (_C5 + square * (_C7 + square * (_C9 + square * _C11))))
    )
    powers = k * _LN2
    powers = powers + shift if is_large else powers
    y = twice + series
    y = y if is_small else y + powers
    y = y if x >= 0 else -y
    return y if size <= _LARGEST else _NAN


def large_shift(inverse: float) -> float:
    """Return log(2 * inverse): what arcsinh(x * inverse) has above log(x) where x is large."""
    return math.log(2.0 * inverse)
