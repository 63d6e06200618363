"""Which arm each patient is in."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.plan import ArmPlan

__all__ = ["draw_arms"]

_LARGEST_BLOCK = 24
_SMALLEST_BLOCK = 4


def draw_arms(
    n: int, arms: Sequence[ArmPlan], *, is_randomised: bool, rng: np.random.Generator
) -> NDArray[np.str_]:
    """Return the arm of each of `n` patients in order of enrolment.

    Parameters
    ----------
    n : int
    arms : sequence of ArmPlan
        Their shares are relative to the sum.
    is_randomised : bool
        True: permuted blocks, so that every arm is filled evenly. False: each patient by chance
        with these shares, independent of all that is known of them.
    rng : numpy Generator

    Returns
    -------
    arm : text array, shape (n,)

    Notes
    -----
    Convention: a block is the smallest of 4 to 24 patients that holds each arm a whole number of
    times; where there is none, whole sequences of 1,000 by the nearest whole numbers.

    Examples
    --------
    >>> two = (ArmPlan("a", 2.0), ArmPlan("b", 1.0))
    >>> arm = draw_arms(12, two, is_randomised=True, rng=np.random.default_rng(1))
    >>> (arm[:6] == "b").sum(), (arm[6:] == "b").sum()
    (np.int64(2), np.int64(2))
    """
    names = np.array([arm.name for arm in arms], dtype=np.str_)
    shares = np.array([arm.share for arm in arms], dtype=float)
    shares /= shares.sum()
    if not is_randomised:
        return np.asarray(names[rng.choice(names.size, n, p=shares)], dtype=np.str_)
    block = np.repeat(np.arange(names.size), _block(shares))
    blocks = np.tile(block, (-(-n // block.size), 1))
    return np.asarray(names[rng.permuted(blocks, axis=1).ravel()[:n]], dtype=np.str_)


def _block(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return how often each arm stands in a block."""
    for size in range(_SMALLEST_BLOCK, _LARGEST_BLOCK + 1):
        counts = np.rint(shares * size)
        if np.allclose(counts, shares * size, rtol=0.0, atol=1e-6):
            return counts.astype(np.intp)
    return np.rint(shares * 1000).astype(np.intp)
