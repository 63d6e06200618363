"""Clones of labelled cells: sizes by population, expansion, migration, transition, novelty."""

from macroimmune.repertoires.cells.cell_tables import cell_tables
from macroimmune.repertoires.cells.clone_indices import (
    CloneIndices,
    CloneQuestion,
    clone_indices,
)

__all__ = ["CloneIndices", "CloneQuestion", "cell_tables", "clone_indices"]
