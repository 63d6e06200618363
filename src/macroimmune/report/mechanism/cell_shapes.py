"""Kinds of cells as shapes, so that they are told without colour and without words."""

import math

from macroimmune.report.svg import path

__all__ = ["cell_shape"]


def _star(x: float, y: float, outer: float, inner: float, points: int) -> str:
    corners = []
    for k in range(2 * points):
        size, angle = (outer, inner)[k % 2], math.pi * k / points - math.pi / 2
        corners.append(f"{x + size * math.cos(angle):.0f} {y + size * math.sin(angle):.0f}")
    return "M" + "L".join(corners) + "z"


def _disc(x: float, y: float, size: float) -> str:
    return f"M{x - size:.0f} {y:.0f}a{size:.0f} {size:.0f} 0 1 0 {2 * size:.0f} 0" \
           f"a{size:.0f} {size:.0f} 0 1 0 {-2 * size:.0f} 0z"  # fmt: skip


def cell_shape(cell: str, x: float, y: float, look: str) -> str:
    """Return a cell of the kind around (x, y), 44 wide; its outside has the class `look`.

    Granulocytes have a nucleus of three lobes, monocytes a bent one, lymphocytes a large round
    one, progenitors a ring, dendritic cells arms, tumour cells a rough edge; what is no cell is a
    drop.
    """
    nucleus = {
        "granulocyte": _disc(x - 8, y + 5, 6) + _disc(x, y - 7, 6) + _disc(x + 8, y + 5, 6),
        "monocyte": f"M{x - 10:.0f} {y + 6:.0f}c-4 -20 24 -20 20 0c-4 8 -8 -6 -10 -4"
        "c-4 -2 -6 10 -10 4z",
        "lymphocyte": _disc(x, y, 13),
        "progenitor": _disc(x, y, 13) + _disc(x, y, 7),
        "dendritic": _disc(x, y, 6),
        "tumour": _disc(x - 3, y - 2, 8) + _disc(x + 7, y + 6, 4),
    }.get(cell, "")
    outside = {
        "dendritic": _star(x, y, 23, 11, 8),
        "tumour": _star(x, y, 22, 17, 9),
        "": f"M{x:.0f} {y - 20:.0f}c4 8 15 18 15 26a15 14 0 0 1 -30 0c0 -8 11 -18 15 -26z",
    }.get(cell, _disc(x, y, 20))
    return path(outside, f"cell {look}") + (path(nucleus, "nucleus") if nucleus else "")
