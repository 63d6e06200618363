"""Tables as a page shows them: headings, cells that know how they sort, a sentence beneath."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Cell", "Column", "Table", "number_cell", "table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    heading : str
    is_number : bool
        Numbers stand to the right, in figures of one width.
    meaning : str
        Shown under the pointer.
    """

    heading: str
    is_number: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text : str
        What is read.
    sort : str
        What it sorts by, where that is not the text.
    link : str
        Anchor in the page, with its #, or empty.
    look : str
        Class of the cell, or empty.
    """

    text: str
    sort: str = ""
    link: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `note` says what was left out or how to read it.

    Columns at the places `choices` can be chosen from, beside the filter by words.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    can_filter: bool = False
    row_looks: tuple[str, ...] = ()
    choices: tuple[int, ...] = ()


def number_cell(text: str, value: float | None, look: str = "") -> Cell:
    """Return a cell that sorts by its number; missing numbers sort last."""
    return Cell(text, sort="" if value is None else f"{value:.8g}", look=look)


def table(
    caption: str,
    headings: Iterable[str | Column],
    rows: Iterable[Iterable[str | Cell]],
    note: str = "",
) -> Table:
    """Return a table from words; a heading that ends in ``#`` is a column of numbers."""
    columns = tuple(
        heading
        if isinstance(heading, Column)
        else Column(heading.removesuffix("#"), is_number=heading.endswith("#"))
        for heading in headings
    )
    cells = tuple(
        tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows
    )
    return Table(caption, columns, cells, note)
