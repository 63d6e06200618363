"""What kinds of given counts are expected to give to a subsample: loops, compiled once."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["absent_probabilities", "entropy_terms"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@compiled
def absent_probabilities(sizes: Whole, n: int, m: float) -> Floats:
    """Return the probability that a kind is absent from m of n individuals.

    Parameters
    ----------
    sizes : int array, shape (sizes,), ascending
        Counts of the kinds in the whole sample, from 0.
    n : int
    m : float
        Between 0 and n, not necessarily whole.

    Notes
    -----
    Convention: (n - x over m) / (n over m), as a product over the individuals of the kind, which
    loses no digits. For sizes that are not whole the product is its own continuation.
    """
    out = np.zeros(sizes.size)
    absent, reached = 1.0, 0
    for i in range(sizes.size):
        while reached < sizes[i]:
            left = n - reached - m
            if left <= 0.0 or absent < 1e-300:
                absent = 0.0
                break
            absent *= left / (n - reached)
            reached += 1
        if absent == 0.0:
            break
        out[i] = absent
    return out


@compiled
def entropy_terms(sizes: Whole, n: int, m: int, log_whole: Floats) -> Floats:
    """Return what a kind of each count is expected to add to the entropy of m of n individuals.

    Parameters
    ----------
    sizes : int array, shape (sizes,)
        Counts of the kinds in the whole sample, from 0 to n.
    n, m : int
        Individuals of the sample and of the subsample, 1 <= m <= n.
    log_whole : float array
        Logarithms of 0 (any number), 1, 2, ... up to the largest count.

    Notes
    -----
    Convention: natural logarithm. The hypergeometric law is summed from its mode outwards until a
    term is below 1e-17 of the mode, and divided by its own sum.
    """
    out = np.zeros(sizes.size)
    log_m = np.log(float(m))
    for i in range(sizes.size):
        x = sizes[i]
        if x == 0:
            continue
        lowest, highest = max(0, m - (n - x)), min(x, m)
        mode = min(max(int((x + 1.0) * (m + 1.0) / (n + 2.0)), lowest), highest)
        total, value = 1.0, mode * (log_m - log_whole[mode])
        term, k = 1.0, mode
        while k < highest:
            term *= (x - k) * float(m - k) / ((k + 1.0) * (n - x - m + k + 1.0))
            k += 1
            total += term
            value += term * k * (log_m - log_whole[k])
            if term < 1e-17:
                break
        term, k = 1.0, mode
        while k > lowest:
            term *= k * float(n - x - m + k) / ((x - k + 1.0) * (m - k + 1.0))
            k -= 1
            total += term
            value += term * k * (log_m - log_whole[k])
            if term < 1e-17:
                break
        out[i] = value / (total * m)
    return out
