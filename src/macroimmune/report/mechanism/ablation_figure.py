"""What each part of the model is worth: groups of claims that are lost and gained without it."""

from collections.abc import Sequence

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.source import Row
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["ablation_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 960, 300, 800, 12, 54


def ablation_figure(name: str, rows: Sequence[Row]) -> Figure:
    """Return bars to the left for what is lost and to the right for what is gained.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of mapping
        Of the table `model_ablations`, those of all sections.
    """
    most = max([1, *(max(row["n_lost"], row["n_gained"]) for row in rows)])
    across = Scale(-1.05 * most, 1.05 * most, _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(rows) + 8
    ticks = linear_ticks(across.low, across.high, 5)
    zero = across.at(0.0)
    parts = [_row(k, row, across) for k, row in enumerate(rows)]
    parts += [
        line(zero, _TOP, zero, bottom, "ref"),
        bottom_axis(
            across, bottom, ticks, tuple(significant(abs(t)) for t in ticks),
            "groups lost (left) and gained (right)",
        ),
    ]  # fmt: skip
    return Figure(
        name=name,
        kind="ablation",
        title="Groups of claims lost and gained without a part of the model",
        description="; ".join(
            f"{row['ablation']}: {row['n_lost']} lost, {row['n_gained']} gained of "
            f"{plural(row['n_groups'], 'group')}"
            for row in rows
        ),
        width=_WIDTH,
        height=bottom + 86,
        body="".join(parts),
    )


def _row(k: int, row: Row, across: Scale) -> str:
    y, zero = _TOP + _ROW * k, across.at(0.0)
    lost, gained = across.at(-float(row["n_lost"])), across.at(float(row["n_gained"]))
    return (
        text(_LEFT - 20, y + 35, shorten(str(row["ablation"]), 24), "t l e")
        + path(f"M{zero:.0f} {y + 12}H{lost:.0f}v30H{zero:.0f}z", "g2")
        + path(f"M{zero:.0f} {y + 12}H{gained:.0f}v30H{zero:.0f}z", "g0")
        + text(_RIGHT + 14, y + 35, f"−{row['n_lost']}  +{row['n_gained']}", "t l")
    )
