"""The headings of a table made unique, and rows that do not have one cell per heading."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from macroimmune.formats.delimited_records import Record
from macroimmune.inputs.row_findings import SHOWN_ROWS, row_findings
from macroimmune.results import Finding
from macroimmune.results.records import Severity

__all__ = ["RaggedRows", "headings_of"]


def headings_of(
    headings: Sequence[str], frame: pl.DataFrame, place: str
) -> tuple[list[str], tuple[Finding, ...]]:
    """Return one name per column, and what had to be done for that.

    Parameters
    ----------
    headings : sequence of str
        As written, one per column of `frame`.
    frame : polars DataFrame
        The cells under them, empty cells null.
    place : str
        File and sheet, for messages.

    Returns
    -------
    names : list of str
        Unique; a heading that occurs again gets " (2)", " (3)"; a column without heading is named
        by its position, or is "" where no cell of it is filled either: it is then left out.
    findings : tuple of Finding
    """
    names: list[str] = []
    findings: list[Finding] = []
    taken = {heading for heading in headings if heading.strip()}
    for position, heading in enumerate(headings):
        column = frame.to_series(position)
        if not heading.strip():
            filled = column.len() > column.null_count()
            name = _unused(f"column {position + 1}", taken) if filled else ""
            if filled:
                findings.append(_finding("note", "empty-heading", place, name, "no heading"))
        elif heading in names:
            name = _unused(heading, taken)
            found = f"the heading {heading!r} again, in column {position + 1}"
            findings.append(_finding("warning", "duplicate-heading", place, name, found))
        else:
            name = heading
        taken.add(name)
        names.append(name)
    return names, tuple(findings)


def _unused(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _finding(severity: Severity, code: str, place: str, name: str, found: str) -> Finding:
    return Finding(
        severity,
        code,
        place,
        1,
        name,
        found,
        "one heading per column, each of its own",
        f"Read under the name {name!r}.",
    )


@dataclass(slots=True)
class RaggedRows:
    """Rows with a cell beyond the last heading, or without a cell under it; built up in chunks."""

    headings: Sequence[str]
    rows: list[int] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def note(self, chunk: Sequence[Record]) -> None:
        """Note the ragged rows among some more records."""
        width = len(self.headings)
        least = max((at for at, name in enumerate(self.headings, 1) if name.strip()), default=0)
        for row, cells in chunk:
            if least <= len(cells) <= width or (len(cells) > width and not any(cells[width:])):
                continue
            self.rows.append(row)
            # Only the first are shown, so only their text is kept.
            beyond = f"; {cells[width:]!r} left out" if len(cells) > width else ""
            text = f"{len(cells)} cells under {width} headings{beyond}"
            self.found.append(text[:200] if len(self.rows) <= SHOWN_ROWS else "")

    def findings(self, place: str) -> tuple[Finding, ...]:
        """Return a warning for each of them, counted where they are many."""
        return row_findings(
            "warning",
            "ragged-row",
            file=place,
            column="",
            rows=self.rows,
            found=self.found,
            expected="one cell per heading",
            advice="A delimiter or a line end inside a cell without quotes? Look at this row.",
        )
