"""A table without columns that say nothing: empty ones, and those with one value throughout."""

from dataclasses import replace

from macroimmune.report.numbers import MISSING
from macroimmune.report.tables import Table

__all__ = ["compact"]


def compact(table: Table, *, once: tuple[str, ...] = (), noted: tuple[str, ...] = ()) -> Table:
    """Return the table without empty columns; what all rows share goes to the caption or note.

    Parameters
    ----------
    table : Table
    once : tuple of str
        Headings of the columns that may move to the caption, where there are several rows.
    noted : tuple of str
        Headings of the columns that may move to the note below, where there are several rows.

    Examples
    --------
    >>> from macroimmune.report.tables import table
    >>> long = table("Effects", ["Panel", "Marker", "Status"], [["T", "a", ""], ["T", "b", ""]])
    >>> short = compact(long, once=("Panel",))
    >>> short.caption, [column.heading for column in short.columns]
    ('Effects: T', ['Marker'])
    >>> same = table("Effects", ["Marker", "Status"], [["a", "few cells"], ["b", "few cells"]])
    >>> compact(same, noted=("Status",)).note
    'Of every row: few cells.'
    """
    kept: list[int] = []
    said: list[str] = []
    notes = [table.note] if table.note else []
    for place, column in enumerate(table.columns):
        values = {row[place].text for row in table.rows}
        if column.heading in once and len(values) == 1 and len(table.rows) > 1:
            said.extend(value for value in values if value)
        elif column.heading in noted and len(values) == 1 and len(table.rows) > 1:
            notes.extend(f"Of every row: {value.rstrip('.')}." for value in values if value)
        elif not values <= {"", MISSING}:
            kept.append(place)
    return replace(
        table,
        caption=f"{table.caption}: {', '.join(said)}" if said else table.caption,
        note=" ".join(notes),
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )
