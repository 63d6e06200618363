"""The vertical axis of a course: linear from zero, or logarithmic where numbers span decades."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, decade_ticks, linear_ticks, power_of_ten
from macroimmune.report.numbers import significant

__all__ = ["LEAST", "course_scale", "course_ticks"]

# 10^9 cells: ten cells. Below it the integrator's tolerance speaks, not the model.
LEAST = 1e-8
# From this ratio on between the largest and the smallest number the axis is logarithmic.
_SPAN = 30.0
# No logarithmic axis reaches further down than this below its top.
_DECADES = 6


def course_scale(
    values: Sequence[NDArray[np.float64]], start: float, end: float, least: float = LEAST
) -> Scale:
    """Return the axis that holds all courses.

    Parameters
    ----------
    values : sequence of float arrays
        A course each; no NaN. What is 0 lies at the lower edge of a logarithmic axis.
    start, end : float
        Coordinates of its lower and upper end.
    least : float
        Below it nothing is there.

    Examples
    --------
    >>> course_scale([np.array([1.0, 4.0])], 0, 1).is_log
    False
    >>> course_scale([np.array([0.0, 1e-3, 4.0])], 0, 1).is_log
    True
    """
    every = np.concatenate(list(values)) if values else np.zeros(1)
    high = float(every.max(initial=0.0))
    if high < least:
        return Scale(0.0, 1.0, start, end)
    there = every[every >= max(least, high / 10.0**_DECADES)]
    low = float(there.min())
    if high / low >= _SPAN:
        room = (high / low) ** 0.04
        return Scale(low / room, high * room, start, end, is_log=True)
    return Scale(0.0, 1.06 * high, start, end)


def course_ticks(scale: Scale, at_most: int = 4) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Return ticks and what is written at them.

    Examples
    --------
    >>> course_ticks(Scale(0.0, 10.0, 0, 1))
    ((0.0, 2.5, 5.0, 7.5, 10.0), ('0', '2.5', '5', '7.5', '10'))
    """
    if scale.is_log:
        ticks = decade_ticks(scale.low, scale.high, at_most)
        return ticks, tuple(map(_written, ticks))
    ticks = linear_ticks(scale.low, scale.high, at_most)
    return ticks, tuple(map(significant, ticks))


def _written(tick: float) -> str:
    is_power = math.isclose(tick, 10.0 ** round(math.log10(tick)), rel_tol=1e-6)
    return power_of_ten(tick) if is_power else significant(tick)
