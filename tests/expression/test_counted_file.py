"""One file of counts: whichever way it is stored, and whatever is wrong with it."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from tests.expression.small_matrices import GENES, drawn_counts, listed_row, matrix_of

from macroimmune.errors import FormatError
from macroimmune.evidence import gene_sets
from macroimmune.expression.cell_scores import cell_scores, pseudobulk_scores
from macroimmune.expression.counted_file import count_file
from macroimmune.expression.gene_columns import gene_columns
from macroimmune.formats import matrix_blocks, write_h5ad, write_tenx_matrix
from macroimmune.formats.tenx_matrix import TENX_FILES

h5py = pytest.importorskip("h5py")
ROW = listed_row(stimulus_column="condition", population_column="type")


@pytest.fixture
def cells(rng):
    counts = np.vstack([drawn_counts(rng, 40), drawn_counts(rng, 50, factor=4.0)])
    counts[3] = 0
    return matrix_of(
        counts,
        pl.DataFrame({
            "condition": ["none"] * 40 + ["IFN-beta"] * 50,
            "type": ["NK", "CD4 TEM", "strange"] * 30,
        }),
    )


def counted(tmp_path, matrix, row=ROW, change=None):
    write_h5ad(tmp_path / "cells.h5ad", matrix)
    if change is not None:
        with h5py.File(tmp_path / "cells.h5ad", "r+") as file:
            change(file)
    return count_file(tmp_path, [row])


def test_every_number_is_that_of_a_whole_matrix_in_memory(tmp_path, cells):
    found = counted(tmp_path, cells)
    resting, stimulated = found.wells
    assert (resting.n_cells, resting.n_empty, stimulated.n_cells) == (40, 1, 50)
    assert (resting.stimulus, stimulated.stimulus) == ("none", "IFN-beta")
    genes = gene_columns(GENES, pl.DataFrame(), gene_sets())
    counts = sparse.csr_array(cells.values.astype(float))
    library = counts.sum(axis=1)
    scores = cell_scores(sparse.csr_array(counts @ genes.gather), library, genes.members)[:, 0]
    assert resting.populations[""].numbers[0, 0] == pytest.approx(
        np.nanmean(scores[:40].astype(float))
    )
    is_nk = (cells.obs["type"] == "NK").to_numpy()
    inside = np.flatnonzero(is_nk)[np.flatnonzero(is_nk) >= 40]
    nk = stimulated.populations["nk"]
    assert nk.n_cells == inside.size
    whole = pseudobulk_scores(
        (counts @ genes.gather)[inside].sum(axis=0)[None],
        library[inside].sum()[None],
        genes.members,
    )
    assert nk.numbers[2, 0] == pytest.approx(whole[0, 0])
    assert stimulated.sums == pytest.approx(cells.values.toarray()[40:].sum(axis=0))
    assert set(stimulated.populations) == {
        "",
        "nk",
        "em_cd4",
        "effector_cd4",
        "cd4_t",
        "t_cell",
        "strange",
    }


def same(first, second):
    for one, other in zip(first.wells, second.wells, strict=True):
        assert one.populations.keys() == other.populations.keys()
        for name, scores in one.populations.items():
            again = other.populations[name]
            assert scores.numbers == pytest.approx(again.numbers, nan_ok=True)
            levels = scores.levels("hallmark_ifn_alpha"), again.levels("hallmark_ifn_alpha")
            assert levels[0].ranked == pytest.approx(levels[1].ranked)


def by_columns(file):
    rows = sparse.csr_array(
        (file["X/data"][:], file["X/indices"][:], file["X/indptr"][:]),
        shape=tuple(file["X"].attrs["shape"]),
    )
    columns = sparse.csc_array(rows)
    kept = dict(file["X"].attrs) | {"encoding-type": "csc_matrix"}
    del file["X"]
    group = file.create_group("X")
    group.attrs.update(kept)
    for part in ("data", "indices", "indptr"):
        group[part] = getattr(columns, part)


def dense(file):
    rows = sparse.csr_array(
        (file["X/data"][:], file["X/indices"][:], file["X/indptr"][:]),
        shape=tuple(file["X"].attrs["shape"]),
    )
    del file["X"]
    file["X"] = rows.toarray().astype(np.float32)
    file["X"].attrs["encoding-type"] = "array"


@pytest.mark.parametrize("change", [by_columns, dense])
@pytest.mark.parametrize("block", [300, 4_000_000])
def test_counts_by_columns_dense_and_in_small_blocks_give_the_same(
    tmp_path, cells, monkeypatch, change, block
):
    usual = counted(tmp_path, cells)
    monkeypatch.setattr(matrix_blocks, "BLOCK_VALUES", block)
    same(usual, counted(tmp_path, cells, change=change))


def test_10x_folders_with_labels_beside_them_give_the_same(tmp_path, cells):
    usual = counted(tmp_path, cells)
    folder = tmp_path / "well"
    folder.mkdir()
    write_tenx_matrix(tuple(folder / name for name in TENX_FILES), cells)
    labels = cells.obs.insert_column(0, pl.Series("barcode", cells.obs_names))
    labels.write_csv(folder / "labels.csv")
    row = listed_row(
        raw_file="well",
        format="10x",
        labels="well/labels.csv",
        stimulus_column="condition",
        population_column="type",
    )
    same(usual, count_file(tmp_path, [row]))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda counts: np.log1p(counts), "logarithms"),
        (lambda counts: counts / np.maximum(counts.sum(axis=1), 1)[:, None], "fractions"),
        (lambda counts: counts - 2.0, "negative"),
        (
            lambda counts: np.rint(1e5 * counts / np.maximum(counts.sum(axis=1), 1)[:, None]),
            "normalised to one depth",
        ),
    ],
)
def test_counts_that_are_no_counts_are_refused(tmp_path, cells, values, said):
    matrix = matrix_of(values(cells.values.toarray().astype(float)), cells.obs)
    with pytest.raises(FormatError, match=said):
        counted(tmp_path, matrix)


def test_a_layer_of_counts_is_read_in_the_place_of_logarithms_and_it_is_said(tmp_path, cells):
    usual = counted(tmp_path, cells)
    logs = matrix_of(np.log1p(cells.values.toarray().astype(float)), cells.obs)

    def add_layer(file):
        file["layers/counts"] = cells.values.toarray()
        file["layers/counts"].attrs["encoding-type"] = "array"

    found = counted(tmp_path, logs, change=add_layer)
    assert found.place == "layers/counts"
    assert "counts of layers/counts: X holds fractions" in found.remarks[0]
    same(usual, found)


def test_counts_in_raw_with_genes_of_its_own_are_read(tmp_path, cells):
    logs = matrix_of(np.log1p(cells.values.toarray()[:, :50].astype(float)), cells.obs, GENES[:50])

    def add_raw(file):
        raw = file.create_group("raw")
        raw["X"] = cells.values.toarray()
        raw["X"].attrs["encoding-type"] = "array"
        file.copy("var", raw)
        del raw["var/_index"]
        raw["var"].create_dataset("_index", data=list(GENES), dtype=h5py.string_dtype())
        raw["var/_index"].attrs["encoding-type"] = "string-array"

    found = counted(tmp_path, logs, change=add_raw)
    assert found.place == "raw/X"
    assert found.genes == GENES
    assert found.present[0] == 97


def test_a_table_of_labels_that_fits_no_cell_is_told(tmp_path, cells):
    (tmp_path / "labels.csv").write_text("barcode,type\nAAAC,NK\n", encoding="utf-8")
    row = listed_row(labels="labels.csv", population_column="type")
    with pytest.raises(FormatError, match="no barcode of the file, such as 'AAAC'"):
        counted(tmp_path, cells, row)
    (tmp_path / "labels.csv").write_text("barcode,type\ncell1,NK\ncell1,B\n", encoding="utf-8")
    with pytest.raises(FormatError, match="'cell1' stands twice"):
        counted(tmp_path, cells, row)


def test_a_format_that_is_not_read_is_told(tmp_path):
    with pytest.raises(FormatError, match="format table is not read"):
        count_file(tmp_path, [listed_row(format="table", raw_file="counts.csv")])
