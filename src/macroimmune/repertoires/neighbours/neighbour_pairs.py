"""All pairs of sequences within one substitution, or one edit, of each other."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from macroimmune.errors import InputError
from macroimmune.repertoires.neighbours.one_edit_loops import (
    deletion_keys,
    deletion_pairs,
    substitution_keys,
    substitution_pairs,
)

__all__ = ["Within", "neighbour_pairs"]

Within = Literal["one substitution", "one edit"]
_MOST_KEYS = 32_000_000


def neighbour_pairs(
    letters: np.ndarray,
    starts: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    within: Within = "one substitution",
    most_keys: int = _MOST_KEYS,
) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of distinct sequences that differ by one letter.

    Parameters
    ----------
    letters : uint8 array, shape (all letters,)
        The sequences end to end, a byte per letter.
    starts : int64 array, shape (sequences + 1,)
        Where each begins; the last entry is the number of letters. Each sequence is given once
        (within its group): equal ones differ by no letter, and are no pair.
    groups : int array, shape (sequences,), or None
        Sequences of different groups, such as V genes, are no neighbours; None: all may be.
    within : {"one substitution", "one edit"}
        One edit is a substitution, an insertion or a deletion.
    most_keys : int
        Hashes held at once, 8 bytes each; where there are more, they are worked on in parts, with
        the same result.

    Returns
    -------
    first, second : int64 arrays, shape (pairs,)
        Numbers of the sequences, first < second, ordered by first and then second, each pair once.

    Raises
    ------
    InputError
        If the arrays do not fit together, a sequence is empty or `within` is another word.

    Notes
    -----
    Convention: exact; hashes only propose. The relation is symmetric; only its upper half is
    returned. Work grows with the letters, not with pairs of sequences. Checked against: comparison
    of all pairs, letter by letter.

    Examples
    --------
    >>> letters = np.frombuffer(b"CASSFCASSYCASFCVSSF", dtype=np.uint8)
    >>> starts = np.array([0, 5, 10, 14, 19])
    >>> neighbour_pairs(letters, starts)
    (array([0, 0]), array([1, 3]))
    >>> neighbour_pairs(letters, starts, within="one edit")
    (array([0, 0, 0]), array([1, 2, 3]))
    """
    _check(letters, starts, groups, within, most_keys)
    n = starts.size - 1
    of = np.zeros(n, dtype=np.int64) if groups is None else groups.astype(np.int64)
    bits = max(int(n - 1).bit_length(), 1)
    parts = _packed(substitution_keys, substitution_pairs, letters, starts, of, bits, most_keys)
    if within == "one edit":
        parts += _packed(deletion_keys, deletion_pairs, letters, starts, of, bits + 1, most_keys)
    # A pair can be proposed twice where hashes meet by accident; here it becomes one.
    packed = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
    return packed // max(n, 1), packed % max(n, 1)


def _check(
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray | None,
    within: str,
    most_keys: int,
) -> None:
    if within not in get_args(Within):
        msg = f"within = {within!r}: expected one of {', '.join(get_args(Within))}"
        raise InputError(msg)
    if most_keys < 1:
        msg = f"most_keys = {most_keys}: expected at least 1"
        raise InputError(msg)
    if starts.size == 0 or starts[0] != 0 or starts[-1] != letters.size:
        msg = f"starts of sequences must go from 0 to the number of letters, {letters.size}"
        raise InputError(msg)
    lengths = np.diff(starts)
    if (lengths < 1).any():
        msg = f"sequence {int(np.argmin(lengths))} is empty; leave empty sequences out"
        raise InputError(msg)
    if groups is not None and groups.shape != lengths.shape:
        msg = f"one group per sequence: {groups.shape[0]} groups, {lengths.size} sequences"
        raise InputError(msg)


def _packed(
    write_keys: Callable[..., int],
    write_pairs: Callable[..., int],
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray,
    bits: int,
    most_keys: int,
) -> list[np.ndarray]:
    """Return first * n + second of all pairs, in as many arrays as parts were needed."""
    all_keys = letters.size + starts.size
    n_parts = -(-all_keys // most_keys)
    nothing, none = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    found = []
    for part in range(n_parts):
        size = all_keys
        if n_parts > 1:
            size = write_keys(letters, starts, groups, bits, n_parts, part, nothing)
        # Room for one more, so that an empty part is not taken for a count.
        room = np.empty(size + 1, dtype=np.uint64)
        keys = room[: write_keys(letters, starts, groups, bits, n_parts, part, room)]
        keys.sort()
        n_pairs = write_pairs(keys, letters, starts, groups, bits, none)
        if n_pairs:
            pairs = np.empty(n_pairs, dtype=np.int64)
            write_pairs(keys, letters, starts, groups, bits, pairs)
            found.append(pairs)
    return found
