"""What a pass over a matrix leaves: library and scores of cells, sums of groups of cells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.expression.cell_scores import cell_scores
from macroimmune.expression.count_check import count_trouble, depth_trouble
from macroimmune.expression.gene_columns import GeneColumns
from macroimmune.formats import BlockMatrix

__all__ = ["CellTotals", "cell_totals"]

Values = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellTotals:
    """Sums of counts, by cell and by group of cells.

    Parameters
    ----------
    library : float array, shape (cells,)
        All counts of a cell.
    scores : float32 array, shape (cells, sets)
        NaN for cells without a count.
    group_sums : float array, shape (groups, symbols)
    well_sums : float array, shape (wells, columns of the file)
    """

    library: Values
    scores: NDArray[np.float32]
    group_sums: Values
    well_sums: Values


def cell_totals(
    matrix: BlockMatrix,
    genes: GeneColumns,
    wells: tuple[Whole, int],
    groups: tuple[Whole, int],
    *,
    beat: Callable[[], None] = lambda: None,
) -> CellTotals:
    """Return the totals of a matrix of counts, read once in blocks.

    Parameters
    ----------
    matrix : BlockMatrix
    genes : GeneColumns
    wells, groups : (int array of shape (cells,), int)
        Of each cell, from 0, -1 for cells that do not count; and how many there are.
    beat : callable
        Called after every block.

    Returns
    -------
    totals : CellTotals

    Raises
    ------
    FormatError
        If a value is no count.

    Notes
    -----
    Convention: with a matrix by rows, memory holds one block and a few numbers per cell; with one
    by columns also the counts of the genes of the sets.
    """
    n_cells = len(matrix.obs_names)
    library = np.zeros(n_cells)
    scores = np.full((n_cells, genes.members.shape[1]), np.nan, dtype=np.float32)
    group_sums = np.zeros((groups[1], len(genes.symbols)))
    well_sums = np.zeros((wells[1], len(matrix.var_names)))
    of_columns = sparse.csr_array((n_cells, len(genes.symbols)))
    is_gene = genes.is_gene.astype(float)
    for block in matrix.blocks():
        trouble = count_trouble(block.values.data)
        if trouble:
            msg = f"{matrix.place}: {trouble}"
            raise FormatError(msg)
        rows, columns = slice(*block.rows), slice(*block.columns)
        counts = block.values.astype(np.float64)
        library[rows] += counts @ is_gene[columns]
        _add(well_sums[:, columns], wells[0][rows], counts)
        wanted = sparse.csr_array(counts @ genes.gather[columns])
        if matrix.is_by_rows:
            scores[rows] = cell_scores(wanted, library[rows], genes.members)
            _add(group_sums, groups[0][rows], wanted)
        else:
            of_columns = of_columns + wanted
        beat()
    if not matrix.is_by_rows:
        scores = cell_scores(sparse.csr_array(of_columns), library, genes.members)
        _add(group_sums, groups[0], of_columns)
    trouble = depth_trouble(library)
    if trouble:
        msg = f"{matrix.place}: {trouble}"
        raise FormatError(msg)
    return CellTotals(library, scores, group_sums, well_sums)


def _add(sums: Values, groups: Whole, counts: sparse.csr_array) -> None:
    """Add the rows of a block to the sums of their groups."""
    used = np.flatnonzero(groups >= 0)
    if not used.size:
        return
    shape = (sums.shape[0], counts.shape[0])
    dealt = sparse.csr_array((np.ones(used.size), (groups[used], used)), shape)
    present = np.unique(groups[used])
    sums[present] += (dealt[present] @ counts).toarray()
