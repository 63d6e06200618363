"""Receptor chains of a repertoire file of any format, as one frame, with its faults as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.receptor_layouts import RECEPTOR_LAYOUTS
from macroimmune.formats.text_rows import TextRows, text_rows
from macroimmune.repertoires.reading.chain_cells import CHAIN_COLUMNS, chains_of_rows
from macroimmune.repertoires.reading.chain_faults import FaultLog
from macroimmune.repertoires.reading.chain_headings import ChosenColumns, choose_columns

__all__ = ["CHAIN_COLUMNS", "NO_HEADINGS", "ReadChains", "read_chains"]

NO_HEADINGS: Mapping[str, str] = MappingProxyType({})
_BLOCK = 8_000_000
# A row takes some 150 bytes of memory; the deepest clonotype tables have a few million.
MAX_ROWS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ReadChains:
    """What a repertoire file holds.

    Parameters
    ----------
    table : polars DataFrame
        Columns of `CHAIN_COLUMNS`, a row per row of the file that has no fault which would make it
        unusable, in the order of the file. Nothing is filtered: other chains, unproductive ones
        and barcodes that are no cells are there.
    faults : polars DataFrame
        Columns of `FAULT_COLUMNS`: the first rows of each kind of fault, and how many there are.
    n_rows : int
        Rows below the heading, faulty ones with them, blank lines not.
    headings : mapping from str to str
        By entry of `formats.receptor_layout.FIELDS`, the column that was read.
    is_whole : bool
        Whether the file was read to its end; False of a packed file that is cut.
    """

    table: pl.DataFrame
    faults: pl.DataFrame
    n_rows: int
    headings: Mapping[str, str]
    is_whole: bool


def read_chains(
    path: Path | str,
    *,
    layout: str,
    counted: str,
    headings: Mapping[str, str] = NO_HEADINGS,
) -> ReadChains:
    """Return the receptor chains of a repertoire file.

    Parameters
    ----------
    path : Path or str
        Plain or gzip.
    layout : {"airr", "10x", "immunoseq", "mixcr", "vdjtools", "table"}
    counted : {"templates", "umis", "cells", "reads"}
        What a count is; decides which column is read.
    headings : mapping from str to str
        The file's own headings where they are not the usual ones: of ``count``, ``junction``,
        ``junction_aa``, ``v_gene``, ``j_gene``, ``population`` ...

    Returns
    -------
    chains : ReadChains

    Raises
    ------
    FormatError
        If the file cannot be opened, has no heading, no CDR3 or no count, or is no table at all.
    InputError
        If `layout` is unknown.

    Notes
    -----
    Convention: a row with a fault costs that row alone. Genes have their IMGT name without allele,
    the first where several are named. `is_productive` is what the file says, worked out from the
    CDR3 where it says nothing: in frame, without a stop; a row that says it is productive and is
    not, is not. Counts are whole, and no count stands in for another: `duplicate_count` of AIRR is
    read as what `counted` says it is.
    """
    path = Path(path)
    if layout not in RECEPTOR_LAYOUTS:
        msg = f"format {layout!r}; expected one of {', '.join(RECEPTOR_LAYOUTS)}; correct it"
        raise InputError(msg)
    columns = choose_columns(path, RECEPTOR_LAYOUTS[layout], counted, headings)
    trimmed = {"junction": "cdr3", "junction_aa": "cdr3_aa"}
    if any(field in columns.headings for field in trimmed):
        found = _read(path, columns, counted)
        has_none = found.table["junction"].null_count() + found.table["junction_aa"].null_count()
        if has_none < 2 * len(found.table) or not _has_trimmed(columns):
            return found
    return _read(path, _trimmed(columns), counted, is_trimmed=True)


def _has_trimmed(columns: ChosenColumns) -> bool:
    return "cdr3" in columns.headings or "cdr3_aa" in columns.headings


def _trimmed(columns: ChosenColumns) -> ChosenColumns:
    """Return the columns with the CDR3 without its anchors in place of the junction."""
    kept = {
        field: name
        for field, name in columns.headings.items()
        if field not in {"junction", "junction_aa", "cdr3", "cdr3_aa"}
    }
    for field, other in (("junction", "cdr3"), ("junction_aa", "cdr3_aa")):
        if other in columns.headings:
            kept[field] = columns.headings[other]
    return ChosenColumns(columns.shape, columns.heading_row, kept)


def _read(
    path: Path, columns: ChosenColumns, counted: str, *, is_trimmed: bool = False
) -> ReadChains:
    log = FaultLog()
    fields = {
        field: name for field, name in columns.headings.items() if not field.startswith("cdr3")
    }
    wanted = tuple(dict.fromkeys(fields.values()))
    tables, n_rows, damage = [], 0, ""
    for rows in text_rows(
        path, columns.shape, wanted, heading_row=columns.heading_row, block_bytes=_BLOCK
    ):
        n_rows += len(rows.rows) + len(rows.odd)
        _refuse_rows(n_rows, path)
        damage = rows.damage
        _note_shape(rows, columns, log)
        tables.append(chains_of_rows(rows, fields, counted, log))
    if damage:
        log.add_file("file-damaged", rows.last_row, damage, "a whole file; copy it again")
    if is_trimmed:
        log.add_file(
            "no-anchors",
            None,
            f"the CDR3 alone, in {' and '.join(fields[k] for k in fields if 'junction' in k)}",
            "the junction, with the anchors C and F or W; CDR3s of this file match no junctions",
        )
    return ReadChains(pl.concat(tables), log.frame(), n_rows, fields, not damage)


def _refuse_rows(n_rows: int, path: Path) -> None:
    """Refuse a file with too many rows.

    Raises
    ------
    FormatError
        If there are more than `MAX_ROWS`.
    """
    if n_rows > MAX_ROWS:
        msg = (
            f"{path.name}: more than {MAX_ROWS:,} rows; expected clonotypes; put the same "
            "rearrangements together or split the file"
        )
        raise FormatError(msg)


def _note_shape(rows: TextRows, columns: ChosenColumns, log: FaultLog) -> None:
    log.add(
        "row-shape",
        pl.Series([row for row, _ in rows.odd], dtype=pl.Int64).to_numpy(),
        pl.Series([found for _, found in rows.odd], dtype=pl.String),
        column="",
        expected=f"{len(columns.shape.names)} cells",
    )
