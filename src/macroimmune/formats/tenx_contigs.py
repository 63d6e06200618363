"""10x Cell Ranger contig annotations: a row per assembled receptor chain of a cell."""

from pathlib import Path
from types import MappingProxyType
from typing import Literal

import polars as pl

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.delimited import (
    as_booleans,
    as_whole_numbers,
    read_text_columns,
    spelled_booleans,
    write_text,
)

__all__ = ["CONTIG_COLUMNS", "read_contigs", "write_contigs"]

_NEEDED = (
    "barcode",
    "contig_id",
    "chain",
    "v_gene",
    "j_gene",
    "productive",
    "cdr3",
    "reads",
    "umis",
)
_BOOLEAN = ("is_cell", "high_confidence", "full_length", "productive")
_WHOLE = ("length", "reads", "umis")
_TEXT = (
    "barcode",
    "contig_id",
    "chain",
    "v_gene",
    "d_gene",
    "j_gene",
    "c_gene",
    "cdr3",
    "cdr3_nt",
    "raw_clonotype_id",
    "raw_consensus_id",
)

CONTIG_COLUMNS = MappingProxyType(
    dict.fromkeys(_TEXT, pl.String)
    | dict.fromkeys(_BOOLEAN, pl.Boolean)
    | dict.fromkeys(_WHOLE, pl.Int64)
)

_SPELLED = MappingProxyType({
    "True": True,
    "TRUE": True,
    "true": True,
    "False": False,
    "FALSE": False,
    "false": False,
})


def read_contigs(path: Path | str) -> pl.DataFrame:
    """Return all contigs of a ``filtered_`` or ``all_contig_annotations.csv``.

    Parameters
    ----------
    path : Path or str
        CSV, plain or gzip.

    Returns
    -------
    contigs : DataFrame, a row per contig in the order of the file
        Every column of the file; those of `CONTIG_COLUMNS` with their types, others as text.
        ``None`` and empty cells are null: a contig whose ``productive`` is null was not judged.

    Raises
    ------
    FormatError
        If the file is damaged, lacks a column that every version writes, or a cell is not of its
        type.

    Notes
    -----
    Convention: nothing is filtered. Which contigs count (cells only, productive, the most UMIs of
    a chain) decides what overlap and clonality come out and is for the caller to state.
    """
    path = Path(path)
    text, names = read_text_columns(path, ",", quote='"')
    lacking = [name for name in _NEEDED if name not in names]
    if lacking:
        msg = (
            f"{path.name}, row 1: no column {', '.join(lacking)}; expected the heading of Cell "
            "Ranger's contig annotations; is it the right file?"
        )
        raise FormatError(msg)
    text = text.with_columns(pl.all().replace("None", None))
    return text.with_columns(
        *(as_booleans(text, name, _SPELLED, path.name) for name in _BOOLEAN if name in names),
        *(as_whole_numbers(text, name, path.name) for name in _WHOLE if name in names),
    )


def write_contigs(
    path: Path | str, contigs: pl.DataFrame, *, spelling: Literal["True and None", "true and empty"]
) -> None:
    """Write contigs as Cell Ranger does.

    Parameters
    ----------
    path : Path or str
        Packed where the name ends in ``.gz``.
    contigs : DataFrame
        With the columns that every version writes; types as in `CONTIG_COLUMNS`.
    spelling : {"True and None", "true and empty"}
        How truth values and missing ones are spelled: as older versions do, or newer ones.

    Raises
    ------
    InputError
        If a column is lacking or of another type.
    """
    path = Path(path)
    lacking = [name for name in _NEEDED if name not in contigs.columns]
    if lacking:
        msg = f"contigs without {', '.join(lacking)}; expected a column of each; add them"
        raise InputError(msg)
    for name, kind in contigs.schema.items():
        declared = CONTIG_COLUMNS.get(name, kind)
        if kind != declared and not (declared == pl.Int64 and kind.is_integer()):
            msg = f"{name} is {kind}; expected {declared}; cast the column"
            raise InputError(msg)
    words = ("True", "False", "None") if spelling == "True and None" else ("true", "false", "")
    cells = [
        spelled_booleans(name, *words[:2]) if kind == pl.Boolean else pl.col(name)
        for name, kind in contigs.schema.items()
    ]
    write_text(path, contigs.select(cells).write_csv(null_value=words[2]))
