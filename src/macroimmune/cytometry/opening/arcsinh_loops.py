"""Inverse hyperbolic sine in single precision, in a form that compilers turn into vectors.

asinh(a) = 2 atanh(a / (1 + sqrt(1 + a^2))), and log(u) = k log 2 + 2 atanh((m - 1) / (m + 1)) for
u = m 2^k. So small arguments and the logarithm of larger ones (asinh(a) = log(a + sqrt(1 + a^2)))
share one division and one series; k = 0 is where the first form holds, and the choice is made value
by value without a branch. Huge and missing values, which are rare, have a function of their own.
"""

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["any_arcsinh", "arcsinh_piece", "beyond", "large_shift"]

_ONE, _HALF, _LN2 = np.float32(1.0), np.float32(0.5), np.float32(math.log(2.0))
_NAN, _LARGEST = np.float32(math.nan), np.finfo(np.float32).max
# Above it 1 is lost beside a^2; far above it a^2 overflows.
_LARGE = np.float32(1e9)
# atanh(s) = s + s^3 / 3 + s^5 / 5 ...; |s| < 0.172, the next term is below 3e-9 of the sum.
_C3, _C5, _C7, _C9 = (np.float32(1.0 / power) for power in (3, 5, 7, 9))
# The bits of sqrt(1 / 2): mantissas from there to sqrt(2) keep s small.
_ROOT_BITS = int(np.float32(math.sqrt(0.5)).view(np.int32))


def _power(target: Any, builder: Any, value: Any) -> tuple[Any, Any]:
    """Return k as a whole number and the bits of a value that is m 2^k, m in sqrt(1/2)..sqrt(2)."""
    bits = builder.bitcast(value, target.get_value_type(types.int32))
    above = builder.sub(bits, target.get_constant(types.int32, _ROOT_BITS))
    return builder.ashr(above, target.get_constant(types.int32, 23)), bits


def _exponent_of(_context: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        power, _bits = _power(target, builder, arguments[0])
        return builder.sitofp(power, target.get_value_type(types.float32))

    return types.float32(types.float32), generate


def _mantissa_of(_context: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        power, bits = _power(target, builder, arguments[0])
        shifted = builder.shl(power, target.get_constant(types.int32, 23))
        return builder.bitcast(builder.sub(bits, shifted), target.get_value_type(types.float32))

    return types.float32(types.float32), generate


def _signed_like(_context: Any, _size: Any, _value: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        whole = target.get_value_type(types.int32)
        size, value = (builder.bitcast(argument, whole) for argument in arguments)
        sign = builder.and_(value, target.get_constant(types.int32, -(2**31)))
        return builder.bitcast(builder.or_(size, sign), target.get_value_type(types.float32))

    return types.float32(types.float32, types.float32), generate


def _beyond(_context: Any, _seen: Any, _value: Any, _limit: Any) -> tuple[Any, Any]:
    def generate(target: Any, builder: Any, _: Any, arguments: Any) -> Any:
        # "Unordered or greater": true for NaN as well.
        is_beyond = builder.fcmp_unordered(">", arguments[1], arguments[2])
        one = builder.zext(is_beyond, target.get_value_type(types.int32))
        return builder.or_(arguments[0], one)

    return types.int32(types.int32, types.float32, types.float32), generate


# Numba widens whole numbers to 64 bits, which halves the vectors; these stay at 32.
Unary = Callable[[np.float32], np.float32]
exponent_of = cast("Unary", intrinsic(_exponent_of))
mantissa_of = cast("Unary", intrinsic(_mantissa_of))
signed_like = cast("Callable[[np.float32, np.float32], np.float32]", intrinsic(_signed_like))
beyond = cast("Callable[[np.int32, np.float32, np.float32], np.int32]", intrinsic(_beyond))


@compiled
def arcsinh(x: np.float32, inverse: np.float32) -> np.float32:
    """Return arcsinh(x * inverse) within 5e-7 of its value, for |x| * inverse up to 1e9.

    Parameters
    ----------
    x : float32
    inverse : float32, above 0
        1 / cofactor, a normal number.
    """
    a = abs(x) * inverse
    root = np.sqrt(a * a + _ONE)
    u = a + root
    k = exponent_of(u)
    m = mantissa_of(u)
    is_small = k < _HALF
    s = (a if is_small else m - _ONE) / (_ONE + root if is_small else m + _ONE)
    square = s * s
    twice = s + s
    series = square * (_C3 + square * (_C5 + square * (_C7 + square * _C9)))
    return signed_like(k * _LN2 + (twice + twice * series), x)


@compiled
def any_arcsinh(x: np.float32, inverse: np.float32, shift: np.float32) -> np.float32:
    """Return arcsinh(x * inverse) within 5e-7 of its value, NaN where x is not finite.

    Parameters
    ----------
    x, inverse : float32
        As for `arcsinh`.
    shift : float32
        `large_shift(inverse)`.
    """
    size = abs(x)
    if not size <= _LARGEST:
        return _NAN
    if size * inverse <= _LARGE:
        return arcsinh(x, inverse)
    return signed_like(np.log(size) + shift, x)


@compiled
def arcsinh_piece(
    linear: NDArray[np.float32], inverse: np.float32, shift: np.float32, target: NDArray[np.float32]
) -> int:
    """Write arcsinh(linear * inverse) and return how many values are missing.

    Parameters
    ----------
    linear : float32 array, shape (at least values,)
    inverse, shift : float32
        As for `any_arcsinh`.
    target : float32 array, shape (values,)
    """
    seen = np.int32(0)
    for index in range(target.size):
        seen = beyond(seen, abs(linear[index]) * inverse, _LARGE)
    if seen == 0:
        for index in range(target.size):
            target[index] = arcsinh(linear[index], inverse)
        return 0
    n_missing = 0
    for index in range(target.size):
        target[index] = any_arcsinh(linear[index], inverse, shift)
        n_missing += target[index] != target[index]
    return n_missing


def large_shift(inverse: float) -> float:
    """Return log(2 * inverse): what arcsinh(x * inverse) has above log(x) where x is large."""
    return math.log(2.0 * inverse)
