"""What is wrong in single rows of a repertoire file, as data; the first rows of each kind."""

from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["FAULT_ADVICE", "FAULT_COLUMNS", "MAX_EXAMPLES", "FaultLog"]

# Rows shown of each kind and column; how many there are is told of each.
MAX_EXAMPLES = 20
_FOUND_LENGTH = 60

FAULT_COLUMNS = MappingProxyType({
    # One of `FAULT_ADVICE`.
    "kind": pl.String(),
    # As a spreadsheet numbers it, the heading is row 1; null where it is not one row.
    "row": pl.Int64(),
    # The file's own heading; empty where it is not one column.
    "column": pl.String(),
    "found": pl.String(),
    "expected": pl.String(),
    # Whether the row is in the table all the same.
    "is_kept": pl.Boolean(),
    # Rows with this kind of fault in this column, of which the first are shown. A row that is
    # left out is counted once, by the first fault that was found in it.
    "n_rows": pl.Int64(),
    # What all these rows counted; null where none has a count that can be used.
    "n_counted": pl.Int64(),
})


FAULT_ADVICE = MappingProxyType({
    "row-shape": "Was the file cut, or a cell with a separator not quoted? Export it again.",
    "no-count": "Fill in the count, or delete the row.",
    "not-a-count": "Give counts, not shares or logarithms: they tell how many were sampled.",
    "not-a-truth-value": "Spell truth values as the format does, or delete the row.",
    "not-a-sequence": "Correct the sequence, or delete the row.",
    "not-ascii": "Write the gene in plain letters, with a plain hyphen.",
    "chains-differ": "A chimera or a wrong column: correct the row, or delete it.",
    "not-productive": "It counts as not productive.",
    "not-its-amino-acids": "It is read by its amino acids alone. Export the file again.",
    "no-anchors": "Compare such files only with each other, or export the junction.",
    "file-damaged": "The rows up to there are used. Copy the file again.",
})


class FaultLog:
    """Collects the faults of one file; examples are bounded, numbers are not."""

    def __init__(self) -> None:
        self._examples: dict[tuple[str, str], list[dict[str, object]]] = {}
        self._rows: dict[tuple[str, str], int] = {}
        self._counted: dict[tuple[str, str], int | None] = {}

    def add(
        self,
        kind: str,
        rows: NDArray[np.int64],
        found: pl.Series,
        *,
        column: str,
        expected: str,
        counts: pl.Series | None = None,
        is_kept: bool = False,
    ) -> None:
        """Note rows with one kind of fault in one column.

        Parameters
        ----------
        kind : str
        rows : int array, shape (faulty rows,)
            Rows of the file.
        found : Series, length of `rows`
        column : str
            Heading; empty where it is not one column.
        expected : str
        counts : Series or None, length of `rows`
            What each row counted, null where it cannot be used.
        is_kept : bool
            Whether the rows stay in the table.
        """
        if not len(rows):
            return
        key = (kind, column)
        examples = self._examples.setdefault(key, [])
        for row, text in zip(
            rows[: MAX_EXAMPLES - len(examples)].tolist(), found.to_list(), strict=False
        ):
            examples.append({
                "kind": kind,
                "row": row,
                "column": column,
                "found": "empty" if text is None else str(text)[:_FOUND_LENGTH],
                "expected": expected,
                "is_kept": is_kept,
            })
        self._rows[key] = self._rows.get(key, 0) + len(rows)
        if counts is not None and counts.null_count() < len(counts):
            self._counted[key] = (self._counted.get(key) or 0) + int(counts.sum())

    def add_file(self, kind: str, row: int | None, found: str, expected: str) -> None:
        """Note what is wrong with the file; `row` is the last that was read, if it says."""
        self._examples[kind, ""] = [
            {
                "kind": kind,
                "row": row,
                "column": "",
                "found": found,
                "expected": expected,
                "is_kept": True,
            }
        ]
        self._rows[kind, ""] = 0

    def frame(self) -> pl.DataFrame:
        """Return the faults, a row per example, in the order of kinds as they came."""
        rows = [
            {**one, "n_rows": self._rows[key], "n_counted": self._counted.get(key)}
            for key, examples in self._examples.items()
            for one in examples
        ]
        return pl.DataFrame(rows, schema=dict(FAULT_COLUMNS))
