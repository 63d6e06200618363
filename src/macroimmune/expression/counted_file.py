"""One file of counts, read once: what its wells say of each population and gene set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import FormatError
from macroimmune.evidence import gene_sets, populations_of_labels
from macroimmune.expression.cell_labels import with_labels
from macroimmune.expression.cell_scores import jackknife_error, pseudobulk_scores
from macroimmune.expression.cell_totals import CellTotals, cell_totals
from macroimmune.expression.cell_wells import CellWells, Trouble, cell_wells, population_labels
from macroimmune.expression.count_choice import count_matrix
from macroimmune.expression.gene_columns import GeneColumns, gene_columns
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.formats import BlockMatrix, h5ad_matrices, in_blocks, read_tenx_matrix
from macroimmune.response import MarkerLevels, marker_levels

__all__ = ["CountedFile", "CountedWell", "PopulationScores", "count_file"]

Whole = NDArray[np.int64]
# Into so many parts the cells of a population are dealt for the error of its pseudobulk.
_DEALT = 20


@dataclass(frozen=True, slots=True, eq=False)
class PopulationScores:
    """The scores of one population of one well.

    Parameters
    ----------
    n_cells : int
        With a count.
    labels : tuple of str
        Labels of the file that it is made of; none for all cells.
    numbers : float array, shape (4, sets)
        Mean and variance of the scores of cells; score of the summed counts and its standard
        error; NaN where there is none.
    ranked : mapping from gene set to float32 array
        Scores of cells as `MarkerLevels` keeps them, of interferon sets that the file has.
    """

    n_cells: int
    labels: tuple[str, ...]
    numbers: NDArray[np.float64]
    ranked: Mapping[str, NDArray[np.float32]]

    def levels(self, gene_set: str) -> MarkerLevels:
        """Return the scores of cells of one interferon set as levels of a marker."""
        number = [one.id for one in gene_sets()].index(gene_set)
        mean, variance = self.numbers[:2, number]
        nothing = np.empty(0)
        return MarkerLevels(
            self.n_cells, float(mean), float(variance), self.ranked[gene_set], nothing
        )


@dataclass(frozen=True, slots=True, eq=False)
class CountedWell:
    """One well of a file.

    Parameters
    ----------
    row : int
        Which row of the file lists it.
    stimulus : str
    n_cells, n_empty : int
        Cells, and those of them without a count.
    n_genes : int
        Genes with a count.
    median_counts : float
    populations : mapping from population to PopulationScores
        "" is all cells.
    sums : float array, shape (genes,)
        Counts of each gene, summed over all cells.
    """

    row: int
    stimulus: str
    n_cells: int
    n_empty: int
    n_genes: int
    median_counts: float
    populations: Mapping[str, PopulationScores]
    sums: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CountedFile:
    """What one file of counts gave.

    Parameters
    ----------
    place : str
        Which matrix was read.
    genes : tuple of str
        Symbols, one per column of the matrix.
    present : tuple of int
        Genes of each set that the file has.
    wells : tuple of CountedWell
    row_troubles, label_troubles : mapping from row (as text) to Trouble
        Rows that have no well, and rows whose cells have no population.
    remarks : tuple of str
        Of the file.
    row_remarks : mapping from row (as text) to str
    """

    place: str
    genes: tuple[str, ...]
    present: tuple[int, ...]
    wells: tuple[CountedWell, ...]
    row_troubles: Mapping[str, Trouble]
    label_troubles: Mapping[str, Trouble]
    remarks: tuple[str, ...]
    row_remarks: Mapping[str, str]


def count_file(
    folder: Path, rows: Sequence[ListedRow], *, beat: Callable[[], None] = lambda: None
) -> CountedFile:
    """Return what the wells of one file say.

    Parameters
    ----------
    folder : Path
        Of the study.
    rows : sequence of ListedRow
        All that name the file.
    beat : callable
        Called after every block that was read.

    Raises
    ------
    FormatError
        If the file cannot be read, holds no counts, or no gene of any set.

    Notes
    -----
    Convention: no cell is left out but those without a count; whoever wants other limits leaves
    cells out of the file.
    """
    with _opened(folder / rows[0].raw_file, rows[0].format) as matrices:
        matrix, remark = count_matrix(matrices)
        genes = gene_columns(matrix.var_names, matrix.var, gene_sets())
        obs, label_remark = with_labels(matrix.obs, matrix.obs_names, folder, rows[0].labels)
        wells = cell_wells(rows, obs, len(matrix.obs_names))
        cells, troubles = _cells(rows, obs, wells)
        of_wells = wells.of_cell, len(wells.rows)
        totals = cell_totals(matrix, genes, of_wells, cells.groups(), beat=beat)
        counted = tuple(_well(place, cells, totals, genes) for place in range(len(wells.rows)))
        return CountedFile(
            place=matrix.place,
            genes=genes.names,
            present=tuple(int(count) for count in genes.members.sum(axis=0)),
            wells=counted,
            row_troubles={str(row): one for row, one in wells.troubles.items()},
            label_troubles={str(row): one for row, one in troubles.items()},
            remarks=tuple(filter(None, (remark, label_remark, *genes.remarks))),
            row_remarks={str(row): one for row, one in wells.remarks.items()},
        )


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[tuple[BlockMatrix, ...]]:
    if kind == "h5ad":
        with h5ad_matrices(path) as matrices:
            yield matrices
    elif kind == "10x":
        yield (in_blocks(read_tenx_matrix(path), "matrix"),)
    else:
        msg = f"{path.name}: format {kind} is not read; expected h5ad or 10x; convert it"
        raise FormatError(msg)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The cells of a file by well, by label, and by the part into which they are dealt."""

    wells: CellWells
    names: tuple[str, ...]
    labels: Whole
    parts: Whole

    def groups(self) -> tuple[Whole, int]:
        """Return well, label and part in one number, -1 for cells of no well; and how many."""
        of_label = self.wells.of_cell * len(self.names) + self.labels
        groups = np.where(self.wells.of_cell >= 0, of_label * _DEALT + self.parts, -1)
        return groups, len(self.wells.rows) * len(self.names) * _DEALT


def _cells(
    rows: Sequence[ListedRow], obs: pl.DataFrame, wells: CellWells
) -> tuple[_Cells, dict[int, Trouble]]:
    """Return the cells of a file, and the rows whose cells have no population."""
    words = np.full(wells.of_cell.size, "", dtype=object)
    parts = np.zeros(wells.of_cell.size, dtype=np.int64)
    troubles: dict[int, Trouble] = {}
    for number in dict.fromkeys(wells.rows):
        places = [place for place, row in enumerate(wells.rows) if row == number]
        cells = np.isin(wells.of_cell, places)
        words[cells], trouble = population_labels(rows[number], obs, cells)
        if trouble is not None:
            troubles[number] = trouble
        parts[cells] = np.arange(int(cells.sum())) % _DEALT
    names, labels = np.unique(words.astype(str), return_inverse=True)
    told = tuple(str(name) for name in names)
    return _Cells(wells, told, labels.astype(np.int64), parts), troubles


def _well(place: int, cells: _Cells, totals: CellTotals, genes: GeneColumns) -> CountedWell:
    inside = np.flatnonzero(cells.wells.of_cell == place)
    full = inside[totals.library[inside] > 0]
    sums = np.where(genes.is_gene, totals.well_sums[place], 0.0)
    dealt = totals.group_sums.reshape(-1, len(cells.names), _DEALT, len(genes.symbols))[place]
    present = {cells.names[number] for number in np.unique(cells.labels[full])}
    made_of = {"": ()} | dict(populations_of_labels(sorted(present - {""})))
    populations = {}
    for population, labels in made_of.items():
        numbers = [cells.names.index(one) for one in (labels if population else cells.names)]
        of_it = full[np.isin(cells.labels[full], numbers)]
        if of_it.size:
            populations[population] = _population(
                of_it, labels, cells.parts[of_it], dealt[numbers].sum(axis=0), totals, genes
            )
    return CountedWell(
        row=cells.wells.rows[place],
        stimulus=cells.wells.stimuli[place],
        n_cells=int(inside.size),
        n_empty=int(inside.size - full.size),
        n_genes=int((sums > 0).sum()),
        median_counts=float(np.median(totals.library[full])) if full.size else float("nan"),
        populations=populations,
        sums=sums,
    )


def _population(
    cells: Whole,
    labels: tuple[str, ...],
    parts: Whole,
    sums: NDArray[np.float64],
    totals: CellTotals,
    genes: GeneColumns,
) -> PopulationScores:
    library = np.bincount(parts, weights=totals.library[cells], minlength=_DEALT).astype(float)
    n_cells = np.bincount(parts, minlength=_DEALT).astype(np.int64)
    whole = pseudobulk_scores(sums.sum(axis=0)[None], library.sum()[None], genes.members)
    scores = totals.scores[cells]
    levels = [marker_levels(scores[:, number]) for number in range(scores.shape[1])]
    return PopulationScores(
        n_cells=int(cells.size),
        labels=labels,
        numbers=np.array([
            [one.mean for one in levels],
            [one.variance for one in levels],
            whole[0],
            jackknife_error(sums, library, n_cells, genes.members),
        ]),
        ranked={
            one.id: levels[number].ranked
            for number, one in enumerate(gene_sets())
            if one.kind == "interferon" and genes.members[:, number].any()
        },
    )
