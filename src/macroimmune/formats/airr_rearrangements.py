"""AIRR rearrangement files: a row per rearranged receptor chain, tab-separated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.delimited import (
    as_booleans,
    as_numbers,
    as_whole_numbers,
    read_text_columns,
    spelled_booleans,
    write_text,
)

__all__ = ["AIRR_COLUMNS", "AIRR_REQUIRED", "Rearrangements", "read_airr", "write_airr"]

AIRR_REQUIRED = (
    "sequence_id",
    "sequence",
    "rev_comp",
    "productive",
    "v_call",
    "d_call",
    "j_call",
    "sequence_alignment",
    "germline_alignment",
    "junction",
    "junction_aa",
    "v_cigar",
    "d_cigar",
    "j_cigar",
)

_BOOLEAN = ("rev_comp", "productive", "vj_in_frame", "stop_codon", "complete_vdj")
# Three counts, never one for another: copies of the sequence, reads behind its consensus, UMIs.
_WHOLE = (
    "duplicate_count",
    "consensus_count",
    "umi_count",
    "junction_length",
    "junction_aa_length",
)
_NUMBER = ("v_identity", "d_identity", "j_identity", "v_score", "d_score", "j_score")
_TEXT = (
    *(name for name in AIRR_REQUIRED if name not in _BOOLEAN),
    "c_call",
    "locus",
    "cdr1",
    "cdr1_aa",
    "cdr2",
    "cdr2_aa",
    "cdr3",
    "cdr3_aa",
    "sequence_aa",
    "cell_id",
    "clone_id",
    "repertoire_id",
    "sample_processing_id",
    "data_processing_id",
)

AIRR_COLUMNS = MappingProxyType(
    dict.fromkeys(_TEXT, pl.String)
    | dict.fromkeys(_BOOLEAN, pl.Boolean)
    | dict.fromkeys(_WHOLE, pl.Int64)
    | dict.fromkeys(_NUMBER, pl.Float64)
)

_SPELLED = MappingProxyType({
    "T": True,
    "F": False,
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "TRUE": True,
    "FALSE": False,
})


@dataclass(frozen=True, slots=True, eq=False)
class Rearrangements:
    """What an AIRR file holds.

    Parameters
    ----------
    table : DataFrame
        The columns of `AIRR_COLUMNS` that were asked for and stand in the file, in its order and
        with their declared types; others that were asked for by name as text. Missing is null.
    absent : tuple of str
        Columns that the standard requires and the file has not.
    """

    table: pl.DataFrame
    absent: tuple[str, ...]


def read_airr(path: Path | str, columns: Sequence[str] | None = None) -> Rearrangements:
    """Return the rearrangements of an AIRR file.

    Parameters
    ----------
    path : Path or str
        TSV, plain or gzip.
    columns : sequence of str or None
        To read, where the file has them; None: all of `AIRR_COLUMNS`. Few columns are faster.

    Returns
    -------
    rearrangements : Rearrangements

    Raises
    ------
    FormatError
        If the file is damaged, has none of the columns, or a cell is not of its type.

    Notes
    -----
    Convention: no count stands in for another. ``duplicate_count`` is the copies of a sequence,
    ``consensus_count`` the reads behind its consensus, ``umi_count`` its molecules; which of them
    a study counts is for its reader to say. Truth values may be spelled T, true, True or TRUE.
    Checked against: the package airr.
    """
    path = Path(path)
    wanted = tuple(AIRR_COLUMNS) if columns is None else tuple(columns)
    text, names = read_text_columns(path, "\t", quote=None, wanted=wanted)
    if not text.columns:
        msg = (
            f"{path.name}, row 1: columns {', '.join(names)[:80]}; expected some of "
            f"{', '.join(wanted)[:80]}; is it an AIRR rearrangement file, separated by tabs?"
        )
        raise FormatError(msg)
    typed = [_typed(text, name, path.name) for name in text.columns]
    absent = tuple(name for name in AIRR_REQUIRED if name not in names)
    return Rearrangements(pl.DataFrame(typed), absent)


def _typed(text: pl.DataFrame, name: str, file: str) -> pl.Series:
    kind = AIRR_COLUMNS.get(name, pl.String)
    if kind == pl.Boolean:
        return as_booleans(text, name, _SPELLED, file)
    if kind == pl.Int64:
        return as_whole_numbers(text, name, file)
    return as_numbers(text, name, file) if kind == pl.Float64 else text[name]


def write_airr(path: Path | str, table: pl.DataFrame) -> None:
    """Write rearrangements as an AIRR file.

    Parameters
    ----------
    path : Path or str
        Packed where the name ends in ``.gz``.
    table : DataFrame
        Columns of `AIRR_COLUMNS` with their types; required ones that are absent are written
        empty. Others are written after them as they are.

    Raises
    ------
    InputError
        If ``sequence_id`` is absent, empty or not unique, a column is of another type, or a text
        holds a tab or a line end.
    """
    path = Path(path)
    _check(table)
    ordered = [*AIRR_REQUIRED, *(name for name in table.columns if name not in AIRR_REQUIRED)]
    cells = [
        _spelled(name, table.schema[name]) if name in table.columns else pl.lit(None).alias(name)
        for name in ordered
    ]
    text = table.select(cells).write_csv(separator="\t", quote_style="never", null_value="")
    write_text(path, text)


def _spelled(name: str, kind: pl.DataType) -> pl.Expr:
    if kind == pl.Boolean:
        return spelled_booleans(name, "T", "F")
    return pl.col(name).fill_nan(None) if kind.is_float() else pl.col(name)


def _check(table: pl.DataFrame) -> None:
    if "sequence_id" not in table.columns or table["sequence_id"].null_count():
        msg = "rearrangements without sequence_id; expected one in every row; number the rows"
        raise InputError(msg)
    if table["sequence_id"].is_duplicated().any():
        twice = table["sequence_id"].filter(table["sequence_id"].is_duplicated())[0]
        msg = f"sequence_id {twice!r} stands twice; expected each once; number the rows"
        raise InputError(msg)
    for name, kind in table.schema.items():
        declared = AIRR_COLUMNS.get(name, kind)
        if kind != declared and not (declared == pl.Int64 and kind.is_integer()):
            msg = f"{name} is {kind}; expected {declared}; cast the column"
            raise InputError(msg)
        if kind == pl.String and table[name].str.contains(r"[\t\r\n]").any():
            msg = f"{name} holds a tab or a line end, which AIRR files cannot hold; take it out"
            raise InputError(msg)
