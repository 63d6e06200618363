"""Which columns of a repertoire file are read: its heading against a layout and the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.errors import FormatError, InputError
from macroimmune.formats.receptor_head import named_heading, receptor_heading
from macroimmune.formats.receptor_layout import FIELDS, ReceptorLayout
from macroimmune.formats.text_rows import RowShape

__all__ = ["ChosenColumns", "choose_columns"]

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
    heading = receptor_heading(path, layout)
    names, heading_row = heading.shape.names, heading.row
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
    return ChosenColumns(heading.shape, heading_row, chosen)


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
        found = named_heading([own], names)
        if found is None:
            msg = f"{path.name}: no column {own!r} for {field}. {did_you_mean(own, names)}"
            raise FormatError(msg)
        return found
    usual: tuple[str, ...] = layout.headings.get(field, ())
    if field == "umis" and counted == "cells":
        usual = layout.umis_of_cells or usual
    if field == "count":
        usual = layout.counts.get(counted, ())
    found = named_heading(usual, names)
    if field == "count" and found is None:
        wanted = f"no column {' or '.join(usual)}" if usual else "no usual column"
        msg = (
            f"{path.name}: {wanted} of {counted}; found {', '.join(names)[:120]}; expected what is "
            "counted; correct counted, or name the column as count_column"
        )
        raise FormatError(msg)
    return found
