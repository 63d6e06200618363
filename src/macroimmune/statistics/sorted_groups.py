"""The values of overlapping or separate groups of rows, sorted group by group, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled

__all__ = ["GroupedRows", "grouped_rows", "sort_groups"]

Values = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class GroupedRows:
    """The rows of each group, one group after the other.

    Parameters
    ----------
    rows : int array, shape (members,)
        A row that is in several groups is listed in each.
    ends : int array, shape (groups + 1,)
        Group k has the rows from `ends[k]` up to `ends[k + 1]`.
    """

    rows: Places
    ends: Places

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return self.ends.size - 1


def grouped_rows(groups: NDArray[np.integer] | Sequence[Places], n_groups: int = 0) -> GroupedRows:
    """Return the rows of each group.

    Parameters
    ----------
    groups : int array, shape (rows,), or sequence of int arrays
        The group of each row, from 0, negative for none; or the rows of each group.
    n_groups : int
        Of labels: groups from 0 to one less are there, also without rows; 0: up to the largest.

    Raises
    ------
    InputError
        If a label is not below `n_groups`.

    Examples
    --------
    >>> grouped_rows(np.array([1, 0, -1, 1])).rows.tolist()
    [1, 0, 3]
    """
    if not isinstance(groups, np.ndarray):
        sizes = [len(one) for one in groups]
        rows = np.concatenate([np.empty(0, np.intp), *groups]).astype(np.intp)
        return GroupedRows(rows, np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp))
    count = n_groups or int(groups.max(initial=-1)) + 1
    if groups.size and int(groups.max()) >= count:
        msg = f"group {int(groups.max())}: with {count} groups labels go from 0 to {count - 1}"
        raise InputError(msg)
    ends = np.zeros(count + 1, np.intp)
    rows = np.empty(groups.size, np.intp)
    _by_label(groups.astype(np.intp, copy=False), ends, rows)
    return GroupedRows(rows[: ends[-1]], ends)


def sort_groups(column: Values, grouped: GroupedRows, out: Values) -> None:
    """Fill in the values of each group in ascending order; missing values stand last in theirs.

    Parameters
    ----------
    column : float32 array, shape (rows,)
    grouped : GroupedRows
    out : float32 array, shape (members,)
        Is filled.

    Notes
    -----
    Convention: numpy sorts one group at a time, in the cache and with vector instructions; it lets
    other threads run meanwhile.
    """
    _gather(column, grouped.rows, out)
    begin = 0
    for end in grouped.ends[1:].tolist():
        out[begin:end].sort()
        begin = end


@compiled
def _by_label(labels: Places, ends: Places, rows: Places) -> None:
    """Fill in rows by label, in their order, and where each label ends."""
    for label in labels:
        if label >= 0:
            ends[label + 1] += 1
    for k in range(1, ends.size):
        ends[k] += ends[k - 1]
    place = ends[:-1].copy()
    for i in range(labels.size):
        if labels[i] >= 0:
            rows[place[labels[i]]] = i
            place[labels[i]] += 1


@compiled
def _gather(column: Values, rows: Places, out: Values) -> None:
    for k in range(rows.size):
        out[k] = column[rows[k]]
