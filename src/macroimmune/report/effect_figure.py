"""The continuous effect of a biomarker: ratio against value, with its 95 % band."""

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks, log_ticks
from macroimmune.report.curves import Line
from macroimmune.report.numbers import p_words, significant
from macroimmune.report.svg import Figure, band, line, path, polyline, shorten, text

__all__ = ["effect_figure", "value_label", "value_scale"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 92, 930, 48, 448, 960
# Beyond these a band says only that the data say nothing; the axis stops there.
_FARTHEST = 16.0


def effect_figure(
    name: str,
    curve: Line,
    *,
    outcome: str,
    effect: str,
    subject: str,
    unit: str,
    n: str,
    nonlinearity_p_value: float | None,
) -> Figure:
    """Return the spline of one feature and endpoint.

    Parameters
    ----------
    name : str
        Stem of its file name.
    curve : Line
        x value of the feature, y ratio relative to the median, ci 95 %.
    outcome, effect, subject, unit, n : str
        Endpoint in words, "Hazard ratio" or "Odds ratio", the feature, its unit, and how many.
    nonlinearity_p_value : float or None
        Written into the figure where it is known.

    Notes
    -----
    Convention: both axes are logarithmic where the values are ratios (y) or span more than a
    factor of 20 (x). The y axis ends at 1/16 and 16 at most.
    """
    low = np.where(np.isfinite(curve.ci_low), curve.ci_low, curve.y)
    high = np.where(np.isfinite(curve.ci_high), curve.ci_high, curve.y)
    bottom = max(min(float(low.min()), 0.5), 1 / _FARTHEST)
    top = min(max(float(high.max()), 2.0), _FARTHEST)
    up = Scale(bottom, top, _BOTTOM, _TOP, is_log=True)
    across = value_scale(curve.x, _LEFT, _RIGHT)
    y_ticks = log_ticks(bottom, top, at_most=6)
    x_ticks = _value_ticks(across)
    x_label = value_label(subject, unit)
    said = f"Non-linearity {p_words('p', nonlinearity_p_value)}"
    parts = [
        left_axis(
            up,
            _LEFT,
            y_ticks,
            tuple(significant(v) for v in y_ticks),
            f"{effect} against the median",
        ),
        bottom_axis(across, _BOTTOM, x_ticks, tuple(significant(v) for v in x_ticks), x_label),
        line(_LEFT, up.at(1), _RIGHT, up.at(1), "ref"),
        path(band(across(curve.x), up(low), up(high)), "b0"),
        path(polyline(across(curve.x), up(curve.y)), "k0"),
    ]
    if nonlinearity_p_value is not None:
        parts.append(text(_RIGHT, 24, said, "t e"))
    return Figure(
        name=name,
        kind="effect",
        title=f"{effect} of {outcome} over the values of {subject}",
        description=f"Spline with 95 % band, relative to the median; {n}; values in {unit}.",
        width=_WIDTH,
        height=_BOTTOM + 92,
        body="".join(parts),
    )


def value_label(subject: str, unit: str) -> str:
    """Return the title of an axis of values: the feature and, unless it says it, its unit.

    Examples
    --------
    >>> value_label("serum IL-6", "pg/mL"), value_label("platelet to lymphocyte ratio", "ratio")
    ('serum IL-6, pg/mL', 'platelet to lymphocyte ratio')
    """
    name = shorten(subject, 48)
    return name if not unit or unit in subject else f"{name}, {unit}"


def value_scale(values: np.ndarray, start: float, end: float) -> Scale:
    """Return a scale for values of a feature: logarithmic where they span a factor over 20."""
    low, high = float(values.min()), float(values.max())
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return Scale(low, high, start, end, is_log=low > 0 and high / low > 20)


def _value_ticks(scale: Scale) -> tuple[float, ...]:
    chosen = log_ticks if scale.is_log else linear_ticks
    return chosen(scale.low, scale.high)
