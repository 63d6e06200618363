"""What the events of each file are: cells, dead cells, doublets, debris, beads and the rest."""

from collections.abc import Mapping, Sequence

from macroimmune.report.axes import Scale, bottom_axis
from macroimmune.report.numbers import plural
from macroimmune.report.svg import Figure, path, shorten_middle, text

__all__ = ["EVENT_KINDS", "event_kinds_figure"]

# Column of the table of quality, name for people, class of its bar.
EVENT_KINDS = (
    ("cell_percent", "live single cells", "e0"),
    ("dead_percent", "dead", "e1"),
    ("doublet_percent", "doublets", "e2"),
    ("debris_percent", "debris", "e3"),
    ("bead_percent", "beads", "e4"),
    ("margin_percent", "end of detector", "e5"),
    ("unstable_percent", "unstable time", "e6"),
)
_RIGHT, _WIDTH, _ROW, _TOP, _GAP = 1180, 1380, 40, 100, 16
# Of a file name; a letter of a wide font, as capitals are, takes so many units.
_LONGEST, _LETTER = 36, 15


def event_kinds_figure(
    name: str, files: Sequence[tuple[str, int, Mapping[str, float]]], more: int
) -> Figure:
    """Return a bar per file, divided by what its events are.

    Parameters
    ----------
    name : str
        Stem of its file name.
    files : sequence of (file name, number of events, percent by column of `EVENT_KINDS`)
    more : int
        Files that are not drawn.
    """
    labels = [shorten_middle(one[0], _LONGEST) for one in files]
    across = Scale(0.0, 100.0, 2 * _GAP + _LETTER * max(map(len, labels)), _RIGHT)
    bottom = _TOP + _ROW * len(files)
    bars = [
        _bar(label, n_events, shares, _TOP + index * _ROW, across)
        for index, (label, (_, n_events, shares)) in enumerate(zip(labels, files, strict=True))
    ]
    ticks = (0.0, 25.0, 50.0, 75.0, 100.0)
    axis = bottom_axis(across, bottom + 4, ticks, ("0", "25", "50", "75", "100"), "% of events")
    left_out = f"; {plural(more, 'more file')} in the table" if more else ""
    return Figure(
        name=name,
        kind="event-kinds",
        title="What the events are",
        description=f"{plural(len(files), 'file')}, percent of all events of each{left_out}.",
        width=_WIDTH,
        height=bottom + 96,
        body=_key() + "".join(bars) + axis,
    )


def _key() -> str:
    parts, x, y = [], 20, 22
    for _, words, look in EVENT_KINDS:
        parts.append(path(f"M{x} {y}h22v22h-22z", look) + text(x + 32, y + 20, words, "t s l"))
        x += 60 + 12 * len(words)
    return "".join(parts)


def _bar(label: str, n_events: int, shares: Mapping[str, float], top: int, across: Scale) -> str:
    parts = [text(across.at(0.0) - _GAP, top + 24, label, "t e s l")]
    done = 0.0
    for column, words, look in EVENT_KINDS:
        share = shares.get(column, 0.0)
        if share <= 0:
            continue
        start, end = across.at(done), across.at(done + share)
        bar = f"M{start:.0f} {top + 4}H{end:.0f}v{_ROW - 10}H{start:.0f}z"
        parts.append(path(bar, look, f"{words}: {share:.1f} %"))
        done += share
    return "".join(parts) + text(_RIGHT + _GAP, top + 24, f"{n_events:,}", "t s")
