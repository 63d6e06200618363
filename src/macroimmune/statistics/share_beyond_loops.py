"""The loops of `share_beyond`: one pair of samples after the other."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["gamma_of", "shares_beyond"]

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Places = NDArray[np.intp]
_LEAST_IN_TAIL = 5
_TAIL = 0.1
# Below this shape the cube is taken of one more, and brought back by a power of an even draw.
_SMALL = 6.0


@compiled
def shares_beyond(
    values: Numbers,
    ends: Places,
    n: Numbers,
    others: Numbers,
    ends_others: Places,
    n_others: Numbers,
    percentile: float,
    shift_error: Numbers,
    below: Counts,
    which: Places,
    even: Numbers,
    normal: Numbers,
    found: Numbers,
) -> None:
    """Fill in gain, lower end, upper end and cut of each pair of samples.

    `below`, ascending, has the drawn numbers of others below the percentile for each number of
    others, `which` the row of each sample; `even` and `normal` have eight independent rows.
    """
    draws = below.shape[1]
    low, high = np.empty(draws), np.empty(draws)
    lower, upper = np.empty(draws), np.empty(draws)
    for k in range(n.size):
        one = values[ends[k] : ends[k + 1]]
        two = others[ends_others[k] : ends_others[k + 1]]
        cut = _quantile(two, percentile)
        nominal = _own_share(two, cut, percentile)
        gain = 1.0 - _up_to(one, cut, 0, one.size) / one.size - nominal
        _cuts(two, n_others[k], percentile, below[which[k]], even, normal, lower, upper)
        if shift_error[k] > 0.0:
            for i in range(draws):
                moved = shift_error[k] * normal[0, i]
                lower[i], upper[i] = max(lower[i] + moved, two[0]), max(upper[i] + moved, two[0])
        _shares(one, n[k], upper, even[2:4], normal[2:4], low)
        _shares(one, n[k], lower, even[4:6], normal[4:6], high)
        # Whole ranks: 2.5 % lie beyond.
        beyond = draws // 40
        least = np.partition(low, beyond)[beyond] - nominal
        most = np.partition(high, draws - 1 - beyond)[draws - 1 - beyond] - nominal
        found[0, k], found[3, k] = gain, cut
        found[1, k], found[2, k] = min(least, gain), max(most, gain)


@compiled
def gamma_of(shape: float, normal: float, even: float) -> float:
    """Return the gamma variable of a normal and an even draw (Wilson and Hilferty, 1931)."""
    of = shape if shape >= _SMALL else shape + 1.0
    root = 1.0 - 1.0 / (9.0 * of) + normal / (3.0 * np.sqrt(of))
    value = of * max(root, 0.0) ** 3
    return float(value if shape >= _SMALL else value * np.exp(np.log(even) / shape))


@compiled
def _shares(
    one: Numbers, n: float, cuts: Numbers, even: Numbers, normal: Numbers, shares: Numbers
) -> None:
    """Fill in shares beyond the cuts that fit the sample."""
    place, previous = 0, -np.inf
    for i in range(cuts.size):
        # Cuts mostly ascend: the search goes on from the last one.
        if cuts[i] >= previous:
            while place < one.size and one[place] <= cuts[i]:
                place += 1
        else:
            place = _up_to(one, cuts[i], 0, place)
        previous = cuts[i]
        share = 1.0 - place / one.size
        beyond = gamma_of(share * n + 0.5, normal[0, i], even[0, i])
        within = gamma_of((1.0 - share) * n + 0.5, normal[1, i], even[1, i])
        shares[i] = beyond / (beyond + within)


@compiled
def _cuts(
    two: Numbers,
    n: float,
    percentile: float,
    below: Counts,
    even: Numbers,
    normal: Numbers,
    anywhere: Numbers,
    upper: Numbers,
) -> None:
    """Fill in percentiles that fit the others: anywhere between neighbours, and the upper one."""
    count = min(max(_LEAST_IN_TAIL, int(_TAIL * n)), two.size)
    excess = 0.0
    for i in range(1, count):
        excess += two[two.size - i] - two[two.size - count]
    for i in range(below.size):
        if below[i] < n:
            anywhere[i] = _at_rank(two, (below[i] + even[1, i]) / (n + 1.0))
            upper[i] = _at_rank(two, (below[i] + 1.0) / (n + 1.0))
        else:
            scale = excess / gamma_of(count - 1.0, normal[6, i], even[6, i]) if count > 1 else 0.0
            # The share beyond the largest is more than that beyond the percentile.
            more = -np.log(even[7, i]) / n
            upper[i] = two[two.size - 1] + scale * np.log1p(more / (1.0 - percentile))
            anywhere[i] = upper[i]


@compiled
def _at_rank(two: Numbers, share: float) -> float:
    """Return the value at a rank, as a share of one more than their number."""
    return _quantile(two, (share * (two.size + 1) - 0.5) / two.size)


@compiled
def _quantile(values: Numbers, share: float) -> float:
    """Return a quantile as `quantiles_of_ranked` does."""
    place = min(max(share * values.size - 0.5, 0.0), values.size - 1.0)
    low = min(int(place), max(values.size - 2, 0))
    high = min(low + 1, values.size - 1)
    return float(values[low] + (place - low) * (values[high] - values[low]))


@compiled
def _own_share(two: Numbers, cut: float, percentile: float) -> float:
    """Return the share of the others beyond the cut: by name, or as counted at a common value."""
    last = _up_to(two, cut, 0, two.size)
    if last >= 2 and two[last - 2] == cut:
        return 1.0 - last / two.size
    return 1.0 - percentile


@compiled
def _up_to(values: Numbers, cut: float, low: int, high: int) -> int:
    """Return how many values do not exceed the cut; it lies between `low` and `high`."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] > cut:
            high = middle
        else:
            low = middle + 1
    return low
