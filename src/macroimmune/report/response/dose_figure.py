"""Level of a marker by dose of the stimulus: values, fitted curves, half-maximal doses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, left_axis, linear_ticks, power_of_ten
from macroimmune.report.numbers import significant
from macroimmune.report.svg import Figure, dots, line, path, polyline, shorten, text

__all__ = ["DoseCurve", "DoseSeries", "dose_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 110, 930, 60, 440, 960
_LEGEND_ROW, _LONGEST = 40, 60
_LOOKS = 7
# Of the smallest dose: where values without the stimulus stand on the axis.
_ZERO = 1 / 3


@dataclass(frozen=True, slots=True, eq=False)
class DoseCurve:
    """Levels in the order of dose, both float arrays of shape (points of the curve,)."""

    dose: NDArray[np.float64]
    level: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DoseSeries:
    """One series of doses.

    Parameters
    ----------
    label : str
        Of the stimulus; series of one label share a colour.
    dose, value : float array, shape (values,)
        Dose 0 is without the stimulus.
    curve : DoseCurve or None
        None where nothing was fitted.
    ec50 : float or None
    plates : tuple of DoseCurve
        The fit of each plate, drawn thin.
    """

    label: str
    dose: NDArray[np.float64]
    value: NDArray[np.float64]
    curve: DoseCurve | None
    ec50: float | None
    plates: tuple[DoseCurve, ...] = ()


def dose_figure(
    name: str, series: Sequence[DoseSeries], *, title: str, unit: str, dose_unit: str
) -> Figure:
    """Return all series on one logarithmic axis of doses.

    Parameters
    ----------
    name : str
        Stem of its file name.
    series : sequence of DoseSeries
        With more than seven labels, all look alike and the legend counts them.
    title, unit, dose_unit : str
        Units of the level and of the dose; either may be empty.

    Notes
    -----
    Convention: values without the stimulus stand left of the smallest dose, under "0". A mark on
    the axis is the EC50 of its series, where there is one; thin lines are fits of single plates.
    """
    across, is_zero = _across(series)
    curves = [one for each in series for one in (*each.plates, each.curve) if one is not None]
    values = np.concatenate([*(one.value for one in series), *(one.level for one in curves)])
    low, high = float(values.min()), float(values.max())
    room = 0.05 * ((high - low) or 1.0)
    up = Scale(low - room, high + room, _BOTTOM, _TOP)
    ticks = linear_ticks(up.low, up.high)
    labels = list(dict.fromkeys(one.label for one in series))
    legend = labels if len(labels) <= _LOOKS else [f"{len(labels)} stimuli"]
    looks = {label: place if len(labels) <= _LOOKS else _LOOKS - 1 for place, label in
             enumerate(labels)}  # fmt: skip
    parts = [
        left_axis(up, _LEFT, ticks, tuple(significant(t) for t in ticks), unit or "level"),
        _dose_axis(across, dose_unit, is_zero=is_zero),
        *(_series(one, looks[one.label], across, up) for one in series),
        *(
            line(_LEFT, y - 8, _LEFT + 50, y - 8, f"k{place}")
            + text(_LEFT + 64, y, shorten(label, _LONGEST), f"t s n{place}")
            for place, label in enumerate(legend)
            for y in [_BOTTOM + 120 + _LEGEND_ROW * place]
        ),
    ]
    return Figure(
        name=name,
        kind="dose",
        title=title,
        description=f"{unit or 'level'} by dose{f', {dose_unit}' if dose_unit else ''}: "
        + "; ".join(_said(one, dose_unit) for one in series[:_LOOKS])
        + ".",
        width=_WIDTH,
        height=_BOTTOM + 110 + _LEGEND_ROW * len(legend),
        body="".join(parts),
    )


def _across(series: Sequence[DoseSeries]) -> tuple[Scale, bool]:
    doses = np.concatenate([one.dose for one in series])
    given = doses[doses > 0]
    is_zero = bool((doses <= 0).any())
    low, high = (float(given.min()), float(given.max())) if given.size else (1.0, 10.0)
    start = low * _ZERO if is_zero else low
    end = high * 1.05 if high > start else start * 10.0
    return Scale(start, end, _LEFT, _RIGHT, is_log=True), is_zero


def _dose_axis(across: Scale, unit: str, *, is_zero: bool) -> str:
    first = across.low / _ZERO if is_zero else across.low
    powers = range(int(np.floor(np.log10(first))), int(np.ceil(np.log10(across.high))) + 1)
    ticks = [10.0**k for k in powers if first * 0.999 <= 10.0**k <= across.high * 1.001]
    ticks = ticks[:: -(-len(ticks) // 7)] if ticks else [first, across.high]
    places = [(across.at(tick), power_of_ten(tick)) for tick in ticks]
    if is_zero:
        places.insert(0, (across.at(across.low), "0"))
    y = _BOTTOM + 4
    break_ = (across.at(across.low) + across.at(first)) / 2
    marks = "".join(f"M{x:.0f} {y}v8" for x, _ in places)
    cut = f"M{break_ - 6:.0f} {y + 8}l6 -16M{break_ + 4:.0f} {y + 8}l6 -16" if is_zero else ""
    return (
        path(f"M{_LEFT} {y}H{_RIGHT}{marks}{cut}", "ax")
        + "".join(text(x, y + 34, words, "t m") for x, words in places)
        + text((_LEFT + _RIGHT) / 2, y + 68, f"dose, {unit}" if unit else "dose", "t m l")
    )


def _series(one: DoseSeries, look: int, across: Scale, up: Scale) -> str:
    parts = [path(dots(across(one.dose), up(one.value)), f"d{look} big")]
    parts.extend(_line(curve, f"k{look} plate", across, up) for curve in one.plates)
    if one.curve is not None:
        parts.append(_line(one.curve, f"k{look}", across, up))
    if one.ec50 is not None and across.low <= one.ec50 <= across.high:
        x = across.at(one.ec50)
        parts.append(path(f"M{x:.0f} {_BOTTOM + 4:.0f}v-26", f"k{look} solid"))
    return "".join(parts)


def _line(curve: DoseCurve, look: str, across: Scale, up: Scale) -> str:
    """Return a curve; between no dose and the smallest one the axis is broken, and so is it."""
    given = curve.dose > 0
    parts = [
        path(f"M{across.start:.0f} {up.at(level):.0f}h30", look)
        for level in curve.level[~given].tolist()
    ]
    if given.any():
        commands = polyline(across(curve.dose[given]), up(curve.level[given]))
        parts.append(path(commands, look))
    return "".join(parts)


def _said(one: DoseSeries, unit: str) -> str:
    half = "no EC50" if one.ec50 is None else f"EC50 {significant(one.ec50)} {unit}".rstrip()
    return f"{one.label}, {half}"
