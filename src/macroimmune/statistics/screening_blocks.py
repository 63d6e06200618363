"""What every screen of thousands of biomarkers shares: checked markers, one order, two threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.compiled import compiled

__all__ = ["Walk", "checked_markers", "in_blocks", "standardise", "walk_of"]

_BLOCK = 64
_THREADS = 2


class Walk(NamedTuple):
    """Participants by stratum and, within one, from the last day to the first.

    Walking this way the sums over those at risk grow by who was observed until the day and shrink,
    with late entry, by who had not come yet. It is a tuple because compiled loops take one.

    Parameters
    ----------
    order : int array, shape (n,)
        The participants in the order of the walk.
    event : int array, shape (n,)
        One where the event was seen; in the order of the walk, as all that follows.
    day_stop : int array, shape (days,)
        Where each day of a stratum ends.
    opens_stratum : int array, shape (days,)
        One where a day is the first of its stratum.
    leaving : int array, shape (n,) or (0,)
        Places in the walk from the latest entry to the first, stratum by stratum; empty where
        nobody entered late.
    leave_start, leave_stop : int array, shape (days,)
        The run of `leaving` that came on this day or later and so leaves before it is counted.
    """

    order: NDArray[np.int64]
    event: NDArray[np.int64]
    day_stop: NDArray[np.int64]
    opens_stratum: NDArray[np.int64]
    leaving: NDArray[np.int64]
    leave_start: NDArray[np.int64]
    leave_stop: NDArray[np.int64]


def walk_of(survival: Survival, stratum: NDArray[np.intp] | None) -> Walk:
    """Return the walk through a cohort of at least one participant.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 3.0, 3.0]), event=np.array([True, False, True]))
    >>> walk = walk_of(s, None)
    >>> walk.order.tolist(), walk.day_stop.tolist()
    ([1, 2, 0], [2, 3])
    """
    labels = np.zeros(survival.n, dtype=np.intp) if stratum is None else stratum
    order = np.lexsort((-survival.time, labels))
    time, label = survival.time[order], labels[order]
    new_stratum = np.concatenate(([True], label[1:] != label[:-1]))
    new_day = new_stratum | np.concatenate(([True], time[1:] != time[:-1]))
    starts = np.flatnonzero(new_day)
    leaving = np.zeros(0, dtype=np.int64)
    leave_start = leave_stop = np.zeros(starts.size, dtype=np.int64)
    if survival.entry is not None:
        entry = survival.entry[order]
        leaving = np.lexsort((-entry, label))
        leave_start, leave_stop = _leaving(entry[leaving], time[starts], label, label[starts])
    return Walk(
        order=order,
        event=survival.event[order].astype(np.int64),
        day_stop=np.concatenate((starts[1:], [time.size])).astype(np.int64),
        opens_stratum=new_stratum[starts].astype(np.int64),
        leaving=leaving.astype(np.int64),
        leave_start=leave_start,
        leave_stop=leave_stop,
    )


def _leaving(
    entry: NDArray[np.float64],
    day: NDArray[np.float64],
    label: NDArray[np.intp],
    day_label: NDArray[np.intp],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, per day, the run of entries (descending within strata) that are not before it."""
    start, stop = np.empty(day.size, dtype=np.int64), np.empty(day.size, dtype=np.int64)
    for code in np.unique(label):
        first, last = np.searchsorted(label, [code, code + 1])
        days = slice(*np.searchsorted(day_label, [code, code + 1]))
        stop[days] = first + np.searchsorted(-entry[first:last], -day[days], side="right")
        start[days] = np.concatenate(([first], stop[days][:-1]))
    return start, stop


def checked_markers(markers: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return the markers as floats, shape (n, markers).

    Raises
    ------
    InputError
        If there is not one row per participant, or a value is infinite.
    """
    given = np.asarray(markers, dtype=float)
    if given.ndim != 2 or given.shape[0] != n:
        msg = f"one row of biomarkers per participant: {n} participants, biomarkers {given.shape}"
        raise InputError(msg)
    for first in range(0, given.shape[1], _BLOCK):
        infinite = np.isinf(given[:, first : first + _BLOCK])
        if infinite.any():
            row, column = (int(i) for i in np.argwhere(infinite)[0])
            msg = (
                f"biomarker {first + column} is infinite in row {row}; write NaN where a value is "
                "missing, and check the logarithm of zero"
            )
            raise InputError(msg)
    return given


def in_blocks(
    markers: NDArray[np.float64],
    order: NDArray[np.int64],
    fit: Callable[[NDArray[np.float64], slice], None],
) -> None:
    """Call `fit` with block after block of markers, on two threads.

    Parameters
    ----------
    markers : float array, shape (n, markers)
    order : int array, shape (n,)
        In which the participants of a block stand.
    fit : function
        Of a block, float array of shape (markers of the block, n), which it may overwrite, and
        the slice of the markers that the block holds. Only a block is ever copied, so that the
        memory does not grow with the number of markers.
    """

    def one(first: int) -> None:
        columns = slice(first, min(first + _BLOCK, markers.shape[1]))
        fit(np.ascontiguousarray(markers[order, columns].T), columns)

    blocks = range(0, markers.shape[1], _BLOCK)
    if len(blocks) <= 1:
        for first in blocks:
            one(first)
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(one, blocks))


@compiled
def standardise(
    x: NDArray[np.float64], event: NDArray[np.int64], counts: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Centre and scale the values that are there; return mean, SD and the range after it.

    Values and events that are there are counted into `counts`. A marker that does not vary stays as
    it is and has SD zero.
    """
    n, n_events, total = 0.0, 0.0, 0.0
    for i in range(x.size):
        if not np.isnan(x[i]):
            n += 1.0
            n_events += event[i]
            total += x[i]
    counts[0], counts[1] = n, n_events
    if n < 2.0:
        return 0.0, 0.0, 0.0
    mean, squares, largest = total / n, 0.0, 0.0
    low, high = np.inf, -np.inf
    for i in range(x.size):
        if not np.isnan(x[i]):
            largest = max(largest, abs(x[i]))
            low, high = min(low, x[i]), max(high, x[i])
            squares += (x[i] - mean) ** 2
    sd = np.sqrt(squares / n)
    if high - low <= 1e-12 * largest or not sd > 0.0:
        return 0.0, 0.0, 0.0
    for i in range(x.size):
        x[i] = (x[i] - mean) / sd
    return mean, sd, (high - low) / sd
