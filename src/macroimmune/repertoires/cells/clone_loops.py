"""Loops over the cells of each clone: what a clone adds to every index.

Cells stand clone by clone. The kind of a cell is its sample and label. Of each kind it is listed to
which questions its cells belong, and into which place of which partition (tissues, populations)
they fall; a clone is gone through twice, to count and to sum up. Clones of one cell have no spread
and no repeats, so shuffles of labels pass over them.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["clone_parts", "shuffled_sums"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@compiled
def _count(
    kinds: Whole, of_starts: Whole, of: Whole, place_starts: Whole, places: Whole,
    members: Whole, at: Whole,
) -> None:  # fmt: skip
    """Count the cells of one clone by question, and by partition and place."""
    for kind in kinds:
        for k in range(of_starts[kind], of_starts[kind + 1]):
            members[of[k]] += 1
        for k in range(place_starts[kind], place_starts[kind + 1]):
            at[places[k, 0], places[k, 1]] += 1


@compiled
def _spread(
    kinds: Whole, place_starts: Whole, places: Whole, log_sizes: Floats,
    at: Whole, placed: Whole, spread: Floats,
) -> None:  # fmt: skip
    """Write n and the sum of n log n over places of each partition, and empty the places."""
    for kind in kinds:
        for k in range(place_starts[kind], place_starts[kind + 1]):
            count = at[places[k, 0], places[k, 1]]
            # Of several cells in one place the first takes all.
            placed[places[k, 0]] += count
            spread[places[k, 0]] += log_sizes[count]
            at[places[k, 0], places[k, 1]] = 0


@compiled
def _part(members: int, partition: int, placed: Whole, spread: Floats, log_sizes: Floats) -> float:
    """Return n log n of the size, or cells times the entropy over the partition, in nats."""
    if partition < 0:
        return float(log_sizes[members])
    total = placed[partition]
    return members * (log_sizes[total] - spread[partition]) / total if total > 0 else 0.0


@compiled
def clone_parts(
    kinds: Whole, starts: Whole, of_starts: Whole, of: Whole, place_starts: Whole, places: Whole,
    partition: Whole, n_places: Whole, log_sizes: Floats, sums: Floats, sizes: Floats,
) -> None:  # fmt: skip
    """Write of each clone and question the sum that enters its index, and its cells.

    `of` lists questions and `places` (partition, place) from `of_starts` and `place_starts` on, by
    kind of cell; `partition` is that of each question, -1 for sizes. `log_sizes` holds n log n.
    """
    at = np.zeros((n_places.size, max(n_places.max(), 1)), np.int64)
    placed, spread = np.zeros(n_places.size, np.int64), np.zeros(n_places.size)
    members = np.zeros(partition.size, np.int64)
    for clone in range(starts.size - 1):
        own = kinds[starts[clone] : starts[clone + 1]]
        _count(own, of_starts, of, place_starts, places, members, at)
        _spread(own, place_starts, places, log_sizes, at, placed, spread)
        for k in range(partition.size):
            sizes[clone, k] = members[k]
            sums[clone, k] = _part(members[k], partition[k], placed, spread, log_sizes)
            members[k] = 0
        placed[:] = 0
        spread[:] = 0.0


@compiled
def shuffled_sums(
    kinds: NDArray[np.int32], starts: Whole, of_starts: Whole, of: Whole, place_starts: Whole,
    places: Whole, partition: Whole, n_places: Whole, log_sizes: Floats,
    sums: Floats, repeats: Floats,
) -> None:  # fmt: skip
    """Write the sums over clones, and the cells beyond the first of each clone, per shuffle.

    `kinds` has shape (shuffles, cells); `sums` and `repeats` (shuffles, questions); the rest is as
    in `clone_parts`.
    """
    at = np.zeros((n_places.size, max(n_places.max(), 1)), np.int64)
    placed, spread = np.zeros(n_places.size, np.int64), np.zeros(n_places.size)
    members = np.zeros(partition.size, np.int64)
    all_cells = np.empty(kinds.shape[1], np.int64)
    for row in range(kinds.shape[0]):
        all_cells[:] = kinds[row]
        for clone in range(starts.size - 1):
            own = all_cells[starts[clone] : starts[clone + 1]]
            _count(own, of_starts, of, place_starts, places, members, at)
            _spread(own, place_starts, places, log_sizes, at, placed, spread)
            for k in range(partition.size):
                if members[k] > 0:
                    sums[row, k] += _part(members[k], partition[k], placed, spread, log_sizes)
                    repeats[row, k] += members[k] - 1
                    members[k] = 0
            placed[:] = 0
            spread[:] = 0.0
