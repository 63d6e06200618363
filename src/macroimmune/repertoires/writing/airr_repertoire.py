"""One repertoire as an AIRR rearrangement file."""

from pathlib import Path

import polars as pl

from macroimmune.errors import InputError
from macroimmune.formats.airr_rearrangements import write_airr
from macroimmune.repertoires.repertoire import Repertoire

__all__ = ["LABEL_COLUMN", "write_repertoire_airr"]

LABEL_COLUMN = "cell_label"
_COUNTS = {
    "templates": "duplicate_count",
    "umis": "umi_count",
    "reads": "consensus_count",
    "": "duplicate_count",
}
_TOLD = ("v_gene", "j_gene", "junction", "junction_aa")
_BETWEEN = ";"


def write_repertoire_airr(
    path: Path | str, repertoire: Repertoire, *, counted: str, sample_id: str = ""
) -> None:
    """Write the clonotypes of a repertoire, or its cells where cells are counted.

    Parameters
    ----------
    path : Path or str
        Packed where the name ends in ``.gz``.
    repertoire : Repertoire
    counted : {"templates", "umis", "cells", "reads", ""}
        What its counts are; decides the column that holds them.
    sample_id : str
        Put into `repertoire_id`; empty: the id of the repertoire.

    Raises
    ------
    InputError
        If there is no such count, or cells are counted and not known.

    Notes
    -----
    Convention: a row per clonotype with its count, templates as `duplicate_count`, UMIs as
    `umi_count`, reads as `consensus_count`. Of cells a row per cell and chain with `cell_id`, and
    the label in the column `cell_label`, which is no field of the standard. The sequence is the
    junction: more of it is not known here; nor are alleles, which no clonotype has. Read again
    with the definition by which it was made, the file gives the same clonotypes and counts.
    """
    if counted not in {*_COUNTS, "cells"}:
        msg = f"counted = {counted!r}; expected templates, umis, cells, reads or nothing"
        raise InputError(msg)
    if counted == "cells":
        rows = _cells(repertoire)
    else:
        rows = repertoire.clonotypes.select(*_TOLD, pl.col("count").alias(_COUNTS[counted]))
        rows = _chains(rows)
    name = sample_id or repertoire.repertoire_id
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    acids, bases = pl.col("junction_aa"), pl.col("junction")
    is_framed = bases.str.len_bytes().mod(3).eq(0).fill_null(~acids.str.contains(r"[_~#?]"))
    has_stop = acids.str.contains("*", literal=True)
    beside = [one for one in rows.columns if one not in _TOLD]
    table = rows.select(
        sequence_id=pl.lit(f"{name}-") + number,
        sequence=bases,
        rev_comp=pl.lit(value=False),
        productive=is_framed & ~has_stop.fill_null(value=False),
        v_call="v_gene",
        j_call="j_gene",
        junction=bases,
        junction_aa=acids,
        vj_in_frame=is_framed,
        stop_codon=has_stop,
        locus=pl.coalesce("v_gene", "j_gene").str.slice(0, 3),
        repertoire_id=pl.lit(name),
        **{one: pl.col(one) for one in beside},
    )
    write_airr(path, table)


def _cells(repertoire: Repertoire) -> pl.DataFrame:
    """Return a row per cell and chain.

    Raises
    ------
    InputError
        If cells are not known.
    """
    if repertoire.cells is None:
        clonotypes = repertoire.clonotypes
        msg = (
            f"{repertoire.repertoire_id}: {clonotypes.height} clonotypes without cells; expected "
            "the cells that were counted"
        )
        raise InputError(msg)
    cells = repertoire.cells.join(
        repertoire.clonotypes.select("clonotype", *_TOLD),
        on="clonotype",
        how="left",
        maintain_order="left",
    )
    return _chains(
        cells.select("cell_id", *_TOLD, pl.col("label").alias(LABEL_COLUMN)).with_columns(
            pl.col(LABEL_COLUMN).cast(pl.String)
        )
    )


def _chains(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per chain, where a clonotype is several."""
    joined = rows.select(pl.col(name).str.contains(_BETWEEN, literal=True).any() for name in _TOLD)
    if not any(joined.row(0)):
        return rows
    split = rows.with_columns(
        pl.col(name).fill_null("").str.split(_BETWEEN) for name in _TOLD
    ).explode(list(_TOLD))
    return split.with_columns(pl.col(_TOLD).replace("", None))
