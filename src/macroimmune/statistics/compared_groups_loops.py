"""The loops of `compared_groups`: one column, sorted within groups."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["compare_sorted_groups"]

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Values = NDArray[np.float32]
Places = NDArray[np.intp]
# In the order of the fields of `GroupSummaries`.
_MEAN, _MEDIAN, _P90, _P99 = range(4)


@compiled
def compare_sorted_groups(
    one: Values,
    ends_one: Places,
    two: Values,
    ends_two: Places,
    thresholds: Numbers,
    n: Counts,
    found: Numbers,
    apart: Numbers,
    with_distance: np.bool_,
) -> None:
    """Fill in what is found of one column, sorted within groups."""
    for k in range(ends_one.size - 1):
        first = _finite(one[ends_one[k] : ends_one[k + 1]])
        second = _finite(two[ends_two[k] : ends_two[k + 1]])
        n[0, k], n[1, k] = first.size, second.size
        _summarise(first, found[0, :, k])
        _summarise(second, found[1, :, k])
        if first.size and second.size:
            threshold = thresholds[k]
            if np.isnan(threshold):
                threshold = found[0, _P99, k]
            apart[0, k] = _share_above(first, threshold)
            apart[1, k] = _share_above(second, threshold)
            distance = _distance(first, second) if with_distance else np.nan
            apart[2, k] = distance if found[1, _MEAN, k] >= found[0, _MEAN, k] else -distance


@compiled
def _finite(values: Values) -> Values:
    """Return the finite ones of sorted values; others stand at the ends."""
    begin, end = 0, values.size
    while end > begin and not np.isfinite(values[end - 1]):
        end -= 1
    while begin < end and not np.isfinite(values[begin]):
        begin += 1
    return values[begin:end]


@compiled
def _summarise(values: Values, found: Numbers) -> None:
    n = values.size
    if n == 0:
        return
    # Four sums side by side: the processor need not wait for one before it adds to the next.
    a = b = c = d = 0.0
    for k in range(0, n - 3, 4):
        a += values[k]
        b += values[k + 1]
        c += values[k + 2]
        d += values[k + 3]
    for k in range(n - n % 4, n):
        a += values[k]
    found[_MEAN] = ((a + b) + (c + d)) / n
    found[_MEDIAN] = _quantile(values, 0.5)
    found[_P90] = _quantile(values, 0.9)
    found[_P99] = _quantile(values, 0.99)


@compiled
def _quantile(values: Values, share: float) -> float:
    place = share * (values.size - 1)
    below = int(place)
    low = np.float64(values[below])
    if below + 1 >= values.size:
        return low
    return low + (place - below) * (np.float64(values[below + 1]) - low)


@compiled
def _share_above(values: Values, threshold: float) -> float:
    low, high = 0, values.size
    while low < high:
        middle = (low + high) // 2
        if values[middle] > threshold:
            high = middle
        else:
            low = middle + 1
    return (values.size - low) / values.size


@compiled
def _distance(one: Values, two: Values) -> float:
    """Return the area between both quantile functions, in steps of 1 / (n m)."""
    n, m = one.size, two.size
    i = j = 0
    last = 0
    total = 0.0
    while i < n and j < m:
        # Whole numbers: which of both steps first does not depend on the values.
        step_one, step_two = (i + 1) * m, (j + 1) * n
        step = min(step_one, step_two)
        total += abs(np.float64(one[i]) - np.float64(two[j])) * (step - last)
        last = step
        i += step_one <= step_two
        j += step_two <= step_one
    return total / (float(n) * float(m))
