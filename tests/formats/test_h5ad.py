import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from macroimmune.errors import FormatError, InputError
from macroimmune.formats import AnnotatedMatrix, read_h5ad, write_h5ad

h5py = pytest.importorskip("h5py")

DENSE = np.array([[0, 1.5, 0], [2, 0, 0]], dtype=np.float32)
OBS = pl.DataFrame({
    "condition": pl.Series(["stim", None], dtype=pl.Enum(["stim", "ctrl"])),
    "donor": ["p1", "p2"],
    "word": ["b", None],
    "umis": [10, 20],
    "age": [61, None],
    "is_t_cell": [True, None],
    "is_cell": [True, False],
    "score": [0.5, float("nan")],
})


def matrix(values=DENSE, obs=OBS, **others):
    return AnnotatedMatrix(
        values, ("AAAC-1", "ÄC-2"), ("ISG15", "MX1", "CD3D"), obs, pl.DataFrame(), **others
    )


@pytest.mark.parametrize("values", [DENSE, sparse.csr_array(DENSE)])
def test_what_is_written_is_read(tmp_path, values):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix(values))
    read = read_h5ad(path)
    assert sparse.issparse(read.values) == sparse.issparse(values)
    found = read.values.toarray() if sparse.issparse(read.values) else read.values
    assert found.dtype == np.float32
    assert found.tolist() == DENSE.tolist()
    assert (read.obs_names, read.var_names) == (("AAAC-1", "ÄC-2"), ("ISG15", "MX1", "CD3D"))
    # Text with a missing value comes back as a category.
    assert read.obs.equals(OBS.with_columns(pl.col("word").cast(pl.Enum(["b"]))))
    assert read.obs["condition"].dtype == pl.Enum(["stim", "ctrl"])
    assert (read.var.width, read.skipped) == (0, ())


def test_an_empty_sparse_matrix_is_written_and_read(tmp_path):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix(sparse.csr_array((2, 3), dtype=np.int64)))
    assert read_h5ad(path).values.toarray().tolist() == [[0, 0, 0], [0, 0, 0]]


def test_columns_first_matrices_and_layers_are_read(tmp_path):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix())
    columns = sparse.csc_array(DENSE * 2)
    with h5py.File(path, "a") as file:
        group = file["layers"].create_group("counts")
        group.attrs.update({"encoding-type": "csc_matrix", "shape": np.array([2, 3])})
        for part in ("data", "indices", "indptr"):
            group[part] = getattr(columns, part)
    read = read_h5ad(path, layer="counts")
    assert isinstance(read.values, sparse.csr_array)
    assert read.values.toarray().tolist() == (DENSE * 2).tolist()
    with pytest.raises(FormatError, match="no part 'raw'"):
        read_h5ad(path, layer="raw")


def test_a_column_of_an_unknown_kind_is_skipped_and_named(tmp_path):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix())
    with h5py.File(path, "a") as file:
        file["obs/donor"].attrs["encoding-type"] = "awkward-array"
    read = read_h5ad(path)
    assert read.skipped == ("donor",)
    assert "donor" not in read.obs.columns


def outside(file):
    del file["X"]
    file["X"] = h5py.ExternalLink("/etc/passwd", "/X")


def soft(file):
    del file["X"]
    file["X"] = h5py.SoftLink("/obs")


def external_values(file):
    del file["X"]
    file.create_dataset("X", (2, 3), "f4", external=[("/etc/hostname", 0, 24)])


def pickled(file):
    del file["X"]
    file.create_dataset("X", (2, 3), h5py.opaque_dtype(np.dtype("V8")))


def replaced(path, value):
    def change(file):
        attributes = dict(file[path].attrs)
        del file[path]
        file[path] = value
        file[path].attrs.update(attributes)

    return change


def without(path):
    def change(file):
        del file[path]

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (outside, "ExternalLink"),
        (soft, "SoftLink"),
        (external_values, "values stand in another file"),
        (pickled, "expected numbers"),
        (without("obs"), "no part 'obs'"),
        (without("X/indices"), "no part 'indices'"),
        (replaced("X/indptr", np.array([0, 5, 2])), "fit together"),
        (replaced("X/indptr", np.array([0, -1, 2])), "fit together"),
        (replaced("X/indices", np.array([0, 3])), "fit together"),
        (replaced("X/indices", np.array([-1, 0])), "fit together"),
        (replaced("X/data", np.array([1.0])), "fit together"),
        (replaced("X/data", np.ones((2, 2))), "fit together"),
        (replaced("X/data", 1.0), "fit together"),
        (replaced("obs/condition/codes", np.array([0, 2])), "codes"),
        (replaced("obs/condition/codes", np.array([0, -2])), "codes"),
        (replaced("obs/umis", np.array([1, 2, 3])), "3 values; expected 2"),
        (replaced("obs/age/mask", np.array([True])), "one mark per value"),
        (replaced("var/_index", np.array([1, 2, 3])), "expected a list of texts"),
        (lambda file: file["X"].attrs.update({"shape": np.array([2, 4])}), "names of obs"),
        (lambda file: file["X"].attrs.update({"shape": "x"}), r"shape \(\)"),
        (lambda file: file["X"].attrs.update({"shape": np.array([2**40, 3])}), "names of obs"),
        (lambda file: file["X"].attrs.update({"encoding-type": "pickle"}), "encoding 'pickle'"),
        (lambda file: file["obs"].attrs.update({"encoding-type": "x"}), "no data frame"),
        (lambda file: file.attrs.update({"encoding-type": "raw"}), "expected an AnnData file"),
    ],
)
def test_a_file_whose_parts_do_not_fit_or_point_outside_is_refused(tmp_path, change, found):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix(sparse.csr_array(DENSE)))
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(FormatError, match=f"a\\.h5ad.*{found}"):
        read_h5ad(path)


def test_an_array_of_a_terabyte_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.h5ad"
    write_h5ad(path, matrix(sparse.csr_array(DENSE)))
    with h5py.File(path, "a") as file:
        del file["X/data"]
        file["X"].create_dataset("data", (10**12,), "f4", chunks=(1000,), compression="gzip")
    assert path.stat().st_size < 100_000
    with pytest.raises(FormatError, match=r"shape \(1000000000000,\); expected at most 8 GB"):
        read_h5ad(path)


def test_what_is_no_h5ad_file_is_refused(tmp_path):
    path = tmp_path / "a.h5ad"
    with pytest.raises(FormatError, match="cannot be read"):
        read_h5ad(path)
    path.write_bytes(b"barcode,gene\n")
    with pytest.raises(FormatError, match="cannot be read"):
        read_h5ad(path)
    write_h5ad(path, matrix())
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(FormatError, match="cannot be read"):
        read_h5ad(path)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (matrix(DENSE[:1]), "expected one name per line"),
        (matrix(obs=OBS[:1]), "obs has 1 rows; expected 2"),
        (
            AnnotatedMatrix(DENSE, ("a", "a"), ("x", "y", "z"), OBS, OBS[:0, :0]),
            "obs_names are not",
        ),
        (matrix(obs=pl.DataFrame({"a/b": [1, 2]})), "without '/'"),
        (matrix(obs=pl.DataFrame({"a": [[1], [2]]})), "column a is List"),
    ],
)
def test_a_matrix_whose_parts_do_not_fit_is_not_written(tmp_path, wrong, found):
    with pytest.raises(InputError, match=found):
        write_h5ad(tmp_path / "a.h5ad", wrong)
    assert not (tmp_path / "a.h5ad").exists()


def test_without_h5py_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r"pip install 'macroimmune\[h5ad\]'"):
        read_h5ad(tmp_path / "a.h5ad")


@pytest.mark.data
def test_interferon_raises_isg15_in_the_public_file(public_data):
    read = read_h5ad(public_data / "kang_ifnb" / "kang_ifnb_2000.h5ad")
    assert read.values.shape == (2000, 9015)
    assert read.values.nnz == 1_129_806
    assert dict(read.obs["condition"].value_counts().iter_rows()) == {"ctrl": 1000, "ifnb": 1000}
    totals = read.values.sum(axis=1)
    isg15 = np.log1p(
        10_000 * read.values[:, [read.var_names.index("ISG15")]].toarray()[:, 0] / totals
    )
    is_stimulated = (read.obs["condition"] == "ifnb").to_numpy()
    assert isg15[is_stimulated].mean() > isg15[~is_stimulated].mean() + 2


def test_what_anndata_opened_and_wrote_again_is_what_we_wrote():
    # reference/h5ad: our file of three cells and two genes, opened and written by anndata.
    folder = Path(__file__).parents[2] / "reference" / "h5ad"
    read = read_h5ad(folder / "written_by_anndata.h5ad")
    expected = [[0, 1.5], [2, 0], [0, 0]]
    assert read.values.dtype == np.float32
    assert read.values.toarray().tolist() == expected
    assert (read.obs_names, read.var_names) == (("AAAC-1", "ÄC-2", "C-3"), ("ISG15", "HLA-DRA"))
    assert read.obs["condition"].dtype == pl.Enum(["stim", "ctrl"])
    assert read.obs.with_columns(pl.col("donor").cast(pl.String)).to_dict(as_series=False) == {
        "condition": ["stim", None, "ctrl"],
        "donor": ["p1", "p2", "p1"],
        "umis": [10, 20, 2**40],
        "age": [61, None, 40],
        "is_t_cell": [True, None, False],
        "is_cell": [True, False, True],
        "score": [0.5, pytest.approx(np.nan, nan_ok=True), -1e300],
    }
    assert read.var.to_dicts() == [{"length": 636}, {"length": 1241}]
    assert read.skipped == ()
    dense = read_h5ad(folder / "written_by_anndata.h5ad", layer="dense").values
    columns = read_h5ad(folder / "written_by_anndata.h5ad", layer="columns").values
    assert dense.tolist() == (2 * np.array(expected)).tolist()
    assert columns.toarray().tolist() == expected


def test_a_path_may_be_text(tmp_path):
    path = str(tmp_path / "a.h5ad")
    write_h5ad(path, matrix())
    assert read_h5ad(path).obs_names == matrix().obs_names
