"""How many times as deep the earlier of two samples is, by the kinds that both hold.

The ratio of all individuals is that of depths where nothing changed. Where a few kinds grow much,
or a population of large kinds does, all others fall, and the ratio of the rare kinds is another
one. Of a kind with a individuals expected before and b after, y q^(y - 1) where it was seen before
has the mean b exp(-(1 - q) b) (1 - exp(-a)), and x q^y where it was counted at least twice before
has the mean a exp(-(1 - q) b) (1 - exp(-a)). The ratio of both sums is a mean of a / b, with the
weights by which an error of the ratio enters the excess of novel kinds; new kinds are in neither.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["KeptRatio", "kept_dispersion", "kept_ratio"]

Floats = NDArray[np.float64]
_ROUNDS = 8
# Kinds of some ten individuals in the shallower sample weigh most.
_FADING = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class KeptRatio:
    """Depth of the earlier sample over that of the later one.

    Parameters
    ----------
    ratio : float
        NaN where no kind tells it.
    influence : float array, shape (kinds,)
        What each kind adds to it; the sum of squares is its variance.
    """

    ratio: float
    influence: Floats


def kept_ratio(before: Floats, after: Floats, *, dispersion: float, most: float = 0.5) -> KeptRatio:
    """Return the ratio of depths by the rare kinds that both samples hold.

    Parameters
    ----------
    before, after : float array, shape (kinds,)
        Whole counts; neither sample is empty.
    dispersion : float
        phi in the variance mu + phi mu^2 of counts.
    most : float
        The ratio beyond which the earlier sample is thinned, as `novel_kinds` does.

    Notes
    -----
    Convention: over-dispersion is taken out to second order. Where the earlier sample is the deeper
    one, its counts enter with p = 1 - 1 / ratio, as if it were as deep as the later one.

    Examples
    --------
    >>> counts = np.array([4.0, 2.0, 2.0, 1.0, 0.0]), np.array([2.0, 1.0, 1.0, 2.0, 1.0])
    >>> round(kept_ratio(*counts, dispersion=0.0).ratio, 2)
    0.75
    """
    ratio = before.sum() / after.sum()
    influence = np.zeros(before.size)
    for _ in range(_ROUNDS):
        left, right = _sides(before, after, ratio, most, dispersion)
        total = right.sum()
        if total <= 0.0 or left.sum() <= 0.0:
            return KeptRatio(np.nan, influence)
        ratio = left.sum() / total
        influence = (left - ratio * right) / total
    return KeptRatio(float(ratio), influence)


def _sides(
    before: Floats, after: Floats, ratio: float, most: float, dispersion: float
) -> tuple[Floats, Floats]:
    """Return what each kind adds to both sums."""
    r = min(ratio, most)
    q, p = 1.0 - r, max(1.0 - 1.0 / ratio, 0.0)
    of_after = np.power(q, after)
    left = before * (1.0 - np.power(p, np.maximum(before - 1.0, 0.0))) * of_after
    is_kept = 1.0 - np.power(p, before)
    right = after * np.power(q, np.maximum(after - 1.0, 0.0)) * is_kept
    if dispersion:
        twice = before * (before - 1.0) * np.power(p, np.maximum(before - 2.0, 0.0)) * (1.0 - p)
        again = after * (after - 1.0) * np.power(q, np.maximum(after - 2.0, 0.0)) * is_kept
        left = left - dispersion * (twice * of_after + r * ratio * again)
    return left, right


def kept_dispersion(before: Floats, after: Floats, *, ratio: float) -> tuple[float, float]:
    """Return the over-dispersion of rare kinds that both samples hold, and its standard error.

    Parameters
    ----------
    before, after : float array, shape (kinds,)
        Whole counts.
    ratio : float
        Of depths, earlier over later.

    Returns
    -------
    dispersion, error : float
        phi in the variance mu + phi mu^2 of each count; may be below zero, NaN where no kind tells.

    Notes
    -----
    Convention: half the mean of (1 - ratio b / a)^2 over kinds with a and b individuals expected,
    weighted by a^3 that fades as exp(-0.15 (a + ratio b)), from factorial moments; each of them has
    the earlier count as a factor, so that new kinds tell nothing.

    Examples
    --------
    >>> counts = np.random.default_rng(1).poisson(5.0, (2, 4_000)).astype(float)
    >>> bool(abs(kept_dispersion(*counts, ratio=1.0)[0]) < 0.01)
    True
    """
    u, v = 1.0 - _FADING / max(ratio, 1.0), 1.0 - _FADING * min(ratio, 1.0)

    def falling(counts: Floats, order: int, base: float) -> Floats:
        product = np.ones(counts.size)
        for step in range(order):
            product = product * (counts - step)
        return product * np.power(base, np.maximum(counts - order, 0.0))

    mixed = ratio * falling(before, 2, u) * falling(after, 1, v)
    squares = falling(before, 3, u) * falling(after, 0, v) - 2.0 * mixed
    squares += ratio**2 * falling(before, 1, u) * falling(after, 2, v)
    total = 2.0 * mixed.sum()
    if total <= 0.0:
        return np.nan, np.nan
    found = float(squares.sum() / total)
    return found, float(np.sqrt(((squares - 2.0 * found * mixed) ** 2).sum()) / total)
