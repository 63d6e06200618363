import gzip

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from scipy.io import mmread

from macroimmune.errors import FormatError, InputError
from macroimmune.formats import AnnotatedMatrix, read_tenx_matrix, write_tenx_matrix
from macroimmune.formats.tenx_matrix import TENX_FILES

COUNTS = np.array([[0, 3, 0], [12, 0, 0]], dtype=np.int32)


def matrix(counts=COUNTS, names=None):
    cells = tuple(f"AAAC{number}-1" for number in range(counts.shape[0]))
    genes = names or tuple(f"GENE{number}" for number in range(counts.shape[1]))
    return AnnotatedMatrix(sparse.csr_array(counts), cells, genes, pl.DataFrame(), pl.DataFrame())


def targets(folder):
    return tuple(folder / name for name in TENX_FILES)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    arrays.arrays(
        np.int32,
        st.tuples(st.integers(1, 6), st.integers(1, 6)),
        elements=st.integers(0, 2**31 - 1) | st.just(0),
    )
)
def test_what_is_written_is_read(tmp_path, counts):
    written = matrix(counts)
    write_tenx_matrix(targets(tmp_path), written)
    read = read_tenx_matrix(tmp_path)
    assert (read.values.toarray() == counts).all()
    assert (read.obs_names, read.var_names) == (written.obs_names, written.var_names)
    assert set(read.var["feature_types"]) == {"Gene Expression"}
    # Another reader of the same format; 10x has genes in rows.
    assert (counts == mmread(tmp_path / "matrix.mtx.gz").toarray().T).all()


def test_the_files_look_like_those_of_cell_ranger(tmp_path):
    write_tenx_matrix(targets(tmp_path), matrix())
    text = [gzip.decompress(path.read_bytes()).decode() for path in targets(tmp_path)]
    assert text[0] == ("%%MatrixMarket matrix coordinate integer general\n3 2 2\n2 1 3\n1 2 12\n")
    assert text[1] == "AAAC0-1\nAAAC1-1\n"
    assert text[2].splitlines()[0] == "GENE0\tGENE0\tGene Expression"


def test_the_comment_of_cell_ranger_is_passed_over(tmp_path):
    write_tenx_matrix(targets(tmp_path), matrix())
    path = targets(tmp_path)[0]
    text = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(
        gzip.compress(text.replace("general\n", 'general\n%metadata: {"a": 1}\n').encode())
    )
    assert (read_tenx_matrix(tmp_path).values.toarray() == COUNTS).all()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("matrix.mtx.gz", "%%MatrixMarket matrix array real general\n3 2\n", "Matrix Market"),
        (
            "matrix.mtx.gz",
            "%%MatrixMarket matrix coordinate integer general\n9 9 0\n",
            "3 genes by 2 cells",
        ),
        (
            "matrix.mtx.gz",
            "%%MatrixMarket matrix coordinate integer general\n3 2 1\n4 1 1\n",
            "outside",
        ),
        (
            "matrix.mtx.gz",
            "%%MatrixMarket matrix coordinate integer general\n3 2 2\n1 1 1\n",
            "1 entries",
        ),
        (
            "matrix.mtx.gz",
            "%%MatrixMarket matrix coordinate integer general\n3 2 1\n1 1 x\n",
            "three whole",
        ),
        (
            "matrix.mtx.gz",
            "%%MatrixMarket matrix coordinate integer general\n3 2 1\n1 1\n",
            "three whole",
        ),
        ("features.tsv.gz", "GENE0\tGENE0\n", "three cells"),
        ("barcodes.tsv.gz", "one\n", "3 genes by 1 cells"),
    ],
)
def test_damaged_files_are_refused_in_one_line(tmp_path, file, text, said):
    write_tenx_matrix(targets(tmp_path), matrix())
    (tmp_path / file).write_bytes(gzip.compress(text.encode()))
    with pytest.raises(FormatError, match=said) as caught:
        read_tenx_matrix(tmp_path)
    assert "\n" not in str(caught.value)


def test_an_absent_file_is_named(tmp_path):
    write_tenx_matrix(targets(tmp_path), matrix())
    (tmp_path / "barcodes.tsv.gz").unlink()
    with pytest.raises(FormatError, match=r"barcodes.tsv.gz"):
        read_tenx_matrix(tmp_path)


def test_numbers_with_fractions_and_names_with_tabs_are_not_written(tmp_path):
    with pytest.raises(InputError, match="expected whole numbers"):
        write_tenx_matrix(targets(tmp_path), matrix(COUNTS * 0.5))
    with pytest.raises(InputError, match="holds a tab"):
        write_tenx_matrix(targets(tmp_path), matrix(names=("a\tb", "c", "d")))
