"""The score of the model by section and kind, with what guessing reaches beside it."""

from collections.abc import Sequence

from macroimmune.report.axes import Scale
from macroimmune.report.numbers import finite, plural, significant
from macroimmune.report.source import Row
from macroimmune.report.svg import Figure, line, path, shorten, text

__all__ = ["score_figure"]

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 1820, 560, 1420, 66, 44
_CONSTANTS = (("always_up", "up"), ("always_down", "down"), ("always_unchanged", "none"))


def score_figure(name: str, rows: Sequence[Row], *, title: str) -> Figure:
    """Return a row for each set of groups.

    Parameters
    ----------
    name : str
        Stem of its file name.
    rows : sequence of mapping
        Of the table `model_scores`, in reading order; a scope that begins has its name above it.
    title : str

    Notes
    -----
    Convention: the disc is the score; the grey line goes from the mean of shuffled directions to
    their 99th percentile, its tick is the 95th; small marks are models for which everything
    rises, falls, or stays.
    """
    across = Scale(0.0, 100.0, _LEFT, _RIGHT)
    parts, y, before = [], float(_TOP), ""
    for row in rows:
        scope = _scope(row)
        if scope != before and scope:
            parts.append(text(0, y + 34, scope, "t l bold"))
            y += _ROW
        before = scope
        parts.append(_row(row, y, across))
        y += _ROW
    ticks = (0, 25, 50, 75, 100)
    grid = "".join(f"M{across.at(tick):.0f} {_TOP}V{y:.0f}" for tick in ticks)
    return Figure(
        name=name,
        kind="score wide",
        title=title,
        description="; ".join(_said(row) for row in rows),
        width=_WIDTH,
        height=round(y + 96),
        body=path(grid, "rule")
        + "".join(parts)
        + "".join(text(across.at(t), y + 32, str(t), "t m") for t in ticks)
        + text((_LEFT + _RIGHT) / 2, y + 68, "percent of groups of claims that pass", "t m l")
        + _key(),
    )


def _scope(row: Row) -> str:
    return {"section": "By section", "kind": "By kind"}.get(str(row["scope"]), "")


def _row(row: Row, y: float, across: Scale) -> str:
    middle = y + _ROW / 2
    parts = [text(_LEFT - 24, middle + 8, shorten(str(row["name"]), 40), "t l e")]
    mean, p95, p99 = (finite(row[f"permuted_{key}"]) for key in ("mean", "p95", "p99"))
    if mean is not None and p95 is not None and p99 is not None:
        parts.append(line(across.at(mean), middle, across.at(p99), middle, "guess"))
        parts.append(
            path(
                f"M{across.at(mean):.0f} {middle - 9:.0f}v18M{across.at(p95):.0f} "
                f"{middle - 7:.0f}v14M{across.at(p99):.0f} {middle - 9:.0f}v18",
                "ci",
                f"shuffled directions: mean {mean:.0f} %, 95th percentile {p95:.0f} %, "
                f"99th {p99:.0f} %",
            )
        )
    parts += [
        path(_mark(kind, across.at(value), middle), "const")
        for key, kind in _CONSTANTS
        if (value := finite(row[key])) is not None
    ]
    score = finite(row["score"])
    if score is not None:
        x = across.at(score)
        parts.append(path(f"M{x:.0f} {middle:.0f}h0", "point big", _said(row)))
        parts.append(text(_RIGHT + 30, middle + 8, f"{score:.0f} %", "t l bold"))
    parts.append(text(_RIGHT + 130, middle + 8, f"{row['n_passed']} of {row['n_groups']}", "t"))
    return "".join(parts)


def _mark(kind: str, x: float, y: float) -> str:
    return {
        "up": f"M{x - 7:.0f} {y + 6:.0f}l7 -12l7 12",
        "down": f"M{x - 7:.0f} {y - 6:.0f}l7 12l7 -12",
        "none": f"M{x - 7:.0f} {y:.0f}h14",
    }[kind]


def _key() -> str:
    x, y = 0.0, 22
    parts = []
    for kind, words in (
        ("point", "the model"), ("guess", "shuffled directions: mean, 95th, 99th percentile"),
        ("up", "everything rises"), ("down", "falls"), ("none", "stays"),
    ):  # fmt: skip
        if kind == "point":
            parts.append(path(f"M{x + 12:.0f} {y}h0", "point big"))
        elif kind == "guess":
            parts.append(line(x, y, x + 36, y, "guess"))
            parts.append(path(f"M{x:.0f} {y - 9}v18M{x + 26:.0f} {y - 7}v14M{x + 36:.0f} "
                              f"{y - 9}v18", "ci"))  # fmt: skip
        else:
            parts.append(path(_mark(kind, x + 12, y), "const"))
        lead = 50 if kind == "guess" else 32
        parts.append(text(x + lead, y + 8, words, "t s"))
        x += lead + 11.4 * len(words) + 34
    return "".join(parts)


def _said(row: Row) -> str:
    return (
        f"{row['name']}: {row['n_passed']} of {plural(row['n_groups'], 'group')} "
        f"({significant(finite(row['score']))} %)"
    )
