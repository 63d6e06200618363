"""Margin events: at the top of a light detector, or scatter that is not above zero."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events, Transform
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step

__all__ = ["margin_events", "measured_top"]

# Compensation moves what stands at the top of a detector; assumed.
_COMPENSATED_TOP = 0.98
# Above this share the bright cells of a marker stand at the top: taking them out would lose them.
_LARGEST_SHARE = 0.02


def margin_events(events: Events, is_left: NDArray[np.bool_]) -> Step:
    """Return the events at the margin of a detector.

    Parameters
    ----------
    events : Events
    is_left : bool array, shape (events,)

    Returns
    -------
    step : Step

    Notes
    -----
    Convention: fluorescence only, for mass cytometers count. The top of a detector is $PnR less
    one, or a lower value at which many events stand that are all equal. A channel with more than
    2 % of its events there keeps them, and a remark says so.
    """
    is_margin = np.zeros(len(is_left), np.bool_)
    if events.technology == "mass":
        return Step(
            EventKind.MARGIN, is_margin, "margin: mass cytometers count, no detector has a top"
        )
    thresholds, remarks = [], []
    for column, channel in enumerate(events.panel.channels):
        if channel.role in {"time", "event_length"}:
            continue
        values = events.values[:, column]
        top = measured_top(events, column)
        at_end = values >= top
        if channel.role == "scatter":
            at_end |= values <= 0
        n_end = int(np.count_nonzero(at_end & is_left))
        if not n_end:
            continue
        if n_end > _LARGEST_SHARE * max(int(is_left.sum()), 1):
            share = 100 * n_end / max(int(is_left.sum()), 1)
            remarks.append(
                f"{channel.channel}: {share:.1f} % of events at the end of the detector; they are "
                "kept, bright cells among them; lower the voltage"
            )
            continue
        is_margin |= at_end & is_left
        thresholds.append(KindThreshold(EventKind.MARGIN, channel.channel, float(top)))
    n_margin = int(is_margin.sum())
    told = f"margin: {n_margin} events at the end of a detector"
    if thresholds:
        told += f" ({', '.join(item.of for item in thresholds[:6])})"
    return Step(EventKind.MARGIN, is_margin, told, tuple(thresholds), tuple(remarks))


def measured_top(events: Events, column: int) -> float:
    """Return the value, as transformed, from which an event stands at the top of a detector."""
    values, limit = events.values[:, column], events.ranges[column]
    transform = events.transforms[column]
    is_moved = events.is_compensated and transform.kind != "linear"
    tops = []
    if np.isfinite(limit) and limit > 1:
        tops.append(transformed((limit - 1) * (_COMPENSATED_TOP if is_moved else 1.0), transform))
    if not is_moved and len(values):
        highest = float(np.max(values))
        n_equal = int(np.count_nonzero(values == highest))
        if n_equal >= max(10, 5e-4 * len(values)):
            tops.append(highest)
    return min(tops, default=np.inf)


def transformed(value: float, transform: Transform) -> float:
    """Return a measured value on the scale of a channel; infinite where there is no formula."""
    if transform.kind == "linear":
        return value
    if transform.kind == "arcsinh":
        return float(np.arcsinh(value / transform.cofactor))
    return np.inf
