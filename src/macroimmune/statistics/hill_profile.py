"""Residual squares of Hill curves with a bottom and a top for every batch.

Given the dose of half effect and the Hill coefficient the curve of a batch is a straight line in
the fraction f = 1 / (1 + 10^(h (m - x))), so bottoms and tops are found exactly and only m and h
are searched: over a grid, then by golden section.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["HILL_BOUNDS", "best_hill", "best_midpoint", "profile_crossing"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

HILL_BOUNDS = (0.2, 8.0)
_LOW, _HIGH = np.log(HILL_BOUNDS[0]), np.log(HILL_BOUNDS[1])
_HILLS, _MIDPOINTS, _STEPS = 20, 81, 30
_HILL_STEP = (_HIGH - _LOW) / (_HILLS - 1)
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
_LN10 = np.log(10.0)


@compiled
def _squares(
    x: Floats, y: Floats, starts: Codes, weights: Floats, midpoint: float, log_hill: float
) -> float:
    """Return the weighted residual squares of the best rising curves of this m and h.

    `x` is log10 of the dose, minus infinity for none, shape (n,), batch after batch from `starts`;
    `weights`, shape (batches,). A batch that falls has a level curve.
    """
    hill = np.exp(log_hill) * _LN10
    fraction = 1.0 / (1.0 + np.exp(hill * (midpoint - x)))
    total = 0.0
    for batch in range(starts.size - 1):
        first, end = starts[batch], starts[batch + 1]
        mean_f, mean_y = 0.0, 0.0
        for i in range(first, end):
            mean_f += fraction[i]
            mean_y += y[i]
        mean_f, mean_y = mean_f / (end - first), mean_y / (end - first)
        sff, sfy, syy = 0.0, 0.0, 0.0
        for i in range(first, end):
            f, d = fraction[i] - mean_f, y[i] - mean_y
            sff, sfy, syy = sff + f * f, sfy + f * d, syy + d * d
        # Fractions that hardly differ would leave a slope made of rounding.
        if sfy > 0.0 and sff > 1e-20:
            syy = max(syy - sfy * sfy / sff, 0.0)
        total += weights[batch] * syy
    return total


@compiled
def best_hill(
    x: Floats, y: Floats, starts: Codes, weights: Floats, midpoint: float
) -> tuple[float, float]:
    """Return the logarithm of h with the least residual squares at this m, and those."""
    least, at = np.inf, 0
    for k in range(_HILLS):
        squares = _squares(x, y, starts, weights, midpoint, _LOW + k * _HILL_STEP)
        if squares < least:
            least, at = squares, k
    best = _LOW + at * _HILL_STEP
    low, high = max(best - _HILL_STEP, _LOW), min(best + _HILL_STEP, _HIGH)
    one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    first = _squares(x, y, starts, weights, midpoint, one)
    second = _squares(x, y, starts, weights, midpoint, two)
    for _ in range(_STEPS):
        if min(first, second) < least:
            least, best = (first, one) if first < second else (second, two)
        if first < second:
            high, two, second = two, one, first
            one = high - _GOLDEN * (high - low)
            first = _squares(x, y, starts, weights, midpoint, one)
        else:
            low, one, first = one, two, second
            two = low + _GOLDEN * (high - low)
            second = _squares(x, y, starts, weights, midpoint, two)
    return best, least


@compiled
def best_midpoint(
    x: Floats, y: Floats, starts: Codes, weights: Floats, low: float, high: float
) -> tuple[float, float, float]:
    """Return m within its bounds, the Hill coefficient and the least residual squares."""
    step = (high - low) / (_MIDPOINTS - 1)
    least, at = np.inf, 0
    for k in range(_MIDPOINTS):
        for j in range(_HILLS):
            log_hill = _LOW + j * _HILL_STEP
            squares = _squares(x, y, starts, weights, low + k * step, log_hill)
            if squares < least:
                least, at = squares, k
    best = low + at * step
    # The grid of h is coarse: the best m may lie one step off.
    below, above = max(best - 2.0 * step, low), min(best + 2.0 * step, high)
    one, two = above - _GOLDEN * (above - below), below + _GOLDEN * (above - below)
    first = best_hill(x, y, starts, weights, one)[1]
    second = best_hill(x, y, starts, weights, two)[1]
    for _ in range(_STEPS):
        if min(first, second) < least:
            least, best = (first, one) if first < second else (second, two)
        if first < second:
            above, two, second = two, one, first
            one = above - _GOLDEN * (above - below)
            first = best_hill(x, y, starts, weights, one)[1]
        else:
            below, one, first = one, two, second
            two = below + _GOLDEN * (above - below)
            second = best_hill(x, y, starts, weights, two)[1]
    log_hill, least = best_hill(x, y, starts, weights, best)
    return best, np.exp(log_hill), least


@compiled
def profile_crossing(
    x: Floats,
    y: Floats,
    starts: Codes,
    weights: Floats,
    inside: float,
    end: float,
    limit: float,
) -> float:
    """Return where the profile of m first exceeds `limit` on the way to `end`; infinite if never.

    `inside` is the best m; infinity has the sign of the direction.
    """
    near = inside
    for k in range(1, _MIDPOINTS + 1):
        far = inside + (end - inside) * k / _MIDPOINTS
        if best_hill(x, y, starts, weights, far)[1] > limit:
            for _ in range(_STEPS):
                middle = (near + far) / 2.0
                if best_hill(x, y, starts, weights, middle)[1] > limit:
                    far = middle
                else:
                    near = middle
            return (near + far) / 2.0
        near = far
    return np.inf if end > inside else -np.inf
