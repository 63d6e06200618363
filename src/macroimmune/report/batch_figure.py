"""Every lineage marker in every batch, before and after alignment, beside each other."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from macroimmune.report.axes import Scale, bottom_axis, linear_ticks
from macroimmune.report.numbers import plural, significant
from macroimmune.report.svg import Figure, line, path, polyline, shorten, text

__all__ = ["batch_figure"]

_LABELS, _PANE, _GAP, _NUMBERS = 200, 500, 40, 320
_ROW, _INSIDE, _LEGEND, _HEAD = 104, 88, 44, 76
_LOOKS = 6
_LEGEND_WIDTH, _LEGEND_CHARACTERS = 230, 13
_STEPS = ("before", "after")


def batch_figure(name: str, densities: pl.DataFrame, effects: pl.DataFrame) -> Figure:
    """Return one row for each marker: its batches over each other, and how far they lie apart.

    Parameters
    ----------
    name : str
        Stem of its file name.
    densities : polars DataFrame
        Rows of `batch_densities` of one panel and one `measured_on`; at least one.
    effects : polars DataFrame
        Rows of `batch_effects` of the same.

    Notes
    -----
    Convention: markers whose batches lie furthest apart come first. Heights are square roots of
    the density, so that small populations show; each marker's highest is its row's. Up to six
    batches have a colour and a dash each, more are thin lines alike.
    """
    batches = densities["batch"].unique().sort().to_list()
    steps = [step for step in _STEPS if step in set(densities["step"])]
    apart = _apart(effects, steps)
    antigens = sorted(
        densities["antigen"].unique().to_list(), key=lambda one: (-_first(apart, one), one)
    )
    per_line = 3 if len(steps) == 1 else _LOOKS
    legend = _legend(batches, per_line)
    top = _HEAD + _LEGEND * max(1, -(-len(batches) // per_line) if len(batches) <= _LOOKS else 1)
    panes = [_LABELS + place * (_PANE + _GAP) for place in range(len(steps))]
    low, high = float(densities["x"].min()), float(densities["x"].max())  # type: ignore[arg-type]
    scales = [Scale(low, high, left, left + _PANE) for left in panes]
    by_row = densities.partition_by("antigen", as_dict=True)
    rows = [
        _row(top + place * _ROW, one, by_row[one,], batches, dict(zip(steps, scales, strict=True)))
        + _numbers(top + place * _ROW, panes[-1] + _PANE + 24, apart.get(one, {}), steps)
        for place, one in enumerate(antigens)
    ]
    bottom = top + _ROW * len(antigens)
    ticks = linear_ticks(low, high, 6)
    labels = tuple(significant(tick) for tick in ticks)
    axes = [bottom_axis(scale, bottom + 4, ticks, labels, "transformed scale") for scale in scales]
    return Figure(
        name=name,
        kind="batches",
        title=f"Batches of panel {densities['panel'][0]}: {' and '.join(steps)} alignment"
        if len(steps) > 1
        else f"Batches of panel {densities['panel'][0]}, not aligned",
        description=_described(densities, effects, antigens, apart, steps),
        width=panes[-1] + _PANE + 24 + _NUMBERS,
        height=bottom + 96,
        body=legend + _heads(panes, steps, top) + "".join(rows) + "".join(axes),
    )


def _apart(
    effects: pl.DataFrame, steps: Sequence[str]
) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """Return distances between and within batches by marker and step; None where not measured."""
    found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    columns = ("antigen", "step", "distance", "null_distance")
    for antigen, step, between, within in effects.select(columns).iter_rows():
        if step in steps:
            found.setdefault(antigen, {})[step] = (_known(between), _known(within))
    return found


def _known(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _first(
    apart: Mapping[str, Mapping[str, tuple[float | None, float | None]]], antigen: str
) -> float:
    return apart.get(antigen, {}).get("before", (None, None))[0] or 0.0


def _look(place: int, batches: Sequence[str]) -> str:
    return f"k{place}" if len(batches) <= _LOOKS else "hair"


def _legend(batches: Sequence[str], per_line: int) -> str:
    if len(batches) > _LOOKS:
        return text(0, 30, f"{len(batches)} batches, one line each", "t")
    places = [divmod(place, per_line) for place in range(len(batches))]
    return "".join(
        line(column * _LEGEND_WIDTH, y - 8, column * _LEGEND_WIDTH + 56, y - 8, f"k{place}")
        + text(column * _LEGEND_WIDTH + 66, y, shorten(batch, _LEGEND_CHARACTERS), f"t n{place}")
        for place, (batch, (row, column)) in enumerate(zip(batches, places, strict=True))
        for y in [30 + row * _LEGEND]
    )


def _heads(panes: Sequence[int], steps: Sequence[str], top: int) -> str:
    words = {"before": "Before alignment", "after": "After alignment"}
    heads = "".join(
        text(left, top - 18, words[step] if len(steps) > 1 else "Not aligned", "t l bold")
        for left, step in zip(panes, steps, strict=True)
    )
    x = panes[-1] + _PANE + 24
    return (
        heads
        + text(x, top - 46, "Distance of batches", "t l")
        + text(x, top - 18, "(of files of one batch)", "t")
    )


def _row(
    top: float,
    antigen: str,
    rows: pl.DataFrame,
    batches: Sequence[str],
    scales: Mapping[str, Scale],
) -> str:
    up = Scale(
        0.0, float(np.sqrt(rows["density"].to_numpy().max())), top + _ROW, top + _ROW - _INSIDE
    )
    parts = [text(_LABELS - 20, top + _ROW - 12, shorten(antigen, 14), "t l e")]
    curves = rows.partition_by("step", "batch", as_dict=True)
    for step, across in scales.items():
        parts.append(line(across.start, top + _ROW, across.end, top + _ROW, "ax"))
        for place, batch in enumerate(batches):
            curve = curves.get((step, batch))
            if curve is not None:
                x, y = curve["x"].to_numpy(), np.sqrt(curve["density"].to_numpy())
                parts.append(path(polyline(across(x), up(y)), _look(place, batches), batch))
    return "".join(parts)


def _numbers(
    top: float,
    x: float,
    apart: Mapping[str, tuple[float | None, float | None]],
    steps: Sequence[str],
) -> str:
    between = _between(apart, steps, " → ")
    within = apart.get("before", (None, None))[1]
    # Files of one batch are told once: alignment moves them together.
    return text(x, top + _ROW - 40, between, "t l") + text(
        x, top + _ROW - 12, f"({_figure(within)})", "t"
    )


def _between(
    apart: Mapping[str, tuple[float | None, float | None]], steps: Sequence[str], word: str
) -> str:
    return word.join(_figure(apart.get(step, (None, None))[0]) for step in steps)


def _figure(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _described(
    densities: pl.DataFrame,
    effects: pl.DataFrame,
    antigens: Sequence[str],
    apart: Mapping[str, Mapping[str, tuple[float | None, float | None]]],
    steps: Sequence[str],
) -> str:
    files = int(effects["n_files"].max() or 0)  # type: ignore[arg-type]
    each = "; ".join(f"{one} {_between(apart.get(one, {}), steps, ' to ')}" for one in antigens)
    return (
        f"Square root of the density of {plural(len(antigens), 'lineage marker')} in "
        f"{plural(densities['batch'].n_unique(), 'batch', 'batches')}, on the transformed scale, "
        f"measured on {densities['measured_on'][0]} (n = {files}). Mean earth mover's distance "
        f"between batches, {' and '.join(steps)}: {each}."
    )
