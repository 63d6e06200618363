"""The statistic along the cuts of a biomarker, the best cut with its interval, the threshold."""

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks, log_ticks
from macroimmune.report.curves import Line
from macroimmune.report.effect_figure import value_label, value_scale
from macroimmune.report.numbers import count, finite, p_words, significant
from macroimmune.report.source import Row
from macroimmune.report.svg import Figure, dots, line, path, polyline, text

__all__ = ["cut_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 92, 930, 78, 448, 960
_ROOM = 1.12


def cut_figure(
    name: str, curve: Line, row: Row, *, outcome: str, subject: str, unit: str
) -> Figure:
    """Return the figure of one searched feature and endpoint.

    Parameters
    ----------
    name : str
        Stem of its file name.
    curve : Line
        x candidate cuts, y absolute standardised statistic, n participants up to the cut.
    row : mapping
        Its row of the table `cut_points`.
    outcome, subject, unit : str
        Endpoint in words, the feature, its unit.

    Notes
    -----
    Convention: the band is the part of the candidate cuts that holds 95 % of the best cuts of
    resamples; the dashed line is what a search where nothing is there exceeds in 5 %.
    """
    threshold, best = finite(row["statistic_threshold"]), finite(row["cut"])
    highest = max(float(curve.y.max()), threshold or 0.0) * _ROOM or 1.0
    up, across = Scale(0.0, highest, _BOTTOM, _TOP), value_scale(curve.x, _LEFT, _RIGHT)
    y_ticks = linear_ticks(0.0, highest)
    x_ticks = (log_ticks if across.is_log else linear_ticks)(across.low, across.high)
    statistic = "Log-rank statistic" if row["effect"] == "hazard_ratio" else "Root of chi-squared"
    parts = [
        left_axis(up, _LEFT, y_ticks, tuple(significant(v) for v in y_ticks), statistic),
        bottom_axis(
            across,
            _BOTTOM,
            x_ticks,
            tuple(significant(v) for v in x_ticks),
            f"Cut, {value_label(subject, unit)}",
        ),
        text(_RIGHT, 24, f"{p_words('p', row['p_value'])}, adjusted for the search", "t e"),
        _interval(row, across),
        path(polyline(across(curve.x), up(curve.y)), "k0"),
    ]
    if threshold is not None:
        y = up.at(threshold)
        parts += [
            line(_LEFT, y, _RIGHT, y, "ref"),
            text(_RIGHT, y - 10, "threshold adjusted for the search", "t s e"),
        ]
    if best is not None:
        x, y = across.at(best), up.at(float(row["statistic"]))
        parts += [line(x, _BOTTOM, x, y, "hair"), path(dots([x], [y]), "best")]
        parts.append(_label(x, f"best cut {significant(best)}"))
    return Figure(
        name=name,
        kind="cut",
        title=f"Search for a cut of {subject}: {outcome}",
        description=(
            f"Standardised statistic of up to against above each cut, {count(row['n_low'])} up to "
            f"and {count(row['n_high'])} above the best; the band holds the best cut in 95 % of "
            f"resamples; dashed, what 5 % of searches exceed where nothing is there; values in "
            f"{unit}."
        ),
        width=_WIDTH,
        height=_BOTTOM + 92,
        body="".join(parts),
    )


def _interval(row: Row, across: Scale) -> str:
    """Return the band of the best cuts of resamples, nothing where there is none."""
    low, high = finite(row["cut_ci_low"]), finite(row["cut_ci_high"])
    if low is None or high is None:
        return ""
    # A band of one value is still to be seen.
    left, right = across.at(low) - 2, across.at(high) + 2
    return path(f"M{left:.0f} {_BOTTOM}V{_TOP}H{right:.0f}V{_BOTTOM}z", "b0")


def _label(x: float, words: str) -> str:
    """Return the name of the best cut above the curve, inside the figure at either edge."""
    middle = (_LEFT + _RIGHT) / 2
    near_edge = abs(x - middle) > 0.75 * (middle - _LEFT)
    look = "t l m" if not near_edge else "t l e" if x > middle else "t l"
    return text(x, _TOP - 12, words, look)
