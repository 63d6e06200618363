"""The tables of repertoires of cells: clones by population, their indices, and novel clones."""

import numpy as np
import polars as pl

from macroimmune.repertoires.cells.clone_populations import population_rows
from macroimmune.repertoires.cells.novel_phenotypes import novel_rows
from macroimmune.repertoires.cells.participant_cells import participants_with_cells
from macroimmune.repertoires.cells.startrac import startrac_rows
from macroimmune.repertoires.changes import sample_pairs
from macroimmune.repertoires.repertoire import Repertoires
from macroimmune.results import RESULT_TABLES, conform, empty

__all__ = ["cell_tables"]

Rows = list[dict[str, object]]


def cell_tables(
    repertoires: Repertoires, *, rng: np.random.Generator, pairs: pl.DataFrame | None = None
) -> dict[str, pl.DataFrame]:
    """Return what labelled cells say of clones.

    Parameters
    ----------
    repertoires : Repertoires
        Those that count cells are read, one participant at a time.
    rng : numpy Generator
        For shuffles of labels and resamples of clones.
    pairs : polars DataFrame or None
        The repertoires that are compared over time; None: `sample_pairs` of those listed.

    Returns
    -------
    tables : dict from name to polars DataFrame
        `clone_populations`, `startrac` and `novel_phenotypes` of the results contract; empty
        without cells.
    """
    pairs = sample_pairs(repertoires.listed) if pairs is None else pairs
    found: dict[str, Rows] = {"clone_populations": [], "startrac": [], "novel_phenotypes": []}
    for cells in participants_with_cells(repertoires):
        found["clone_populations"] += population_rows(cells)
        found["startrac"] += startrac_rows(cells, rng=rng)
        found["novel_phenotypes"] += novel_rows(cells, pairs)
    return {name: _frame(name, rows) for name, rows in found.items()}


def _frame(table: str, rows: Rows) -> pl.DataFrame:
    if not rows:
        return empty(table)
    return conform(table, pl.DataFrame(rows, schema=RESULT_TABLES[table].schema))
