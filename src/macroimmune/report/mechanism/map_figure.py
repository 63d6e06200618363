"""The map of the body: what is up and down in marrow, blood, spleen, node, tumour and lung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macroimmune.report.mechanism.body_scheme import BODY_HEIGHT, PLACES, body_scheme
from macroimmune.report.mechanism.cell_shapes import cell_shape
from macroimmune.report.mechanism.change import Change, arrow, change_key
from macroimmune.report.mechanism.quantities import COMPARTMENTS, Quantity
from macroimmune.report.numbers import plural
from macroimmune.report.svg import Figure, path, shorten, text

__all__ = ["Mapped", "map_figure"]

_WIDTH, _BOX, _BODY_LEFT = 1820, 656, 690
_ROW, _HEAD, _GAP, _TOP = 58, 58, 34, 10
_MOST = 12
# Boxes left and right of the body, from above.
_SIDES = (("lu", "tu", "ln"), ("bl", "sp", "bm"))


@dataclass(frozen=True, slots=True)
class Mapped:
    """One quantity on the map."""

    quantity: Quantity
    change: Change


def map_figure(
    name: str, found: Mapping[str, Sequence[Mapped]], *, title: str, contrast: str
) -> Figure:
    """Return the map.

    Parameters
    ----------
    name : str
        Stem of its file name.
    found : mapping from compartment to sequence of Mapped
        At most twelve of a compartment are drawn; the table beside the map has them all.
    title : str
    contrast : str
        What is compared with what, and when.

    Notes
    -----
    Convention: orange and arrows up are more than under the comparator, blue and arrows down
    less, grey and a bar within 10 %.
    """
    heights = [_heights(side, found) for side in _SIDES]
    tall = max(BODY_HEIGHT, *(sum(sizes) + _GAP * (len(sizes) - 1) for sizes in heights))
    parts = [body_scheme(_BODY_LEFT, _TOP + (tall - BODY_HEIGHT) / 2)]
    for side, (places, sizes) in enumerate(zip(_SIDES, heights, strict=True)):
        room = (tall - sum(sizes)) / max(len(sizes) - 1, 1)
        y = float(_TOP)
        for place, size in zip(places, sizes, strict=True):
            parts.append(_box(place, found.get(place, ()), side, y, size, tall))
            y += size + room
    parts.append(change_key(530, _TOP + tall + 40))
    n = sum(len(rows) for rows in found.values())
    return Figure(
        name=name,
        kind="map wide",
        title=title,
        description=f"{contrast}. {plural(n, 'quantity', 'quantities')}: {_said(found)}.",
        width=_WIDTH,
        height=round(_TOP + tall + 116),
        body="".join(parts),
    )


def _heights(side: Sequence[str], found: Mapping[str, Sequence[Mapped]]) -> list[float]:
    return [
        _HEAD + _ROW * max(-(-min(len(found.get(place, ())), _MOST) // 2), 1) + 12.0
        for place in side
    ]


def _box(place: str, rows: Sequence[Mapped], side: int, y: float, size: float, tall: float) -> str:
    left = 2 if side == 0 else _WIDTH - _BOX - 2
    x, at = PLACES[place]
    end = _BODY_LEFT + x, _TOP + (tall - BODY_HEIGHT) / 2 + at
    edge = left + _BOX if side == 0 else left
    middle = y + 30
    lead = f"M{edge} {middle:.0f}L{end[0]:.0f} {end[1]:.0f}"
    head = COMPARTMENTS[place]
    if len(rows) > _MOST:
        head += f" ({_MOST} of {len(rows)})"
    parts = [
        path(lead, "lead"),
        path(f"M{end[0] - 5:.0f} {end[1]:.0f}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "pin"),
        path(f"M{left} {y:.0f}h{_BOX}v{size:.0f}h{-_BOX}z", "fbox"),
        text(left + 18, y + 38, head, "t l bold"),
    ]
    if not rows:
        parts.append(text(left + 18, y + 82, "no quantity of the model is shown", "t s"))
    for k, one in enumerate(rows[:_MOST]):
        parts.append(_cell(one, left + 16 + k % 2 * (_BOX - 16) / 2, y + _HEAD + k // 2 * _ROW))
    return "".join(parts)


def _cell(one: Mapped, x: float, y: float) -> str:
    middle = y + _ROW / 2
    quantity, change = one.quantity, one.change
    return (
        cell_shape(quantity.cell, x + 22, middle, change.look)
        + path(arrow(change.step, x + 64, middle), "up")
        + text(x + 82, middle - 4, shorten(quantity.name, 20), "t s l")
        + text(x + 82, middle + 22, change.words, "t s bold" if change.step else "t s")
    )


def _said(found: Mapping[str, Sequence[Mapped]]) -> str:
    return "; ".join(
        f"{COMPARTMENTS[place]}: "
        + ", ".join(f"{one.quantity.name} {one.change.words}" for one in rows)
        for place, rows in found.items()
        if rows
    )
