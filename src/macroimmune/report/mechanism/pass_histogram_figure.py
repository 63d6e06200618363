"""How often each claim passes over draws of the parameters: a histogram of claims."""

from collections.abc import Sequence

import numpy as np

from macroimmune.report.axes import Scale, bottom_axis, left_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, text

__all__ = ["pass_histogram_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 960, 100, 900, 56, 400
_BINS = 10


def pass_histogram_figure(name: str, fractions: Sequence[float], n_draws: int) -> Figure:
    """Return the histogram.

    Parameters
    ----------
    name : str
        Stem of its file name.
    fractions : sequence of float, 0 to 1
        One for each claim.
    n_draws : int
        Of the parameters.
    """
    counts, edges = np.histogram(np.asarray(fractions, dtype=float), bins=_BINS, range=(0.0, 1.0))
    across = Scale(0.0, 1.0, _LEFT, _RIGHT)
    up = Scale(0.0, max(float(counts.max()), 1.0) * 1.05, _BOTTOM, _TOP)
    bars = "".join(
        path(
            f"M{across.at(low) + 2:.0f} {_BOTTOM}V{up.at(n):.0f}H{across.at(high) - 2:.0f}"
            f"V{_BOTTOM}z",
            "area",
            f"{low:.1f} to {high:.1f}: {plural(n, 'claim')}",
        )
        for n, low, high in zip(counts.tolist(), edges[:-1], edges[1:], strict=True)
        if n
    )
    median = float(np.median(fractions)) if len(fractions) else None
    ticks = linear_ticks(0.0, up.high, 5)
    parts = [
        bars,
        left_axis(up, _LEFT, ticks, tuple(significant(t) for t in ticks), "claims"),
        bottom_axis(
            across, _BOTTOM, (0.0, 0.25, 0.5, 0.75, 1.0), ("0", "0.25", "0.5", "0.75", "1"),
            f"share of {n_draws} draws in which the claim passes",
        ),
    ]  # fmt: skip
    if median is not None:
        x = across.at(median)
        parts.append(line(x, _TOP, x, _BOTTOM, "ref"))
        parts.append(text(x, _TOP - 8, f"median {median:.2f}", "t s m"))
    return Figure(
        name=name,
        kind="pass-histogram",
        title="How often claims pass over draws of the parameters",
        description=f"{plural(len(fractions), 'claim')}, {plural(n_draws, 'draw')}"
        + ("" if median is None else f"; median share of draws that pass {median:.2f}"),
        width=_WIDTH,
        height=_BOTTOM + 88,
        body="".join(parts),
    )
