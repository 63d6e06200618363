"""Shapes and colours of groups: each group has both, so that it is told without colours too."""

from collections.abc import Sequence

from macroimmune.report.svg import line, path, shorten, text

__all__ = ["GROUPS", "legend", "shape"]

# Blue, orange, green, pink, amber, sky, grey: as many as the figure style has.
GROUPS = 7
_ENTRY, _LINE = 13, 40


def shape(group: int, x: float, y: float, size: float) -> str:
    """Return the commands of a disc, square, triangle up, diamond, triangle down, bar or cross."""
    half = 0.85 * size
    return (
        f"M{x - size:.0f} {y:.0f}a{size:.0f} {size:.0f} 0 1 0 {2 * size:.0f} 0"
        f"a{size:.0f} {size:.0f} 0 1 0 {-2 * size:.0f} 0z",
        f"M{x - half:.0f} {y - half:.0f}h{2 * half:.0f}v{2 * half:.0f}h{-2 * half:.0f}z",
        f"M{x - size:.0f} {y + half:.0f}h{2 * size:.0f}l{-size:.0f} {-2 * size:.0f}z",
        f"M{x:.0f} {y - 1.2 * size:.0f}l{1.2 * size:.0f} {1.2 * size:.0f}"
        f"l{-1.2 * size:.0f} {1.2 * size:.0f}l{-1.2 * size:.0f} {-1.2 * size:.0f}z",
        f"M{x - size:.0f} {y - half:.0f}h{2 * size:.0f}l{-size:.0f} {2 * size:.0f}z",
        f"M{x - size:.0f} {y - 3:.0f}h{2 * size:.0f}v6h{-2 * size:.0f}z",
        f"M{x - 3:.0f} {y - size:.0f}h6v{2 * size:.0f}h-6z",
    )[group % GROUPS]


def legend(
    entries: Sequence[tuple[int, str]], *, left: float, y: float, right: float, has_lines: bool
) -> tuple[str, float]:
    """Return the groups side by side, in as many lines as they need, and their height.

    Parameters
    ----------
    entries : sequence of (group, words)
    left, y, right : float
        Where they begin, the first base line, and where they end.
    has_lines : bool
        Whether each shape lies on a piece of line.
    """
    parts, x, level = [], left, y
    lead = 64 if has_lines else 34
    for group, words in entries:
        said = shorten(words, 60)
        width = lead + _ENTRY * len(said) + 28
        if x > left and x + width > right:
            x, level = left, level + _LINE
        if has_lines:
            parts.append(line(x, level - 8, x + 50, level - 8, f"c{group % GROUPS}"))
        middle = x + (25 if has_lines else 12)
        parts.append(path(shape(group, middle, level - 8, 10), f"f{group % GROUPS}"))
        parts.append(text(x + lead, level, said, "t s l"))
        x += width
    return "".join(parts), level - y + _LINE
