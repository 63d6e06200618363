"""Unstable time: stretches of the run in which signals stood elsewhere than in the rest."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, uniform_filter1d

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import Step, not_made
from macroimmune.cytometry.preparing.flow_rate import odd_stretches
from macroimmune.cytometry.preparing.panel_columns import followed_columns
from macroimmune.cytometry.preparing.signal_bins import Signals, standardised_bins

__all__ = ["run_bins", "unstable_time"]

_FEWEST_BINS, _BIN_EVENTS, _MOST_BINS = 20, 100, 400
# An edge of a bin that is so near to one of a stretch of odd flow gives way to it.
_NEAR = 0.5
# Windows of so many bins are looked at: a short clog, a longer one, a change that stays.
_WINDOWS = (1, 3, 9, 27)
# A signal is out at so many standard errors, if it moved by so many standard deviations of the
# events; the signals together are out at so many robust standard deviations, moved by so many.
_SIGMAS, _MOVED = 6.0, 0.5
_TOGETHER_SIGMAS, _TOGETHER_MOVED = 8.0, 0.15
_OF_ODD_FLOW = 0.5
# Of all signals together the spread between bins is at least this, in standard errors.
_LEAST_SPREAD = 0.08
# Means of fewer events are too far from normal.
_FEWEST_EVENTS = 15
# Good stretches between bad ones that are not longer are taken with them.
_GAP_BINS = 2
# A larger share is no stretch of the run: nothing says which part is the right one.
_LARGEST_SHARE = 0.35
_DRIFT_SIGMAS, _DRIFT = 6.0, 0.3
_CONSISTENT = 1.4826
_NAMED = 4


def unstable_time(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the events of times at which signals moved.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step

    Notes
    -----
    Convention: bins of 100 consecutive events, more where there are above 40,000; a stretch in
    which the flow rate was below half or above twice the usual has bins of its own. A steady drift
    is taken out first and told in a remark; so is a change that spans more than 35 % of the run:
    in both no part of the file is the right one. The bounds are assumed. After the ideas of
    PeacoQC (Emmaneel 2022) and flowAI (Monaco 2016).
    """
    none = np.zeros(len(is_left), np.bool_)
    rows = np.flatnonzero(is_left)
    time = events.panel.with_role("time")
    why = "" if not time else _clock_fault(events.values[:, time[0]])
    if len(rows) < _FEWEST_BINS * _BIN_EVENTS:
        why = f"{len(rows)} events, fewer than {_FEWEST_BINS * _BIN_EVENTS}"
    if why:
        return not_made(EventKind.UNSTABLE, len(is_left), f"unstable time: not told, {why}")
    stretches = odd_stretches(events.values[rows, time[0]].astype(np.float64)) if time else ()
    edges = run_bins(len(rows), stretches)
    signals = standardised_bins(events.values, followed_columns(events), rows, edges)
    if not signals.columns.size:
        why = "unstable time: not told, no channel varies"
        return not_made(EventKind.UNSTABLE, len(is_left), why)
    is_odd = np.isin(edges[:-1], [begin for begin, _ in stretches])
    bad_bins = _unstable_bins(signals, is_odd)
    is_bad = np.repeat(bad_bins, np.diff(edges))
    remarks = _drift_remarks(events, signals)
    if is_bad.mean() > _LARGEST_SHARE:
        remark = (
            "signals stood elsewhere in more than a third of the run, no part of which is clearly "
            "the right one: all of it was kept"
        )
        return Step(EventKind.UNSTABLE, none, f"unstable time: {remark}", (), (*remarks, remark))
    none[rows] = is_bad
    order = "time" if time else "the order of events, for want of a time channel"
    told = f"unstable time: {int(is_bad.sum())} events, of {len(edges) - 1} bins by {order}"
    if stretches:
        told += f"; the flow rate was odd in {len(stretches)} stretches"
    return Step(EventKind.UNSTABLE, none, told, (), remarks)


def run_bins(n_events: int, stretches: tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    """Return the edges of bins of consecutive events; stretches have edges of their own.

    Parameters
    ----------
    n_events : int
    stretches : tuple of (int, int)
        First event, and the one after the last.

    Examples
    --------
    >>> run_bins(1_000, ((180, 320),)).tolist()
    [0, 100, 180, 320, 400, 500, 600, 700, 800, 900, 1000]
    """
    n_bins = max(min(n_events // _BIN_EVENTS, _MOST_BINS), 1)
    edges = np.linspace(0, n_events, n_bins + 1)
    size = n_events / n_bins
    own = np.array(stretches, float).reshape(-1)
    for begin, end in stretches:
        is_short = end - begin < 2 * size
        inside = (edges > begin) & (edges < end) & is_short
        near = (np.abs(edges - begin) < _NEAR * size) | (np.abs(edges - end) < _NEAR * size)
        edges = edges[~(inside | near) | (edges == 0) | (edges == n_events)]
    return np.unique(np.concatenate([edges, own])).astype(np.int64)


def _clock_fault(times: NDArray[np.float32]) -> str:
    """Return what is wrong with a time channel, empty where it ascends."""
    if not np.isfinite(times).all():
        return "the time channel has missing values"
    if times.size and times.min() == times.max():
        return "the time channel is constant"
    n_back = int(np.count_nonzero(np.diff(times) < 0))
    return f"time runs backwards {n_back} times" if n_back else ""


def _unstable_bins(signals: Signals, is_odd: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which bins lie in a window in which a signal, or the signals together, moved."""
    weighted = signals.counts * signals.effects
    is_bad = np.zeros(len(is_odd), np.bool_)
    for window in _WINDOWS:
        if window > len(is_odd) // 3:
            break
        inside = uniform_filter1d(signals.counts, window, axis=0, mode="constant") * window
        mean = uniform_filter1d(weighted, window, axis=0, mode="constant") * window
        inside = np.maximum(inside, 0.0)
        mean /= np.maximum(inside, 1.0)
        # Where the flow was odd too, less is asked of the signals.
        asked = np.where(is_odd & (window == 1), _OF_ODD_FLOW, 1.0)
        is_out, is_far = _moved(mean, inside, asked)
        is_bad |= _of_windows(is_out, is_far, mean, signals.effects, window)
    padded = binary_closing(np.pad(is_bad, _GAP_BINS), np.ones(_GAP_BINS + 1))
    return np.asarray(padded[_GAP_BINS:-_GAP_BINS])


def _moved(
    mean: NDArray[np.float64], counts: NDArray[np.float64], asked: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which signals moved by themselves, and in which windows all of them together did."""
    sigmas = mean * np.sqrt(counts)
    alone = asked[:, None]
    is_out = (np.abs(sigmas) > _SIGMAS * alone) & (np.abs(mean) > _MOVED * alone)
    is_out &= counts >= _FEWEST_EVENTS
    together = np.sqrt((sigmas**2).mean(axis=1))
    middle = np.median(together)
    spread = max(_CONSISTENT * float(np.median(np.abs(together - middle))), _LEAST_SPREAD)
    moved = np.sqrt((mean**2).mean(axis=1))
    is_far = (together - middle > _TOGETHER_SIGMAS * asked * spread) & (
        moved > _TOGETHER_MOVED * asked
    )
    return is_out, is_far


def _of_windows(
    is_out: NDArray[np.bool_],
    is_far: NDArray[np.bool_],
    mean: NDArray[np.float64],
    effects: NDArray[np.float64],
    window: int,
) -> NDArray[np.bool_]:
    """Return the bins of the windows that moved which moved as their window did, half as far."""
    is_bad = np.zeros(len(effects), np.bool_)
    for centre in np.flatnonzero(is_out.any(axis=1) | is_far):
        part = slice(max(centre - window // 2, 0), centre + window // 2 + 1)
        moved = mean[centre] * (is_out[centre] | is_far[centre])
        along = effects[part] @ moved
        is_bad[part] |= along >= 0.5 * float(moved @ moved)
    return is_bad


def _drift_remarks(events: Events, signals: Signals) -> tuple[str, ...]:
    """Return a sentence on the channels that moved steadily, the most moved first."""
    is_moved = np.abs(signals.drifts) > np.maximum(_DRIFT, _DRIFT_SIGMAS * signals.drift_errors)
    if not is_moved.any():
        return ()
    order = np.argsort(-np.abs(signals.drifts) * is_moved)[: int(is_moved.sum())]
    named: dict[str, float] = {}
    for place in order:
        channel = events.panel.channels[signals.columns[place]]
        named.setdefault(
            channel.antigen or channel.channel, signals.drifts[place] * signals.spreads[place]
        )
    listed = ", ".join(f"{name} {change:+.2f}" for name, change in list(named.items())[:_NAMED])
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (f"signals drifted steadily over the run, as transformed: {listed}{more}",)
