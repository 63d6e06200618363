"""Margin events: at the top of a light detector, or scatter that is not above zero."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.preparing.event_kinds import KindThreshold, Step
from macroimmune.cytometry.preparing.measured_scale import transformed

__all__ = ["margin_events", "measured_top"]

# Compensation moves what stands at the top of a detector; assumed.
_COMPENSATED_TOP = 0.98
# Above this share the bright cells of a marker stand at the top: taking them out would lose them.
_LARGEST_SHARE = 0.02
# So many events that are equal to the highest are a pile at a top below $PnR.
_PILE, _PILE_SHARE = 10, 5e-4
_NAMED = 6


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
    n_left = max(int(np.count_nonzero(is_left)), 1)
    thresholds, remarks = [], []
    for column, channel in enumerate(events.panel.channels):
        if channel.role in {"time", "event_length"}:
            continue
        top = measured_top(events, column)
        at_end = events.values[:, column] >= top
        if channel.role == "scatter":
            at_end |= events.values[:, column] <= 0
        at_end &= is_left
        share = np.count_nonzero(at_end) / n_left
        if share > _LARGEST_SHARE:
            remarks.append(
                f"{channel.channel}: {100 * share:.1f} % of events at the end of the detector; "
                "they are kept, for bright cells are among them; measure at a lower voltage"
            )
        elif share:
            is_margin |= at_end
            thresholds.append(KindThreshold(EventKind.MARGIN, channel.channel, top))
    told = f"margin: {int(is_margin.sum())} events at the end of a detector"
    if thresholds:
        told += f" ({', '.join(item.of for item in thresholds[:_NAMED])})"
    return Step(EventKind.MARGIN, is_margin, told, tuple(thresholds), tuple(remarks))


def measured_top(events: Events, column: int) -> float:
    """Return the value, as transformed, from which an event stands at the top of a detector.

    Infinite where there is none. Of compensated channels the pile of equal values is gone.
    """
    values, limit = events.values[:, column], events.ranges[column]
    transform = events.transforms[column]
    is_moved = events.is_compensated and transform.kind != "linear"
    tops = []
    if limit > 1:
        tops.append(transformed((limit - 1) * (_COMPENSATED_TOP if is_moved else 1.0), transform))
    highest = np.max(values, initial=-np.inf, where=np.isfinite(values))
    n_equal = np.count_nonzero(values == highest)
    if not is_moved and n_equal >= max(_PILE, _PILE_SHARE * len(values)):
        tops.append(float(highest))
    return min((top for top in tops if np.isfinite(top)), default=np.inf)
