"""Every group and column of one table against the same group of another, exactly.

Simple case: one group, one column, two samples. Sorted, their quantiles are looked up, the share
beyond a threshold is a search, and the earth mover's distance is the area between both quantile
functions, summed while walking through both samples in step. Here that is done for many groups and
columns: a column is gathered group by group into a buffer of its length, each group is sorted in
the cache, and nothing else is held. Tables come pair by pair, so that memory does not grow with
their number.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.compared_groups_loops import compare_sorted_groups
from macroimmune.statistics.nearest_node import check_threads
from macroimmune.statistics.sorted_groups import GroupedRows, grouped_rows, sort_groups

__all__ = ["ComparedGroups", "GroupSummaries", "compare_groups"]

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Values = NDArray[np.float32]
Places = NDArray[np.intp]
# Columns of a table in rows that are turned together: a cache line of them.
_TOGETHER = 16


@dataclass(frozen=True, slots=True, eq=False)
class GroupSummaries:
    """The columns of one table within each group; NaN where a group has no values.

    Parameters
    ----------
    n : int array, shape (groups, columns)
        Finite values; others are left out.
    mean, median, percentile_90, percentile_99 : float array, shape (groups, columns)
    """

    n: Counts
    mean: Numbers
    median: Numbers
    percentile_90: Numbers
    percentile_99: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGroups:
    """One table against another, by group and column; NaN where either has no values.

    Parameters
    ----------
    before, after : GroupSummaries
    share_above_before, share_above : float array, shape (groups, columns)
        Of the values before and after, those above the threshold.
    signed_distance : float array, shape (groups, columns)
        Earth mover's distance with the sign of the difference of means, after less before.
    """

    before: GroupSummaries
    after: GroupSummaries
    share_above_before: Numbers
    share_above: Numbers
    signed_distance: Numbers


def compare_groups(
    before: Values,
    groups_before: NDArray[np.integer] | Sequence[Places],
    after: Values,
    groups_after: NDArray[np.integer] | Sequence[Places],
    *,
    n_groups: int = 0,
    thresholds: Numbers | None = None,
    distance: bool = True,
    threads: int = 1,
) -> ComparedGroups:
    """Return summaries of every group and column of two tables, and how far they lie apart.

    Parameters
    ----------
    before, after : float32 array, shape (rows, columns)
        Faster where columns lie in one piece (order F).
    groups_before, groups_after : int array, shape (rows,), or sequence of int arrays
        The group of each row, from 0, negative for none; or the rows of each group, which may
        overlap.
    n_groups : int
        Of labels; 0: up to the largest of both.
    thresholds : float array, shape (groups, columns), optional
        Without them the 99th percentile of the values before.
    distance : bool
        Whether the earth mover's distance is found; else it is NaN.
    threads : {1, 2}

    Returns
    -------
    compared : ComparedGroups

    Raises
    ------
    InputError
        If tables, groups or thresholds do not fit together.

    Notes
    -----
    Convention: exact; quantiles on straight lines between order statistics (type 7 of Hyndman and
    Fan). The same numbers whatever the threads and the order of the tables.
    Checked against: numpy, ``scipy.stats.wasserstein_distance``, pandas and polars
    (`benchmarks/stimulation_summaries.py`). These have no intervals; those
    of paired wells with intervals are made by `macroimmune.response.paired_responses`.

    Examples
    --------
    Two files of cells in memory, arcsinh of two channels, with the population of each cell:

    >>> rng = np.random.default_rng(1)
    >>> resting, answering = rng.normal(1, 1, (500, 2)), rng.normal([1, 3], 1, (400, 2))
    >>> cells = resting.astype("f4"), answering.astype("f4")
    >>> of_population = np.repeat([0, 1], 250), np.repeat([0, 1], 200)
    >>> found = compare_groups(cells[0], of_population[0], cells[1], of_population[1])
    >>> found.signed_distance.shape, (found.share_above.round(1)[:, 1] > 0.3).tolist()
    ((2, 2), [True, True])

    A population without cells in one of them:

    >>> one, other = np.array([[0], [1]], "f4"), np.array([[2], [3], [9]], "f4")
    >>> found = compare_groups(one, np.array([0, 0]), other, np.array([0, 0, 1]))
    >>> found.signed_distance[:, 0].tolist(), found.after.n[:, 0].tolist()
    ([2.0, nan], [2, 1])
    """
    check_threads(threads)
    one, two = _grouped(before, groups_before, after, groups_after, n_groups)
    shape = (one.n_groups, before.shape[1])
    given = np.full(shape, np.nan) if thresholds is None else np.asarray(thresholds, float)
    if given.shape != shape:
        msg = f"thresholds {given.shape}, expected one per group and column: {shape}"
        raise InputError(msg)
    n = np.zeros((2, *shape), np.int64)
    found, apart = np.full((2, 4, *shape), np.nan), np.full((3, *shape), np.nan)

    def fill(columns: range) -> None:
        first, second = _in_columns(before, columns), _in_columns(after, columns)
        sorted_one, sorted_two = (np.empty(g.rows.size, np.float32) for g in (one, two))
        for k, column in enumerate(columns):
            sort_groups(first[:, k], one, sorted_one)
            sort_groups(second[:, k], two, sorted_two)
            compare_sorted_groups(
                sorted_one,
                one.ends,
                sorted_two,
                two.ends,
                given[:, column],
                n[:, :, column],
                found[:, :, :, column],
                apart[:, :, column],
                np.bool_(distance),
            )

    blocks = [
        range(begin, min(begin + _TOGETHER, shape[1])) for begin in range(0, shape[1], _TOGETHER)
    ]
    if threads == 2:
        blocks = [half for block in blocks for half in (block[::2], block[1::2])]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(fill, blocks))
    else:
        for block in blocks:
            fill(block)
    summaries = [GroupSummaries(n[side], *found[side]) for side in (0, 1)]
    return ComparedGroups(summaries[0], summaries[1], apart[0], apart[1], apart[2])


def _grouped(
    before: Values,
    groups_before: NDArray[np.integer] | Sequence[Places],
    after: Values,
    groups_after: NDArray[np.integer] | Sequence[Places],
    n_groups: int,
) -> tuple[GroupedRows, GroupedRows]:
    """Return the rows of each group of both tables, or refuse them.

    Raises
    ------
    InputError
        If tables and groups do not fit together.
    """
    if before.ndim != 2 or after.ndim != 2 or before.shape[1] != after.shape[1]:
        msg = f"two tables with the same columns: {before.shape}, {after.shape}"
        raise InputError(msg)
    count = n_groups
    for values, groups in ((before, groups_before), (after, groups_after)):
        if isinstance(groups, np.ndarray):
            if groups.shape != (len(values),):
                msg = f"one group per row: {len(values)} rows, groups {groups.shape}"
                raise InputError(msg)
            count = max(count, 0 if n_groups else int(groups.max(initial=-1)) + 1)
    one, two = grouped_rows(groups_before, count), grouped_rows(groups_after, count)
    if one.n_groups != two.n_groups:
        msg = f"the same groups in both tables: {one.n_groups}, {two.n_groups}"
        raise InputError(msg)
    for values, grouped in ((before, one), (after, two)):
        if grouped.rows.size and not 0 <= grouped.rows.min() <= grouped.rows.max() < len(values):
            msg = f"a group names row {int(grouped.rows.max())}; the table has {len(values)} rows"
            raise InputError(msg)
    return one, two


def _in_columns(values: Values, columns: range) -> Values:
    """Return some columns, each in one piece; a view where they are."""
    chosen = values[:, columns.start : columns.stop : columns.step]
    return np.asarray(chosen if chosen.strides[0] == chosen.itemsize else np.asfortranarray(chosen))
