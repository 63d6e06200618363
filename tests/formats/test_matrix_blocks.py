"""Matrices of h5ad files read in blocks are those that are read whole."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.formats import AnnotatedMatrix, h5ad_matrices, in_blocks, write_h5ad
from macroimmune.formats import matrix_blocks as module

h5py = pytest.importorskip("h5py")


def written(path, counts):
    names = tuple(f"cell{row}" for row in range(counts.shape[0]))
    genes = tuple(f"gene{column}" for column in range(counts.shape[1]))
    matrix = AnnotatedMatrix(counts, names, genes, pl.DataFrame(), pl.DataFrame())
    write_h5ad(path, matrix)
    return matrix


def whole(matrix):
    found = np.zeros((len(matrix.obs_names), len(matrix.var_names)))
    for block in matrix.blocks():
        found[slice(*block.rows), slice(*block.columns)] += block.values.toarray()
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 2**32),
    shape=st.tuples(st.integers(1, 12), st.integers(1, 9)),
    block=st.integers(1, 40),
    is_dense=st.booleans(),
)
def test_blocks_together_are_the_matrix(tmp_path, monkeypatch, seed, shape, block, is_dense):
    counts = np.random.default_rng(seed).poisson(0.7, shape)
    given_counts = counts if is_dense else sparse.csr_array(counts)
    matrix = written(tmp_path / "a.h5ad", given_counts)
    monkeypatch.setattr(module, "BLOCK_VALUES", block)
    with h5ad_matrices(tmp_path / "a.h5ad") as (stored,):
        assert stored.place == "X"
        assert (whole(stored) == counts).all()
        assert (whole(stored) == counts).all()
    assert (whole(in_blocks(matrix, "X")) == counts).all()


def test_a_place_outside_the_matrix_is_refused(tmp_path):
    written(tmp_path / "a.h5ad", sparse.csr_array(np.eye(4, dtype=int)))
    with h5py.File(tmp_path / "a.h5ad", "r+") as file:
        file["X/indices"][2] = 4
    with (
        h5ad_matrices(tmp_path / "a.h5ad") as (stored,),
        pytest.raises(FormatError, match="outside its 4 places"),
    ):
        whole(stored)


def test_starts_that_do_not_fit_are_refused(tmp_path):
    written(tmp_path / "a.h5ad", sparse.csr_array(np.eye(4, dtype=int)))
    with h5py.File(tmp_path / "a.h5ad", "r+") as file:
        file["X/indptr"][4] = 9
    with (
        pytest.raises(FormatError, match="sparse parts that fit together"),
        h5ad_matrices(tmp_path / "a.h5ad"),
    ):
        pass


def test_a_layer_that_cannot_be_read_is_no_hindrance(tmp_path):
    written(tmp_path / "a.h5ad", sparse.csr_array(np.eye(4, dtype=int)))
    with h5py.File(tmp_path / "a.h5ad", "r+") as file:
        file["layers/odd"] = np.ones((2, 2))
        file["layers/counts"] = np.ones((4, 4))
    with h5ad_matrices(tmp_path / "a.h5ad") as matrices:
        assert [one.place for one in matrices] == ["X", "layers/counts"]


def test_an_error_of_whoever_reads_is_not_taken_for_one_of_the_file(tmp_path):
    written(tmp_path / "a.h5ad", sparse.csr_array(np.eye(4, dtype=int)))
    with pytest.raises(KeyError, match="mine"), h5ad_matrices(tmp_path / "a.h5ad"):
        raise KeyError("mine")


def test_what_is_no_h5ad_file_is_refused(tmp_path):
    (tmp_path / "a.h5ad").write_text("no HDF5", encoding="utf-8")
    with (
        pytest.raises(FormatError, match="expected an h5ad file"),
        h5ad_matrices(tmp_path / "a.h5ad"),
    ):
        pass
