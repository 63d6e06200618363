"""Ribbons: shares of followed clones stacked at each draw, joined from draw to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, left_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, path, shorten, text

__all__ = ["RIBBONS", "Ribbon", "ribbons_figure"]

# Colours that stay apart for all kinds of sight, and one grey for the rest.
RIBBONS = 8
_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 110, 930, 56, 500, 960
_BAR, _KEY_ROW = 36, 38


@dataclass(frozen=True, slots=True, eq=False)
class Ribbon:
    """One clone, or what is left of the followed ones.

    Parameters
    ----------
    label : str
    shares : float array, shape (draws,), percent
        0 where it was not seen.
    look : int
        Place of its colour; the last one, `RIBBONS`, is grey.
    """

    label: str
    shares: NDArray[np.float64]
    look: int


def ribbons_figure(
    name: str, ribbons: Sequence[Ribbon], draws: Sequence[str], *, title: str, unit: str
) -> Figure:
    """Return the ribbons, the first at the bottom, over draws at equal distances.

    Parameters
    ----------
    name : str
        Stem of its file name.
    ribbons : sequence of Ribbon
        At least one share above zero among them.
    draws : sequence of str
        At least one.
    title, unit : str

    Notes
    -----
    Convention: bars are draws and true to scale; between them ribbons only join the bars.
    """
    shares = np.array([one.shares for one in ribbons])
    ends = np.vstack([np.zeros(shares.shape[1]), np.cumsum(shares, axis=0)])
    up = Scale(0.0, 1.05 * float(ends[-1].max()), _BOTTOM, _TOP)
    places = _places(len(draws))
    ticks = linear_ticks(0.0, up.high)
    parts = [
        *(_flows(up(ends[k]), up(ends[k + 1]), places, one) for k, one in enumerate(ribbons)),
        *(_bars(up(ends[k]), up(ends[k + 1]), places, one) for k, one in enumerate(ribbons)),
        left_axis(up, _LEFT, ticks, tuple(significant(tick) for tick in ticks), unit),
        path(f"M{_LEFT} {_BOTTOM}H{_RIGHT}", "ax"),
        *(text(x, _BOTTOM + 36, words, "t s m l") for x, words in zip(places, draws, strict=True)),
        *_key(ribbons, shares),
    ]
    return Figure(
        name=name,
        kind="ribbons",
        title=title,
        description=f"{plural(len(ribbons), 'ribbon')} over {plural(len(draws), 'draw')}: shares "
        f"in {unit}, stacked; together {significant(float(ends[-1][0]))} at the first draw and "
        f"{significant(float(ends[-1][-1]))} at the last.",
        width=_WIDTH,
        height=_BOTTOM + 76 + _KEY_ROW * len(ribbons),
        body="".join(parts),
    )


def _places(n: int) -> list[float]:
    if n == 1:
        return [(_LEFT + _RIGHT) / 2]
    room = (_RIGHT - _LEFT - 120) / (n - 1)
    return [_LEFT + 60 + room * k for k in range(n)]


def _flows(
    low: NDArray[np.float64], high: NDArray[np.float64], places: list[float], one: Ribbon
) -> str:
    half = _BAR / 2
    commands = ""
    for k in range(len(places) - 1):
        if one.shares[k] <= 0 and one.shares[k + 1] <= 0:
            continue
        start, end = places[k] + half, places[k + 1] - half
        middle = (start + end) / 2
        commands += (
            f"M{start:.0f} {low[k]:.1f}C{middle:.0f} {low[k]:.1f} {middle:.0f} {low[k + 1]:.1f} "
            f"{end:.0f} {low[k + 1]:.1f}V{high[k + 1]:.1f}C{middle:.0f} {high[k + 1]:.1f} "
            f"{middle:.0f} {high[k]:.1f} {start:.0f} {high[k]:.1f}z"
        )
    return path(commands, f"r{one.look} flow") if commands else ""


def _bars(
    low: NDArray[np.float64], high: NDArray[np.float64], places: list[float], one: Ribbon
) -> str:
    commands = "".join(
        f"M{x - _BAR / 2:.0f} {bottom:.1f}h{_BAR}V{top:.1f}h{-_BAR}z"
        for x, bottom, top, share in zip(
            places, low.tolist(), high.tolist(), one.shares.tolist(), strict=True
        )
        if share > 0
    )
    return path(commands, f"r{one.look} stack", one.label) if commands else ""


def _key(ribbons: Sequence[Ribbon], shares: NDArray[np.float64]) -> list[str]:
    """Return the clones from the top of the stack down, with their first and last share."""
    parts = []
    for row, k in enumerate(reversed(range(len(ribbons)))):
        y = _BOTTOM + 88 + _KEY_ROW * row
        first, last = (significant(float(shares[k, at])) for at in (0, -1))
        parts.append(path(f"M{_LEFT} {y - 20}h34v24h-34z", f"r{ribbons[k].look}"))
        parts.append(text(_LEFT + 50, y, shorten(ribbons[k].label, 46), "t s l"))
        parts.append(text(_RIGHT, y, f"{first} → {last}", "t s e"))
    return parts
