"""Which columns of a repertoire file are read: its heading against a layout and the user's own."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.errors import FormatError, InputError
from macroimmune.formats.receptor_layout import FIELDS, ReceptorLayout
from macroimmune.formats.text_blocks import text_blocks
from macroimmune.formats.text_rows import RowShape, heading_cells

__all__ = ["ChosenColumns", "choose_columns"]

_HEAD_BYTES = 1 << 20
_SEPARATORS = ("\t", ",", ";")
_SEQUENCES = ("junction", "junction_aa", "cdr3", "cdr3_aa")


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns of a file that are read.

    Parameters
    ----------
    shape : RowShape
    heading_row : int
    headings : mapping from str to str
        By entry of `FIELDS`, the heading in the file.
    """

    shape: RowShape
    heading_row: int
    headings: Mapping[str, str]


def choose_columns(
    path: Path, layout: ReceptorLayout, counted: str, headings: Mapping[str, str]
) -> ChosenColumns:
    """Return what is read of a file.

    Parameters
    ----------
    path : Path
    layout : ReceptorLayout
    counted : {"templates", "umis", "cells", "reads"}
    headings : mapping from str to str
        The user's own, by entry of `FIELDS`; they stand before the layout's.

    Raises
    ------
    FormatError
        If the file has no heading, no CDR3, no column of what is counted, or lacks a column that
        the user names.
    InputError
        If `headings` has an entry that no chain has.
    """
    unknown = sorted(set(headings) - set(FIELDS))
    if unknown:
        msg = f"headings of {', '.join(unknown)}; expected some of {', '.join(FIELDS)}; correct it"
        raise InputError(msg)
    line, heading_row = _heading_line(path, layout)
    separator = _separator(line, layout)
    names = heading_cells(line.removeprefix("#"), separator)
    has_quotes = separator != "\t" or line.startswith('"')
    chosen = {
        field: name
        for field in FIELDS
        if (name := _named(path, field, layout, counted, headings, names)) is not None
    }
    if not any(field in chosen for field in _SEQUENCES):
        asked = [name for field in _SEQUENCES for name in layout.headings.get(field, ())]
        msg = (
            f"{path.name}, row {heading_row}: no column {' or '.join(asked)}; found "
            f"{', '.join(names)[:120]}; expected the CDR3; is it a file of format {layout.name}?"
        )
        raise FormatError(msg)
    twice = sorted({name for name in chosen.values() if names.count(name) > 1})
    if twice:
        msg = f"{path.name}, row {heading_row}: column {twice[0]} stands twice; expected it once"
        raise FormatError(msg)
    return ChosenColumns(RowShape(names, separator, has_quotes), heading_row, chosen)


def _named(
    path: Path,
    field: str,
    layout: ReceptorLayout,
    counted: str,
    headings: Mapping[str, str],
    names: tuple[str, ...],
) -> str | None:
    """Return the heading of one entry; None where the file has none.

    Raises
    ------
    FormatError
        If the user's heading is not there, or nothing says what is counted.
    """
    own = headings.get(field)
    if own:
        found = _first([own], names)
        if found is None:
            msg = f"{path.name}: no column {own!r} for {field}. {did_you_mean(own, names)}"
            raise FormatError(msg)
        return found
    usual: tuple[str, ...] = layout.headings.get(field, ())
    if field == "umis" and counted == "cells":
        usual = layout.umis_of_cells or usual
    if field == "count":
        usual = layout.counts.get(counted, ())
    found = _first(usual, names)
    if field == "count" and found is None:
        wanted = f"no column {' or '.join(usual)}" if usual else "no usual column"
        msg = (
            f"{path.name}: {wanted} of {counted}; found {', '.join(names)[:120]}; expected what is "
            "counted; correct counted, or name the column as count_column"
        )
        raise FormatError(msg)
    return found


def _first(usual: Iterable[str], names: tuple[str, ...]) -> str | None:
    """Return the first of the usual headings that stands there, letter for letter or nearly."""
    near = {name.casefold(): name for name in reversed(names)}
    for one in usual:
        if one in names:
            return one
        if one.casefold() in near:
            return near[one.casefold()]
    return None


def _heading_line(path: Path, layout: ReceptorLayout) -> tuple[str, int]:
    """Return the heading and its row; comments and blank lines above it are passed over.

    Raises
    ------
    FormatError
        If there is none.
    """
    known = {
        name.casefold()
        for several in (*layout.headings.values(), *layout.counts.values())
        for name in several
    }
    block = next(text_blocks(path, block_bytes=_HEAD_BYTES))
    for row, raw in enumerate(io.BytesIO(block.data), start=1):
        line = raw.decode("utf-8").rstrip("\n")
        if not line.strip():
            continue
        if line.startswith("#"):
            cells = heading_cells(line[1:], _separator(line[1:], layout))
            if not known & {cell.casefold() for cell in cells}:
                continue
        return line, row
    msg = f"{path.name}: no heading; expected a table with a heading; is the file empty?"
    raise FormatError(msg)


def _separator(line: str, layout: ReceptorLayout) -> str:
    """Return the layout's separator where the heading has it, else the most frequent one."""
    if layout.separator and layout.separator in line:
        return layout.separator
    best = max(_SEPARATORS, key=line.count)
    return best if best in line else layout.separator or "\t"
