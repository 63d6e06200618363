"""The trace of a file over time, small enough to be drawn: signals, flow rate, what went out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import EventKinds
from macroimmune.cytometry.preparing.panel_columns import followed_columns
from macroimmune.cytometry.preparing.signal_bins import part_sums

__all__ = ["TimeTrace", "time_trace"]

_BINS, _CHANNELS = 100, 4
# So many events, evenly taken from the run, are looked at.
_FOLLOWED = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class TimeTrace:
    """Signals of a few channels in bins of consecutive events.

    Parameters
    ----------
    channels : tuple of str
        Antigens, or detectors where there is none.
    first_event : int array, shape (bins,)
    time : float array, shape (bins,), unit of the file
        Of the first event; NaN where the file has no time.
    rate : float array, shape (bins,)
        Events per unit of time; NaN where the file has no time.
    means : float32 array, shape (bins, channels)
        As transformed; NaN where a bin has no value.
    unstable : float array, shape (bins,), share
        Of its events that were taken out as unstable.
    """

    channels: tuple[str, ...]
    first_event: NDArray[np.int64]
    time: NDArray[np.float64]
    rate: NDArray[np.float64]
    means: NDArray[np.float32]
    unstable: NDArray[np.float64]


def time_trace(
    events: Events, kinds: EventKinds, columns: Sequence[int] | None = None
) -> TimeTrace:
    """Return the trace of a file in at most 100 bins.

    Parameters
    ----------
    events : Events
    kinds : EventKinds
        Of the same events.
    columns : sequence of int or None
        None: the four whose bins differ most, beside what chance makes of them.
    """
    n_events = len(events.values)
    n_bins = min(_BINS, n_events)
    edges = np.linspace(0, n_events, n_bins + 1).astype(np.int64)
    if columns is None:
        columns = _most_moved(events, edges)
    means = [_bin_sums(events, column, edges) for column in columns]
    return TimeTrace(
        tuple(
            events.panel.channels[k].antigen or events.panel.channels[k].channel for k in columns
        ),
        edges[:-1],
        *_clock(events, edges),
        np.stack([_means(sums) for sums in means], axis=1)
        if means
        else np.zeros((n_bins, 0), np.float32),
        _shares(kinds.kinds == EventKind.UNSTABLE, edges),
    )


def _bin_sums(events: Events, column: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return number, sum and sum of squares by bin, shape (3, bins)."""
    every = max(int(edges[-1]) // _FOLLOWED, 1)
    rows = np.arange(0, int(edges[-1]), every)
    sums = np.empty((1, 3, len(edges) - 1))
    part_sums(events.values[:, column], rows, -(-edges // every), np.zeros(0, np.float32), sums)
    return np.asarray(sums[0])


def _means(sums: NDArray[np.float64]) -> NDArray[np.float32]:
    counts, totals, _ = sums
    means = np.full(len(counts), np.nan, np.float32)
    np.divide(totals, counts, out=means, where=counts > 0, casting="same_kind")
    return means


def _most_moved(events: Events, edges: NDArray[np.int64]) -> tuple[int, ...]:
    """Return the columns with most variance between bins by that which chance makes."""
    columns = followed_columns(events)
    ratios = [_variance_ratio(_bin_sums(events, column, edges)) for column in columns]
    order = np.argsort(-np.array(ratios), kind="stable")[:_CHANNELS]
    return tuple(columns[place] for place in sorted(order.tolist()))


def _variance_ratio(sums: NDArray[np.float64]) -> float:
    counts, totals, squares = sums
    total = counts.sum()
    if not total:
        return 0.0
    variance = squares.sum() / total - (totals.sum() / total) ** 2
    between = (counts * (totals / np.maximum(counts, 1) - totals.sum() / total) ** 2).sum()
    return float(between / variance) if variance > 0 else 0.0


def _clock(
    events: Events, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return time at the beginning of each bin, and the rate in it."""
    column = events.panel.with_role("time")
    missing = np.full(len(edges) - 1, np.nan)
    if not column or edges[-1] < 1:
        return missing, missing
    moments = events.values[:, column[0]].astype(np.float64)
    at = moments[np.minimum(edges, edges[-1] - 1)]
    rate = missing.copy()
    np.divide(np.diff(edges), np.diff(at), out=rate, where=np.diff(at) > 0)
    return at[:-1], rate


def _shares(is_in: NDArray[np.bool_], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    if not is_in.size:
        return np.zeros(0)
    return np.add.reduceat(is_in.astype(np.float64), edges[:-1]) / np.diff(edges)
