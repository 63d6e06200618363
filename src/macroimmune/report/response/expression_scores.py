"""Single-cell RNA on the page: scores of gene sets over donors, and the files of counts."""

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.response.names import list_name, population_name, stimulus_words
from macroimmune.report.source import Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["counts_table", "gene_sets_table"]

_MOST_SETS, _MOST_FILES = 200, 60


def gene_sets_table(scores: pl.DataFrame) -> Table | None:
    """Return a row for each gene set, population and stimulus; None where there are none.

    Parameters
    ----------
    scores : polars DataFrame
        Table `expression_scores`.
    """
    if scores.is_empty():
        return None
    keys = ["gene_set", "population", "stimulus", "stimulus_minutes"]
    known = pl.col("cell_mean").is_not_null()
    summed = scores.group_by(keys, maintain_order=True).agg(
        pl.col("participant_id").filter(known).n_unique().alias("n"),
        pl.col("n_cells").sum(),
        pl.col("n_genes").min(),
        pl.col("n_set").max(),
        *(pl.col(name).median() for name in ("cell_mean", "pseudobulk")),
        pl.col("cell_mean").min().alias("low"),
        pl.col("cell_mean").max().alias("high"),
        pl.col("status").filter(pl.col("status") != "").mode().sort().first().alias("said"),
    )
    columns = (
        Column("Gene set"),
        Column("Population"),
        Column("Stimulus"),
        Column("Donors", is_number=True),
        Column("Cells", is_number=True),
        Column("Genes", is_number=True, meaning="Of the set in the files, of all of the set"),
        Column("Mean over cells", is_number=True, meaning="log1p CP10k; median over donors, range"),
        Column("Pseudobulk", is_number=True, meaning="log1p CP10k of summed counts, median"),
        Column("Status"),
    )
    more = summed.height - _MOST_SETS
    made = Table(
        "Scores of gene sets in single cells",
        columns,
        tuple(_set_cells(row) for row in summed.head(_MOST_SETS).iter_rows(named=True)),
        note=f"{plural(more, 'more row')} from expression_scores.parquet." if more > 0 else "",
        can_filter=summed.height > 12,
    )
    return compact(made)


def _set_cells(row: Row) -> tuple[Cell, ...]:
    mean = row["cell_mean"]
    shown = MISSING if mean is None else f"{mean:.2f} ({row['low']:.2f} to {row['high']:.2f})"
    bulk = row["pseudobulk"]
    return (
        Cell(list_name(row["gene_set"])),
        Cell(population_name(row["population"])),
        Cell(stimulus_words(row)),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_cells"]), row["n_cells"]),
        number_cell(f"{count(row['n_genes'])} of {count(row['n_set'])}", row["n_genes"]),
        number_cell(shown, mean),
        number_cell(MISSING if bulk is None else f"{bulk:.2f}", bulk),
        Cell(row["said"] or ""),
    )


def counts_table(quality: pl.DataFrame) -> Table | None:
    """Return the files of counts, those left out first; None where there are none.

    Parameters
    ----------
    quality : polars DataFrame
        Table `expression_quality`.
    """
    if quality.is_empty():
        return None
    ordered = quality.sort(pl.col("status") == "used", maintain_order=True)
    columns = (
        Column("File"),
        Column("Stimulus"),
        Column("Batch"),
        Column("Cells", is_number=True),
        Column("Genes", is_number=True),
        Column("Counts of a cell", is_number=True, meaning="Median"),
        Column("Populations"),
        Column("Status"),
    )
    rows = tuple(
        (
            Cell(row["raw_file"].rsplit("/", 1)[-1]),
            Cell(stimulus_words(row)),
            Cell(row["batch"]),
            *(
                number_cell(count(row[name]), row[name])
                for name in ("n_cells", "n_genes", "median_counts")
            ),
            Cell(row["populations"]),
            Cell(row["status"]),
        )
        for row in ordered.head(_MOST_FILES).iter_rows(named=True)
    )
    more = quality.height - _MOST_FILES
    made = Table(
        "Samples in files of counts",
        columns,
        rows,
        note=f"{plural(more, 'more sample')} in expression_quality.csv." if more > 0 else "",
    )
    return compact(made, once=("File", "Batch", "Status"))
