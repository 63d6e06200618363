"""Axes: from values to whole coordinates, with ticks at numbers that people would choose."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.report.numbers import DAYS_PER_MONTH, significant
from macroimmune.report.svg import path, text

__all__ = [
    "Scale",
    "bottom_axis",
    "decade_ticks",
    "follow_up_ticks",
    "left_axis",
    "linear_ticks",
    "log_ticks",
    "power_of_ten",
]

_CHAR = 13
_PLAIN = (0.001, 10_000.0)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` onto coordinates from `start` to `end`.

    Values outside are drawn at the edge, never outside the axes.
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the coordinates of `values`; NaN stays NaN."""
        low, high = self.low, self.high
        inside = np.clip(np.asarray(values, dtype=float), low, high)
        if self.is_log:
            inside, low, high = np.log(inside), math.log(low), math.log(high)
        span = (high - low) or 1.0
        return np.asarray(self.start + (inside - low) / span * (self.end - self.start))

    def at(self, value: float) -> float:
        """Return the coordinate of one value."""
        low, high, inside = self.low, self.high, min(max(value, self.low), self.high)
        if self.is_log:
            low, high, inside = math.log(low), math.log(high), math.log(inside)
        return self.start + (inside - low) / ((high - low) or 1.0) * (self.end - self.start)


def linear_ticks(low: float, high: float, at_most: int = 6) -> tuple[float, ...]:
    """Return multiples of 1, 2, 2.5 or 5 times a power of ten between `low` and `high`.

    Examples
    --------
    >>> linear_ticks(0, 47)
    (0.0, 10.0, 20.0, 30.0, 40.0)
    """
    span = high - low
    if not span > 0:
        return (low,)
    power = 10.0 ** math.floor(math.log10(span / at_most))
    step = next(size * power for size in (1, 2, 2.5, 5, 10, 20) if span / (size * power) <= at_most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def log_ticks(low: float, high: float, at_most: int = 7) -> tuple[float, ...]:
    """Return round numbers between `low` and `high` for a logarithmic axis.

    Examples
    --------
    >>> log_ticks(0.3, 4)
    (0.5, 1.0, 2.0, 4.0)
    """
    doublings = tuple(2.0**k for k in range(-12, 13) if low <= 2.0**k <= high)
    if high / low > 3 and 3 <= len(doublings) <= at_most:
        return doublings
    return _round_numbers(low, high, at_most)


def _round_numbers(low: float, high: float, at_most: int) -> tuple[float, ...]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: tuple[float, ...] = ()
    for mantissas in ((1, 1.2, 1.5, 2, 3, 4, 5, 7), (1, 2, 5), (1, 3), (1,)):
        numbers = (round(m * 10.0**d, 12) for d in decades for m in mantissas)
        ticks = tuple(n for n in numbers if low * (1 - 1e-9) <= n <= high * (1 + 1e-9))
        if len(ticks) <= at_most:
            break
    return ticks[:: math.ceil(len(ticks) / at_most)] if ticks else (low, high)


def power_of_ten(value: float) -> str:
    """Return a power of ten as people write it: in digits near one, else with an exponent.

    Examples
    --------
    >>> power_of_ten(0.01), power_of_ten(100.0), power_of_ten(1e-12), power_of_ten(0.3)
    ('0.01', '100', '10⁻¹²', '0.3')
    """
    exponent = round(math.log10(value))
    if _PLAIN[0] <= value <= _PLAIN[1] or not math.isclose(value, 10.0**exponent, rel_tol=1e-5):
        return significant(value)
    return f"10{str(exponent).translate(_RAISED)}"


def decade_ticks(low: float, high: float, at_most: int = 7) -> tuple[float, ...]:
    """Return powers of ten between `low` and `high`; rounder numbers where there are too few.

    Examples
    --------
    >>> decade_ticks(1, 2000), decade_ticks(20, 80)
    ((1.0, 10.0, 100.0, 1000.0), (20.0, 30.0, 40.0, 50.0, 70.0))
    """
    first = math.ceil(math.log10(low) - 1e-9)
    last = math.floor(math.log10(high) + 1e-9)
    powers = tuple(10.0**k for k in range(first, last + 1))
    if len(powers) > 2:
        return powers[:: math.ceil(len(powers) / at_most)]
    return _round_numbers(low, high, at_most)


def follow_up_ticks(
    last_day: float, given: tuple[float, ...] = ()
) -> tuple[tuple[float, ...], tuple[str, ...], str]:
    """Return days, labels and unit of a follow-up axis.

    Parameters
    ----------
    last_day : float, days
    given : tuple of float, days
        Days at which numbers at risk are known; then these are the ticks.

    Returns
    -------
    days, labels : tuples
    unit : str
        "months", or "days" where the given days are no whole months.
    """
    if not given:
        last = last_day / DAYS_PER_MONTH
        step = next((s for s in (1, 2, 3, 6, 12, 24, 36, 60, 120) if last / s <= 7), 240)
        whole_months = range(0, int(last) + 1, step)
        return (
            tuple(month * DAYS_PER_MONTH for month in whole_months),
            tuple(str(month) for month in whole_months),
            "months",
        )
    days = given[:: math.ceil(len(given) / 8)]
    months = tuple(day / DAYS_PER_MONTH for day in days)
    # 182 and 365 days are meant as half a year and a year: within 2 % of whole months.
    if all(abs(month - round(month)) <= 0.02 * month for month in months):
        return days, tuple(f"{month:.0f}" for month in months), "months"
    return days, tuple(significant(day) for day in days), "days"


def bottom_axis(
    scale: Scale, y: float, ticks: tuple[float, ...], labels: tuple[str, ...], title: str
) -> str:
    """Return a horizontal axis at height `y` with its ticks, labels and title."""
    where = [scale.at(tick) for tick in ticks]
    commands = f"M{scale.start:.0f} {y:.0f}H{scale.end:.0f}" + "".join(
        f"M{x:.0f} {y:.0f}v8" for x in where
    )
    words = "".join(text(x, y + 34, label, "t m") for x, label in zip(where, labels, strict=True))
    middle = (scale.start + scale.end) / 2
    return path(commands, "ax") + words + text(middle, y + 70, title, "t m l")


def left_axis(
    scale: Scale, x: float, ticks: tuple[float, ...], labels: tuple[str, ...], title: str
) -> str:
    """Return a vertical axis at `x`; the title stands above it, so nobody turns the head."""
    where = [scale.at(tick) for tick in ticks]
    commands = f"M{x:.0f} {scale.start:.0f}V{scale.end:.0f}" + "".join(
        f"M{x:.0f} {y:.0f}h-8" for y in where
    )
    words = "".join(
        text(x - 16, y + 8, label, "t e") for y, label in zip(where, labels, strict=True)
    )
    longest = max((len(label) for label in labels), default=0)
    return path(commands, "ax") + words + text(x - 16 - _CHAR * longest, 24, title, "t l")
