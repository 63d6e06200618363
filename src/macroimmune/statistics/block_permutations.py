"""Permutations of responses that keep what rows of one group share."""

from dataclasses import dataclass
from math import lgamma, log

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockPermutations", "block_permutations"]

_LEAST_WITHIN_STRATA = log(1000.0)


@dataclass(frozen=True, slots=True, eq=False)
class BlockPermutations:
    """Rows whose response each row is given.

    Parameters
    ----------
    rows : int array, shape (permutations, rows)
    log_arrangements : float
        Natural logarithm of how many arrangements there are.
    n_fixed : int
        Groups that keep their own responses, as no other is alike.
    is_within_strata : bool
        Whether groups are exchanged with those of their own stratum alone.
    """

    rows: NDArray[np.intp]
    log_arrangements: float
    n_fixed: int
    is_within_strata: bool


def block_permutations(
    groups: NDArray[np.intp],
    count: int,
    *,
    strata: NDArray[np.intp] | None = None,
    rng: np.random.Generator,
) -> BlockPermutations:
    """Return permutations in which the responses of a group move together.

    Parameters
    ----------
    groups : int array, shape (rows,)
        Whom each row belongs to. Rows of a group keep their order: put them in that of time.
    count : int
        Permutations.
    strata : int array, shape (rows,), or None
        Such as batches; that of a group is the one of its first row.
    rng : numpy Generator

    Notes
    -----
    Convention: blocks change places with blocks of the same number of rows only; under the null
    hypothesis such groups are exchangeable, whatever their rows have in common. What all groups
    share along their rows, as a course over time, is in the permuted responses too, and within
    strata what their groups share. Where strata leave fewer than 1,000 arrangements, all groups of
    as many rows are exchanged.

    Examples
    --------
    >>> found = block_permutations(np.array([0, 0, 1, 1, 2]), 2, rng=np.random.default_rng(1))
    >>> found.rows[:, 4], found.n_fixed, round(float(np.exp(found.log_arrangements)))
    (array([4, 4]), 1, 2)
    """
    order = np.argsort(groups, kind="stable")
    _, counts = np.unique(groups, return_counts=True)
    starts = np.cumsum(counts) - counts
    blocks = [order[start : start + size] for start, size in zip(starts, counts, strict=True)]
    free = _alike([(rows.size,) for rows in blocks])
    alike, is_within = free, strata is not None
    if strata is not None:
        alike = _alike([(rows.size, int(strata[rows[0]])) for rows in blocks])
        if _log_arrangements(alike) < _LEAST_WITHIN_STRATA:
            alike, is_within = free, False
    rows = np.tile(np.arange(groups.size), (count, 1))
    for members in alike:
        places = np.stack([blocks[group] for group in members])
        for permutation in rows:
            permutation[places] = places[rng.permutation(len(places))]
    fixed = sum(members.size == 1 for members in alike)
    return BlockPermutations(rows, _log_arrangements(alike), fixed, is_within)


def _alike(labels: list[tuple[int, ...]]) -> list[NDArray[np.intp]]:
    """Return the places of equal labels, one array for each label."""
    return [
        np.array([place for place, label in enumerate(labels) if label == one], dtype=np.intp)
        for one in sorted(set(labels))
    ]


def _log_arrangements(alike: list[NDArray[np.intp]]) -> float:
    return sum(lgamma(members.size + 1) for members in alike)
