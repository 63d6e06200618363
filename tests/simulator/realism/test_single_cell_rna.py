import numpy as np
import polars as pl
import pytest
from scipy import sparse

from macroimmune.formats import AnnotatedMatrix
from macroimmune.simulator.realism.single_cell_rna import (
    cell_rows,
    interferon_scores,
    shared_genes,
    virtual_cells,
    zeros_by_mean,
)


def matrix_of(counts, genes, conditions):
    cells = tuple(f"c{number}" for number in range(len(counts)))
    obs = pl.DataFrame({"condition": conditions})
    var = pl.DataFrame({"gene": list(genes)})
    return AnnotatedMatrix(sparse.csr_array(np.array(counts)), cells, tuple(genes), obs, var)


def test_cells_by_hand():
    matrix = matrix_of([[3, 1, 6], [0, 0, 10]], ("ISG15", "CD3E", "ACTB"), ["rest", "with"])
    rows = cell_rows(matrix, ("ISG15", "CD3E"), "with")
    assert rows["counts per cell"].to_list() == [4.0, 0.0]
    assert rows["genes per cell"].to_list() == [2.0, 0.0]
    assert rows["is_stimulated"].to_list() == [False, True]
    # The score is of all counts of a cell: three of ten are 3,000 of 10,000.
    np.testing.assert_allclose(interferon_scores(matrix), [np.log1p(3000.0), 0.0])
    assert shared_genes(matrix, matrix_of([[1, 1]], ("ACTB", "XIST"), ["rest"])) == ("ACTB",)


def test_zeros_by_hand():
    counts = sparse.csr_array(np.array([[1, 9], [0, 10], [1, 9], [0, 10]]))
    low, high = zeros_by_mean(counts, (0.1, 1.0, 20.0)).iter_rows(named=True)
    assert (low["genes"], low["zeros"]) == (1, 0.5)
    assert (high["genes"], high["zeros"]) == (1, 0.0)
    assert zeros_by_mean(counts, (50.0, 60.0)).row(0) == (50.0, 60.0, 0, None, None)


def test_poisson_counts_have_no_excess():
    rng = np.random.default_rng(4)
    counts = sparse.csr_array(rng.poisson(5.0, size=(4000, 60)))
    assert zeros_by_mean(counts, (1.0, 20.0))["excess"][0] == pytest.approx(0.0, abs=0.02)


def test_virtual_cells_hold_both_conditions_and_the_same_seed_gives_the_same():
    one, two = virtual_cells(5), virtual_cells(5)
    assert set(one.obs["condition"].cast(pl.String)) == {"unstimulated", "IFN-beta"}
    assert (one.values != two.values).nnz == 0
