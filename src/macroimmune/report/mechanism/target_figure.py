"""Published quantities and the model's own, each as a ratio to what was published."""

from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.report.axes import Scale, bottom_axis, log_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["ComparedTarget", "target_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 1820, 800, 1340, 60, 42
_MOST = 20.0


@dataclass(frozen=True, slots=True)
class ComparedTarget:
    """One published quantity beside the model's.

    Parameters
    ----------
    meaning, unit, grade, source : str
    value, low, high : float
        As published, with the range that holds 95 %.
    model : float or None
        None where the model cannot be asked for it.
    """

    meaning: str
    unit: str
    grade: str
    source: str
    value: float
    low: float
    high: float
    model: float | None

    @property
    def is_within(self) -> bool:
        """Whether the model lies in the published range."""
        return self.model is not None and self.low <= self.model <= self.high


def target_figure(name: str, rows: Sequence[ComparedTarget]) -> Figure:
    """Return a line for each quantity, all above zero.

    Notes
    -----
    Convention: the bar is the published range, 1 its value, the disc the model: filled within the
    range, hollow outside. The axis ends at a ratio of 20; what lies beyond is drawn at its end.
    """
    ratios = [end / row.value for row in rows for end in (row.low, row.high, row.model) if end]
    far = min(max([2.0, *(max(ratio, 1 / ratio) * 1.1 for ratio in ratios)]), _MOST)
    across = Scale(1 / far, far, _LEFT, _RIGHT, is_log=True)
    bottom = _TOP + _ROW * len(rows) + 8
    ticks = log_ticks(across.low, across.high)
    one = across.at(1.0)
    within = sum(row.is_within for row in rows)
    parts = [
        text(_RIGHT + 40, 30, "model (published, 95 %)", "t bold"),
        line(one, _TOP, one, bottom, "ref"),
        *(_row(k, row, across) for k, row in enumerate(rows)),
        bottom_axis(across, bottom, ticks, tuple(map(significant, ticks)), "model / published"),
    ]
    return Figure(
        name=name,
        kind="targets wide",
        title="Published quantities and the model's",
        description=f"{plural(len(rows), 'quantity', 'quantities')}; {within} within the published "
        "range.",
        width=_WIDTH,
        height=bottom + 86,
        body="".join(parts),
    )


def _row(k: int, row: ComparedTarget, across: Scale) -> str:
    y = _TOP + _ROW * k + _ROW / 2
    low, high = across.at(row.low / row.value), across.at(row.high / row.value)
    unit = "" if row.unit == "1" else f", {row.unit}"
    said = f"{significant(row.value)}, {significant(row.low)} to {significant(row.high)}"
    parts = [
        text(_LEFT - 20, y + 8, shorten(row.meaning.split(";")[0] + unit, 62), "t s l e"),
        path(f"M{low:.0f} {y - 7:.0f}H{high:.0f}v14H{low:.0f}z", "e0"),
    ]
    if row.model is not None:
        x = across.at(row.model / row.value)
        disc = f"M{x - 8:.0f} {y:.0f}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z"
        parts.append(path(disc, "f0 ring" if not row.is_within else "f0", row.source))
    shown = significant(row.model) if row.model is not None else "–"
    parts.append(text(_RIGHT + 40, y + 8, f"{shown} ({said})", "t s l"))
    return "".join(parts)
