"""Libraries out of table `clonotypes`, which holds the clonotypes of all samples."""

from collections.abc import Iterator

import polars as pl

from macroimmune.formats.gene_names import imgt_genes
from macroimmune.repertoires.reading.cell_populations import sorted_population
from macroimmune.repertoires.reading.library import Library
from macroimmune.study import Study

__all__ = ["libraries_of_table"]

_ONE = ("sample_id", "library", "population", "counted", "source_file")


def libraries_of_table(study: Study) -> Iterator[tuple[Library, pl.DataFrame]]:
    """Yield each library of table `clonotypes` with its chains.

    Parameters
    ----------
    study : Study

    Yields
    ------
    library : Library
    chains : DataFrame
        Columns of `CHAIN_COLUMNS` that the table tells, and `source_row`.

    Notes
    -----
    Convention: of several genes in one cell the first counts, without allele and score.
    """
    table = study.tables.get("clonotypes")
    if table is None or table.is_empty():
        return
    batches = study.tables["samples"].select("sample_id", pl.col("batch").alias("_batch"))
    table = table.join(batches, on="sample_id", how="left", maintain_order="left").with_columns(
        imgt_genes(table["v_call"]),
        imgt_genes(table["j_call"]),
        pl.coalesce("batch", "_batch").alias("batch"),
    )
    for _, rows in table.group_by(_ONE, maintain_order=True):
        row = rows.row(0, named=True)
        library = Library(
            participant_id=row["participant_id"],
            sample_id=row["sample_id"],
            days_from_treatment_start=row["days_from_treatment_start"],
            compartment=row["compartment"] or "",
            batch=row["batch"] or "",
            population=sorted_population(row["population"] or ""),
            library=row["library"] or "",
            counted=row["counted"] or "",
            file=row["source_file"] or "",
        )
        yield (
            library,
            rows.select(
                pl.col("chain").replace("several", None).alias("locus"),
                pl.col("v_call").alias("v_gene"),
                pl.col("j_call").alias("j_gene"),
                "junction",
                "junction_aa",
                pl.col("productive").alias("is_productive"),
                "count",
                "source_row",
            ),
        )
