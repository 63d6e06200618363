"""One quantity at one day under each scenario, as a ratio to the comparator: bars from one."""

from collections.abc import Sequence

from macroimmune.report.axes import Scale, bottom_axis, log_ticks
from macroimmune.report.mechanism.change import Change
from macroimmune.report.mechanism.model_run import letter
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["change_bars_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 960, 400, 800, 12, 50
_LEAST, _MOST = 0.001, 1000.0


def change_bars_figure(
    name: str, rows: Sequence[tuple[int, str, Change]], *, title: str, axis: str
) -> Figure:
    """Return the bars.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of (place, name, change)
        Of each scenario but the comparator; place is that of its letter.
    title, axis : str

    Notes
    -----
    Convention: logarithmic axis around 1; what is gone or new has a bar to the end of the axis and
    the word beside it.
    """
    ratios = [change.ratio for _, _, change in rows if change.ratio is not None]
    far = max([2.0, *(max(ratio, 1 / ratio) * 1.15 for ratio in ratios)])
    far = min(far, _MOST)
    across = Scale(1 / far, far, _LEFT, _RIGHT, is_log=True)
    bottom = _TOP + _ROW * len(rows) + 8
    ticks = log_ticks(across.low, across.high, 5)
    one = across.at(1.0)
    parts = [
        *(_row(k, row, across) for k, row in enumerate(rows)),
        line(one, _TOP, one, bottom, "ref"),
        bottom_axis(across, bottom, ticks, tuple(map(significant, ticks)), axis),
    ]
    return Figure(
        name=name,
        kind="change-bars",
        title=title,
        description=f"{plural(len(rows), 'scenario')}: "
        + "; ".join(f"{name} {change.words}" for _, name, change in rows),
        width=_WIDTH,
        height=bottom + 86,
        body="".join(parts),
    )


def _row(k: int, row: tuple[int, str, Change], across: Scale) -> str:
    place, name, change = row
    y = _TOP + _ROW * k
    end = across.at(change.ratio if change.ratio is not None else _end_of(change, across))
    one = across.at(1.0)
    return (
        text(0, y + 33, letter(place), f"t bold n{place % 7}")
        + text(32, y + 33, shorten(name, 26), "t l")
        + path(f"M{one:.0f} {y + 10}H{end:.0f}v{_ROW - 20}H{one:.0f}z", f"cell {change.look}")
        + text(_RIGHT + 20, y + 33, change.words, "t l bold" if change.step else "t")
    )


def _end_of(change: Change, across: Scale) -> float:
    return {-4: across.low, 4: across.high}.get(change.step, 1.0)
