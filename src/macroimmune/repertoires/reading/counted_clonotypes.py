"""From a frame of chains to clonotypes with their counts, cells, and what was left out."""

from dataclasses import dataclass

import polars as pl

from macroimmune.repertoires.reading.chains_of_cells import chains_of_cells
from macroimmune.repertoires.reading.clonotype_names import clonotype_name
from macroimmune.repertoires.reading.usable_chains import judged_chains, judged_sequences
from macroimmune.repertoires.repertoire import CELL_COLUMNS, CLONOTYPE_COLUMNS
from macroimmune.study import RepertoireSettings

__all__ = ["CountedChains", "clonotypes_of", "count_chains"]

_NO_CELL = "row without a cell in a file of cells"
_UNPAIRED = "chain of no known cell, which cannot be paired"


@dataclass(frozen=True, slots=True, eq=False)
class CountedChains:
    """What the chains of one library gave.

    Parameters
    ----------
    units : DataFrame
        What is counted: a row per cell where cells are known, else per usable row; columns of
        clonotypes with `cell_id`, `population` (the label) and `count`, which is one where cells
        are counted.
    losses : DataFrame
        reason, n_rows, n_counted (null where the rows had no usable count).
    n_rows : int
    has_cells : bool
    """

    units: pl.DataFrame
    losses: pl.DataFrame
    n_rows: int
    has_cells: bool

    def cells(self) -> pl.DataFrame | None:
        """Return the cells as in `Repertoire`, None where they are not known."""
        if not self.has_cells:
            return None
        named = self.units.select("cell_id", "clonotype", pl.col("population").alias("label"))
        return named.cast(pl.Schema(CELL_COLUMNS))


def count_chains(
    chains: pl.DataFrame, settings: RepertoireSettings, *, counted: str
) -> CountedChains:
    """Return the countable units of one library and what was left out.

    Parameters
    ----------
    chains : DataFrame
        Columns of `CHAIN_COLUMNS`, as far as the source tells them.
    settings : RepertoireSettings
        What a clonotype is.
    counted : {"templates", "umis", "cells", "reads", ""}
        What the counts are; empty where nobody said.

    Notes
    -----
    Convention: each row is left out for one reason, the first that applies. Cells are counted by
    their ids; where a source counts cells without naming them its counts are taken.

    Examples
    --------
    >>> chains = pl.DataFrame({
    ...     "v_gene": ["TRBV19"] * 3,
    ...     "j_gene": ["TRBJ2-7"] * 3,
    ...     "junction": ["TGTGCCAGC", "TGTGCCAGC", "TGTTAGAGC"],
    ...     "count": [2, 3, 9],
    ... })
    >>> found = count_chains(chains, RepertoireSettings(), counted="templates")
    >>> clonotypes_of(found.units).select("clonotype", "count").rows()
    [('TRBV19|TGTGCCAGC|TRBJ2-7', 5)]
    >>> found.losses.rows()
    [('stop codon', 1, 9.0)]
    """
    has_cells = "cell_id" in chains.columns and chains["cell_id"].is_not_null().any()
    by_cells = counted == "cells" and has_cells
    judged = judged_chains(chains, settings, is_counted_by_cells=by_cells)
    if has_cells:
        judged = judged.with_columns(
            reason=pl.coalesce(
                "reason", pl.when(pl.col("cell_id").is_null()).then(pl.lit(_NO_CELL))
            )
        )
    elif settings.chain == "paired":
        judged = judged.with_columns(reason=pl.coalesce("reason", pl.lit(_UNPAIRED)))
    if has_cells:
        judged = judged.with_columns(clonotype_name(settings).alias("clonotype"))
        cells, beside = chains_of_cells(judged.filter(pl.col("reason").is_null()), settings)
        judged = pl.concat([
            judged.filter(pl.col("reason").is_not_null()),
            beside.select(judged.columns),
            cells,
        ])
    if not settings.only_productive:
        judged = judged_sequences(judged, settings)
    units = judged.filter(pl.col("reason").is_null())
    if not has_cells:
        units = units.with_columns(clonotype_name(settings).alias("clonotype"))
    if by_cells:
        units = units.with_columns(count=pl.lit(1.0))
    return CountedChains(
        units.select(*CLONOTYPE_COLUMNS, "cell_id", "population").cast({"count": pl.Int64}),
        _losses(judged.filter(pl.col("reason").is_not_null()), by_cells=by_cells),
        chains.height,
        has_cells,
    )


def _losses(left_out: pl.DataFrame, *, by_cells: bool) -> pl.DataFrame:
    count = pl.col("count")
    usable = pl.when(count.is_finite() & (count >= 0)).then(count)
    # A chain that is left out is not a cell that is left out.
    told = pl.lit(None, dtype=pl.Float64) if by_cells else usable
    return (
        left_out
        .with_columns(count=told)
        .group_by("reason")
        .agg(
            pl.len().cast(pl.Int64).alias("n_rows"),
            pl.when(count.count() > 0).then(count.sum()).alias("n_counted"),
        )
        .sort("n_rows", "reason", descending=[True, False])
    )


def clonotypes_of(units: pl.DataFrame) -> pl.DataFrame:
    """Return each clonotype once with its count, largest first, then by name.

    Parameters
    ----------
    units : DataFrame
        Columns of `CLONOTYPE_COLUMNS`, in any number of rows per clonotype.

    Notes
    -----
    Convention: what does not belong to the definition, such as the nucleotides of a clonotype of
    amino acids, is that of its largest row; of equal ones the first in the alphabet.
    """
    told = [name for name in CLONOTYPE_COLUMNS if name not in {"clonotype", "count"}]
    if units["clonotype"].is_duplicated().any():
        units = (
            units
            .sort("count", *told, descending=[True, *(False for _ in told)], nulls_last=True)
            .group_by("clonotype")
            .agg(*(pl.col(name).first() for name in told), pl.col("count").sum())
        )
    columns = units.select(list(CLONOTYPE_COLUMNS)).cast(pl.Schema(CLONOTYPE_COLUMNS))
    return columns.sort("count", "clonotype", descending=[True, False])
