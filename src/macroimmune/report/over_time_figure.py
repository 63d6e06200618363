"""The hazard ratio of a biomarker over time, with its 95 % band."""

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, follow_up_ticks, left_axis, log_ticks
from macroimmune.report.curves import Line
from macroimmune.report.numbers import count, p_words, ratio, significant
from macroimmune.report.svg import Figure, band, line, path, polyline, text

__all__ = ["over_time_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 92, 930, 48, 448, 960
# Beyond these a band says only that the data say nothing; the axis stops there.
_FARTHEST = 16.0


def over_time_figure(
    name: str,
    curve: Line,
    *,
    outcome: str,
    subject: str,
    scale: str,
    landmark_days: float | None,
    average: float | None,
    p_value: float | None,
) -> Figure:
    """Return the figure of one feature and survival endpoint.

    Parameters
    ----------
    name : str
        Stem of its file name.
    curve : Line
        x days, y hazard ratio, ci pointwise 95 %, n at risk.
    outcome, subject, scale : str
        Endpoint in words, the feature, and what one unit of the effect is.
    landmark_days : float or None
        Day from which follow-up counts.
    average : float or None
        The one hazard ratio of the Cox model, drawn as a dashed line.
    p_value : float or None
        Of the test of proportional hazards; written into the figure.

    Notes
    -----
    Convention: the y axis is logarithmic and ends at 1/16 and 16 at most. The curve runs from the
    first to the last event.
    """
    low = np.where(np.isfinite(curve.ci_low), curve.ci_low, curve.y)
    high = np.where(np.isfinite(curve.ci_high), curve.ci_high, curve.y)
    bottom = max(min(float(low.min()), 0.5), 1 / _FARTHEST)
    top = min(max(float(high.max()), 2.0), _FARTHEST)
    last = float(curve.x.max())
    up = Scale(bottom, top, _BOTTOM, _TOP, is_log=True)
    across = Scale(0.0, last or 1.0, _LEFT, _RIGHT)
    y_ticks = log_ticks(bottom, top, at_most=6)
    days, labels, unit = follow_up_ticks(last or 1.0)
    origin = "of follow-up" if landmark_days is None else f"after day {landmark_days:g}"
    parts = [
        left_axis(
            up,
            _LEFT,
            y_ticks,
            tuple(significant(v) for v in y_ticks),
            f"Hazard ratio {scale}",
        ),
        bottom_axis(across, _BOTTOM, days, labels, f"{unit.capitalize()} {origin}"),
        line(_LEFT, up.at(1), _RIGHT, up.at(1), "ref"),
        path(band(across(curve.x), up(low), up(high)), "b0"),
        path(polyline(across(curve.x), up(curve.y)), "k0"),
    ]
    if average is not None:
        parts.append(path(f"M{_LEFT} {up.at(average):.0f}H{_RIGHT}", "k1"))
    if p_value is not None:
        parts.append(text(_RIGHT, 24, f"Proportional hazards {p_words('p', p_value)}", "t e"))
    said = "" if average is None else f" Dashed: the one ratio of the model, {ratio(average)}."
    return Figure(
        name=name,
        kind="over-time",
        title=f"Hazard ratio of {outcome} for {subject} over time",
        description=(
            f"Smoothed scaled Schoenfeld residuals with pointwise 95 % band, {scale}; "
            f"{count(curve.n[0])} at risk at the first event, {count(curve.n[-1])} at the "
            f"last; time in {unit}.{said}"
        ),
        width=_WIDTH,
        height=_BOTTOM + 92,
        body="".join(parts),
    )
