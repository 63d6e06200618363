"""Signals in bins of consecutive events, and how far each bin stands from the file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.preparing.modes import find_modes
from macroimmune.statistics.compiled import compiled

__all__ = ["Signals", "part_sums", "standardised_bins"]

# So many events are enough to see where the populations of a channel part, and so many, evenly
# taken from the run, to follow them.
_SAMPLE, _FOLLOWED = 5_000, 50_000
# A population with a smaller share of the events is not followed by itself.
_SMALLEST_PART = 0.15
_CONSISTENT = 1.4826
_SLOPE_BINS = 24
# A line explains three quarters of what a step does where there is a step half way, and a step
# three quarters of what a line does where there is a steady drift: between the two lies the root.
_LINE_OR_STEP, _LINE_IF_DRIFTED = 0.87, 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """How far signals stand from those of the whole file, bin by bin.

    Parameters
    ----------
    columns : int array, shape (signals,)
        The channel of each signal: its mean, or the mean of one of its populations.
    effects : float array, shape (bins, signals)
        Mean of the bin less that of the file without its drift, in standard deviations of the
        events.
    counts : float array, shape (bins, signals)
        Events, divided by how much more the bins vary than events by chance would make them.
    drifts : float array, shape (signals,)
        Steady change from the first bin to the last, in standard deviations of the events.
    drift_errors : float array, shape (signals,)
        Its standard error.
    spreads : float array, shape (signals,)
        Standard deviation of the events.
    """

    columns: NDArray[np.int64]
    effects: NDArray[np.float64]
    counts: NDArray[np.float64]
    drifts: NDArray[np.float64]
    drift_errors: NDArray[np.float64]
    spreads: NDArray[np.float64]


@compiled
def part_sums(
    values: np.ndarray, rows: np.ndarray, edges: np.ndarray, bounds: np.ndarray, sums: np.ndarray
) -> None:
    """Fill in number, sum and sum of squares of the values of each part, bin by bin.

    Parameters
    ----------
    values : float32 array, shape (events,)
        Those that are not finite are left out.
    rows : int array, shape (events that count,)
        Ascending.
    edges : int array, shape (bins + 1,)
        Places in `rows`.
    bounds : float32 array, shape (parts - 1,)
        Ascending; a value at a bound belongs to the part above.
    sums : float array, shape (parts, 3, bins)
        Overwritten.
    """
    sums[:] = 0.0
    for place in range(len(edges) - 1):
        for item in range(edges[place], edges[place + 1]):
            value = values[rows[item]]
            if not math.isfinite(value):
                continue
            part = 0
            while part < len(bounds) and value >= bounds[part]:
                part += 1
            sums[part, 0, place] += 1.0
            sums[part, 1, place] += value
            sums[part, 2, place] += float(value) * value


def standardised_bins(
    values: NDArray[np.float32],
    columns: Sequence[int],
    rows: NDArray[np.int64],
    edges: NDArray[np.int64],
) -> Signals:
    """Return how far each signal stands from the whole file in each bin.

    Parameters
    ----------
    values : float32 array, shape (events, channels)
    columns : sequence of int
        Channels that are followed.
    rows : int array, shape (events that count,)
    edges : int array, shape (bins + 1,)
        Places in `rows`.

    Returns
    -------
    signals : Signals
        A channel that does not vary has none.

    Notes
    -----
    Convention: a channel with several populations is followed as a whole and population by
    population, so that a change of the signal is seen beside one of the composition. The drift is
    the median slope between 24 parts of the run (Theil, Sen).
    """
    every = max(len(rows) // _FOLLOWED, 1)
    rows, edges = rows[::every], -(-edges // every)
    sample = rows[:: max(len(rows) // _SAMPLE, 1)]
    found, owners = [], []
    for column in columns:
        for moments in _moments(values[:, column], sample, rows, edges):
            signal = _signal(moments)
            if signal is not None:
                found.append(signal)
                owners.append(column)
    n_bins = len(edges) - 1
    if not found:
        empty = np.zeros((n_bins, 0))
        return Signals(np.zeros(0, np.int64), empty, empty, empty[0], empty[0], empty[0])
    effects, counts = (np.stack([item[k] for item in found], axis=1) for k in (0, 1))
    spreads = np.array([item[2] for item in found])
    drifts = _without_drift(effects, counts)
    # Bins vary more than by the chance of events where the flow does; neighbours tell how much.
    both = (counts[1:] > 0) & (counts[:-1] > 0)
    steps = np.diff(effects, axis=0) * np.sqrt(
        counts[1:] * counts[:-1] / np.maximum(counts[1:] + counts[:-1], 1)
    )
    excess = np.maximum(_CONSISTENT * _median(np.abs(steps), both), 1.0)
    counts /= excess**2
    errors = np.sqrt(12 / np.maximum(counts.sum(axis=0), 1.0))
    return Signals(np.array(owners, np.int64), effects, counts, drifts, errors, spreads)


def _without_drift(
    effects: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Take steady drifts out of `effects`, centre the rest, return the drifts.

    A signal that jumped once and stayed did not drift: it is centred on the longer part.
    """
    position = ((np.arange(len(effects)) + 0.5) / len(effects) - 0.5)[:, None]
    by_line = (counts * effects * position).sum(axis=0) ** 2
    by_line /= np.maximum((counts * position**2).sum(axis=0), 1e-12)
    cut, by_step = _best_step(effects, counts)
    drifted = by_line.sum() > _LINE_OR_STEP * by_step.sum()
    is_line = by_line > (_LINE_IF_DRIFTED if drifted else 1.0) * by_step
    drifts = np.where(is_line, _slopes(effects, counts), 0.0)
    effects -= drifts * position
    has_events = counts > 0
    is_before = np.arange(len(effects))[:, None] < cut
    is_longer = is_before == (cut >= len(effects) / 2)
    effects -= _median(effects, has_events & (is_longer | (drifts != 0)))
    effects[~has_events] = 0.0
    return drifts


def _best_step(
    effects: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the first bin after the one jump that explains most, and how much it explains."""
    before = counts.cumsum(axis=0)[:-1]
    sums = (counts * effects).cumsum(axis=0)
    total, sums = sums[-1], sums[:-1]
    after = counts.sum(axis=0) - before
    explained = sums**2 / np.maximum(before, 1e-12)
    explained += (total - sums) ** 2 / np.maximum(after, 1e-12)
    cut = explained.argmax(axis=0)
    return cut + 1, explained[cut, np.arange(len(cut))]


def _moments(
    values: NDArray[np.float32],
    sample: NDArray[np.int64],
    rows: NDArray[np.int64],
    edges: NDArray[np.int64],
) -> list[NDArray[np.float64]]:
    """Return the sums by bin of a channel as a whole, and of each of its populations."""
    drawn = values[sample]
    modes = find_modes(drawn)
    sums = np.empty((len(modes.valleys) + 1, 3, len(edges) - 1))
    part_sums(values, rows, edges, modes.valleys.astype(np.float32), sums)
    whole = sums.sum(axis=0)
    if len(sums) == 1:
        return [whole]
    least = _SMALLEST_PART * whole[0].sum()
    bounds = [-np.inf, *modes.valleys.tolist(), np.inf]
    return [whole] + [
        part
        for part, low, high in zip(sums, bounds[:-1], bounds[1:], strict=True)
        if part[0].sum() >= least and not _is_spike(drawn[(drawn >= low) & (drawn < high)])
    ]


def _is_spike(values: NDArray[np.float32]) -> bool:
    """Return whether half of the values are the least of them, as where no ion came."""
    return values.size == 0 or float(np.median(values)) == float(values.min())


def _signal(
    moments: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float] | None:
    """Return bin means in standard deviations of the events, events by bin, that deviation."""
    counts, sums, squares = moments
    total = counts.sum()
    if total < len(counts):
        return None
    mean = sums.sum() / total
    variance = squares.sum() / total - mean**2
    if not variance > 1e-9 * (1 + mean**2):
        return None
    spread = float(np.sqrt(variance))
    return (sums / np.maximum(counts, 1) - mean) / spread * (counts > 0), counts, spread


def _slopes(effects: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median slope over the run, from first to last bin."""
    cuts = np.linspace(0, len(effects), min(_SLOPE_BINS, len(effects)) + 1).astype(int)
    weights = np.add.reduceat(counts, cuts[:-1], axis=0)
    means = np.add.reduceat(effects * counts, cuts[:-1], axis=0) / np.maximum(weights, 1)
    position = (cuts[:-1] + cuts[1:]) / 2 / len(effects)
    later, earlier = np.tril_indices(len(position), -1)
    slopes = (means[later] - means[earlier]) / (position[later] - position[earlier])[:, None]
    return _median(slopes, (weights[later] > 0) & (weights[earlier] > 0))


def _median(values: NDArray[np.float64], is_used: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the median of what is used of each column, 0 where that is nothing."""
    if is_used.all():
        return np.asarray(np.median(values, axis=0))
    ordered = np.sort(np.where(is_used, values, np.inf), axis=0)
    count = is_used.sum(axis=0)
    columns = np.arange(values.shape[1])
    low = ordered[np.maximum((count - 1) // 2, 0), columns]
    high = ordered[count // 2, columns]
    return np.where(count > 0, (low + high) / 2, 0.0)
