"""The heading of a repertoire file: where it stands, what separates its cells, what it names."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from macroimmune.errors import FormatError
from macroimmune.formats.receptor_layout import ReceptorLayout
from macroimmune.formats.text_blocks import text_blocks
from macroimmune.formats.text_rows import RowShape, heading_cells

__all__ = [
    "DelimitedHead",
    "ReceptorHeading",
    "named_heading",
    "read_receptor_head",
    "receptor_heading",
]

_HEAD_BYTES = 1 << 20
_TAIL_BYTES = 65_536
_SEPARATORS = ("\t", ",", ";")


@dataclass(frozen=True, slots=True)
class ReceptorHeading:
    """What the first lines of a repertoire file tell.

    Parameters
    ----------
    shape : RowShape
    row : int
        Of the heading; comments may stand above it.
    has_rows : bool
        Whether anything follows it.
    """

    shape: RowShape
    row: int
    has_rows: bool


@dataclass(frozen=True, slots=True)
class DelimitedHead:
    """What the first and the last bytes of a delimited file tell.

    Parameters
    ----------
    names : tuple of str
        Of every column, in the order of the file.
    has_rows : bool
        Whether anything follows the heading.
    is_cut : bool
        Whether the last row has fewer cells than the heading. Not known of gzip: False.
    """

    names: tuple[str, ...]
    has_rows: bool
    is_cut: bool


def receptor_heading(path: Path, layout: ReceptorLayout) -> ReceptorHeading:
    """Return the heading of a repertoire file; some 1 MB of it is read.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    layout : ReceptorLayout

    Returns
    -------
    heading : ReceptorHeading

    Raises
    ------
    FormatError
        If the file cannot be read or has no heading.

    Notes
    -----
    Convention: lines that begin with # are comments, but where what follows is a heading the
    layout knows. Cells are separated as the layout says, or, where the heading has no such
    separator, by the most frequent of tab, comma and semicolon. Cells of a table that tabs
    separate are in quotes where its heading is.
    """
    known = {
        name.casefold()
        for several in (*layout.headings.values(), *layout.counts.values())
        for name in several
    }
    lines = io.BytesIO(next(text_blocks(path, block_bytes=_HEAD_BYTES)).data)
    for row, raw in enumerate(lines, start=1):
        line = raw.decode("utf-8").rstrip("\n")
        separator = _separator(line, layout)
        names = heading_cells(line.removeprefix("#"), separator)
        is_comment = line.startswith("#") and not known & {name.casefold() for name in names}
        if not line.strip() or is_comment:
            continue
        shape = RowShape(names, separator, separator != "\t" or line.startswith('"'))
        return ReceptorHeading(shape, row, bool(lines.read(_TAIL_BYTES).strip()))
    msg = f"{path.name}: no heading; expected a table with a heading; is the file empty?"
    raise FormatError(msg)


def _separator(line: str, layout: ReceptorLayout) -> str:
    if layout.separator and layout.separator in line:
        return layout.separator
    best = max(_SEPARATORS, key=line.count)
    return best if best in line else layout.separator or "\t"


def named_heading(wanted: Iterable[str], names: tuple[str, ...]) -> str | None:
    """Return the first of the wanted headings that stands there, in any case of letters.

    Examples
    --------
    >>> named_heading(["readCount", "cloneCount"], ("cloneId", "CloneCount"))
    'CloneCount'
    """
    near = {name.casefold(): name for name in reversed(names)}
    for one in wanted:
        if one in names:
            return one
        if one.casefold() in near:
            return near[one.casefold()]
    return None


def read_receptor_head(path: Path, layout: ReceptorLayout) -> DelimitedHead:
    """Return names, and whether there are rows and the last is whole, of a repertoire file.

    Parameters
    ----------
    path : Path
    layout : ReceptorLayout

    Returns
    -------
    head : DelimitedHead

    Raises
    ------
    FormatError
        As `receptor_heading`.
    """
    found = receptor_heading(path, layout)
    shape = found.shape
    return DelimitedHead(shape.names, found.has_rows, found.has_rows and _is_cut(path, shape))


def _is_cut(path: Path, shape: RowShape) -> bool:
    """Return whether the last line of a plain file has too few cells; of gzip it is not known."""
    with path.open("rb") as stream:
        if stream.read(2) == b"\x1f\x8b":
            return False
        stream.seek(max(stream.seek(0, io.SEEK_END) - _TAIL_BYTES, 0))
        tail = stream.read(_TAIL_BYTES).rstrip(b"\r\n")
    last = tail.replace(b"\r", b"\n").rpartition(b"\n")[2]
    return last.count(shape.separator.encode()) < len(shape.names) - 1
