"""A small kit for figures: strings of SVG with whole coordinates and classes instead of styles.

A report of 500 biomarkers holds thousands of figures. Paths are therefore relative, coordinates
whole numbers (two units are one CSS pixel at the natural size), and every look is a class.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FIGURE_STYLE",
    "Figure",
    "band",
    "clean",
    "dots",
    "inline",
    "line",
    "path",
    "polyline",
    "shorten",
    "shorten_middle",
    "standalone",
    "staircase",
    "staircase_band",
    "text",
    "wrap",
]

FIGURE_STYLE = (Path(__file__).parent / "templates" / "figure.css").read_text(encoding="utf-8")

# What XML 1.0 cannot hold at all, escaped or not.
_NOT_XML = {code: None for code in range(32) if code not in {9, 10, 13}} | {
    0xFFFE: None,
    0xFFFF: None,
}

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, ready to stand in a page or in a file of its own.

    Parameters
    ----------
    name : str
        Name of its file without ending: letters, digits and hyphens.
    kind : str
        Class of the figure, such as `kaplan-meier`.
    title, description : str
        What is drawn; who and how many, in which units. Read by screen readers.
    width, height : int
        Of the view box; two units are one CSS pixel.
    body : str
        SVG markup; every text in it is escaped already.
    data : tuple of (str, str)
        `data-` attributes by which the page's script finds values under the pointer.
    """

    name: str
    kind: str
    title: str
    description: str
    width: int
    height: int
    body: str
    data: tuple[tuple[str, str], ...] = ()


def clean(words: str) -> str:
    r"""Return `words` escaped for SVG and HTML, without characters that XML forbids.

    Examples
    --------
    >>> clean('a<b & "c"\x00')
    'a&lt;b &amp; &quot;c&quot;'
    """
    return escape(words.translate(_NOT_XML), quote=True)


def shorten(words: str, longest: int) -> str:
    """Return `words`, cut with an ellipsis where they are longer than `longest` characters."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def shorten_middle(words: str, longest: int) -> str:
    """Return `words` without their middle where they are longer than `longest` characters.

    Names of files often begin alike and differ at the end.

    Examples
    --------
    >>> shorten_middle("V001_baseline_unstimulated.fcs", 20)
    'V001_basel…lated.fcs'
    """
    if len(words) <= longest:
        return words
    at_end = (longest - 1) // 2
    return words[: longest - 1 - at_end] + "…" + words[len(words) - at_end :]


def wrap(words: str, longest: int, lines: int = 3) -> tuple[str, ...]:
    """Return `words` in at most `lines` lines of about `longest` characters."""
    filled = [""]
    for word in words.split():
        if filled[-1] and len(filled[-1]) + 1 + len(word) > longest:
            filled.append("")
        filled[-1] = f"{filled[-1]} {word}".strip()
    kept = filled[:lines]
    if len(filled) > lines:
        kept[-1] += " …"
    return tuple(shorten(part, longest + 4) for part in kept)


def text(x: float, y: float, words: str, look: str = "t") -> str:
    """Return a text; the class says size, weight and anchor."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{look}">{clean(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    """Return a straight line."""
    return path(f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}", look)


def path(commands: str, look: str, title: str = "") -> str:
    """Return a path, with a title that browsers show under the pointer if one is given."""
    if not title:
        return f'<path d="{commands}" class="{look}"/>'
    return f'<path d="{commands}" class="{look}"><title>{clean(title)}</title></path>'


def whole(values: ArrayLike) -> Whole:
    """Return coordinates as whole numbers."""
    rounded: Whole = np.rint(np.asarray(values, dtype=float)).astype(np.int64)
    return rounded


def staircase(x: ArrayLike, y: ArrayLike) -> str:
    """Return the commands of a step function that jumps at each x to its y.

    Notes
    -----
    Convention: right-continuous as Kaplan-Meier; jumps too small for the grid are merged.

    Examples
    --------
    >>> staircase([0, 10, 20], [0, 5, 5])
    'M0 0h10v5h10'
    """
    return _stairs(whole(x), whole(y), start="M")


def _stairs(x: Whole, y: Whole, *, start: str) -> str:
    keep = np.r_[True, (y[1:] != y[:-1])]
    keep[-1] = True
    x, y = x[keep], y[keep]
    parts = [f"{start}{x[0]} {y[0]}"]
    for across, down in zip(np.diff(x).tolist(), np.diff(y).tolist(), strict=True):
        if across:
            parts.append(f"h{across}")
        if down:
            parts.append(f"v{down}")
    return "".join(parts)


def staircase_band(x: ArrayLike, low: ArrayLike, high: ArrayLike) -> str:
    """Return the closed area between two step functions over the same x."""
    across = whole(x)
    there = _stairs(across, whole(high), start="M")
    # Backwards the same steps are walked down-then-across, so the corners meet the way out.
    back_x = np.repeat(across, 2)[1:][::-1]
    back_y = np.repeat(whole(low), 2)[:-1][::-1]
    return f"{there}L{_relative(back_x, back_y)}z"


def _relative(x: Whole, y: Whole) -> str:
    """Return a run of points after `M` or `L`: the first absolute, the rest relative."""
    moved = np.r_[True, (np.diff(x) != 0) | (np.diff(y) != 0)]
    x, y = x[moved], y[moved]
    steps = zip(np.diff(x).tolist(), np.diff(y).tolist(), strict=True)
    return f"{x[0]} {y[0]}" + "".join(
        (f"h{across}" if not down else f"v{down}" if not across else f"l{across} {down}")
        for across, down in steps
    )


def polyline(x: ArrayLike, y: ArrayLike) -> str:
    """Return the commands of straight lines through points.

    Examples
    --------
    >>> polyline([0, 10, 20], [5, 5, 0])
    'M0 5h10l10 -5'
    """
    return "M" + _relative(whole(x), whole(y))


def band(x: ArrayLike, low: ArrayLike, high: ArrayLike) -> str:
    """Return the closed area between two lines over the same x."""
    across = whole(x)
    return f"M{_relative(across, whole(high))}L{_relative(across[::-1], whole(low)[::-1])}z"


def dots(x: ArrayLike, y: ArrayLike) -> str:
    """Return one path of points without length; a round line end draws them as dots."""
    pairs = zip(whole(x).tolist(), whole(y).tolist(), strict=True)
    return "".join(f"M{across} {down}h0" for across, down in pairs)


def inline(figure: Figure) -> str:
    """Return the figure as an element of a page that carries the figure style itself."""
    return _element(figure, extra="", inside="")


def standalone(figure: Figure) -> str:
    """Return the figure as a whole SVG file that carries its own style."""
    return _element(
        figure,
        extra=f' xmlns="http://www.w3.org/2000/svg" width="{figure.width // 2}" '
        f'height="{figure.height // 2}"',
        inside=f"<style>{FIGURE_STYLE}</style>",
    )


def _element(figure: Figure, *, extra: str, inside: str) -> str:
    data = "".join(f' data-{name}="{clean(value)}"' for name, value in figure.data)
    return (
        f'<svg{extra} class="fig {figure.kind}" viewBox="0 0 {figure.width} {figure.height}" '
        f'role="img" data-name="{figure.name}"{data}><title>{clean(figure.title)}</title>'
        f"<desc>{clean(figure.description)}</desc>{inside}{figure.body}</svg>"
    )
