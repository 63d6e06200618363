"""Shares of clusters or populations in two groups: each file a dot, medians as bars."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, log_ticks
from macroimmune.report.numbers import p_words, significant
from macroimmune.report.svg import Figure, dots, path, shorten, text

__all__ = ["AbundanceRow", "abundance_figure"]

_LEFT, _RIGHT, _WIDTH, _ROW, _TOP, _LANE = 770, 1540, 1820, 76, 70, 30
_LONGEST = 64
# The golden ratio spreads any number of dots evenly without drawing random numbers.
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class AbundanceRow:
    """One cluster or population.

    Parameters
    ----------
    label : str
    percents : tuple of tuple of float
        Of each group, the share of each file.
    p_value : float or None
    """

    label: str
    percents: tuple[tuple[float, ...], ...]
    p_value: float | None


def abundance_figure(
    name: str, rows: Sequence[AbundanceRow], groups: Sequence[str], *, title: str, axis: str
) -> Figure:
    """Return the rows from top to bottom, within each a lane per group.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of AbundanceRow
        At least one share above zero among them.
    groups : sequence of str
        At most seven.
    title, axis : str

    Notes
    -----
    Convention: logarithmic axis; shares below its left end, zero among them, are drawn there.
    """
    values = np.concatenate([np.array(one, float) for row in rows for one in row.percents])
    above = values[values > 0]
    low = 10.0 ** math.floor(math.log10(max(float(above.min()), 1e-3)))
    high = min(10.0 ** math.ceil(math.log10(float(above.max()) * 1.0001)), 100.0)
    across = Scale(min(low, high / 10), high, _LEFT, _RIGHT, is_log=True)
    height = max(_ROW, _LANE * len(groups) + 16)
    bottom = _TOP + height * len(rows)
    ticks = log_ticks(across.low, across.high)
    parts = [
        *(
            text(_LEFT + 320 * k, 34, shorten(f"● {group}", 24), f"t n{k}")
            for k, group in enumerate(groups)
        ),
        *(_row(_TOP + height * k, height, row, across) for k, row in enumerate(rows)),
        bottom_axis(across, bottom, ticks, tuple(significant(t) for t in ticks), axis),
    ]
    return Figure(
        name=name,
        kind="abundance",
        title=title,
        description=(
            f"{len(rows)} shares in the groups {', '.join(groups)}; dots are files, bars their "
            "medians, on a logarithmic axis of percent."
        ),
        width=_WIDTH,
        height=bottom + 92,
        body="".join(parts),
    )


def _row(top: float, height: float, row: AbundanceRow, across: Scale) -> str:
    parts = [
        path(f"M0 {top + height:.0f}H{_WIDTH}", "hair"),
        text(_LEFT - 30, top + height / 2 + 8, shorten(row.label, _LONGEST), "t s l e"),
        text(_RIGHT + 40, top + height / 2 + 8, p_words("p", row.p_value), "t s"),
    ]
    for place, percents in enumerate(row.percents):
        y = top + height * (place + 0.5) / len(row.percents)
        if not percents:
            continue
        jitter = ((np.arange(len(percents)) * _GOLDEN) % 1 - 0.5) * (_LANE - 12)
        middle = across.at(float(np.median(percents)))
        parts.append(path(dots(across(np.array(percents)), y + jitter), f"d{place}"))
        parts.append(path(f"M{middle:.0f} {y - 15:.0f}v30", "mid"))
    return "".join(parts)
