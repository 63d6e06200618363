import numpy as np
import pytest

from macroimmune.cytometry.opening import read_spillover
from macroimmune.errors import FormatError

MATRIX = [[1.0, 0.2], [0.05, 1.0]]


@pytest.mark.parametrize(
    "text",
    [
        "A,B\n1,0.2\n0.05,1\n",
        ",A,B\nA,1,0.2\nB,0.05,1\n",
        "A,B\nA,1,0.2\nB,0.05,1\n",
        "\ufeff;A :: CD4;B :: CD8\r\nA :: CD4;1;0.2\r\nB :: CD8;0.05;1\r\n\r\n",
        # Lines in another order than columns.
        "\tA\tB\nB\t0.05\t1\nA\t1\t0.2\n",
    ],
)
def test_a_matrix_is_read_with_and_without_names_of_lines(tmp_path, text):
    path = tmp_path / "m.csv"
    path.write_bytes(text.encode())
    spillover = read_spillover(path)
    assert spillover.names == ("A", "B")
    assert spillover.matrix.tolist() == MATRIX
    assert spillover.keyword == "m.csv"


def test_one_dye_is_a_matrix(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("A\n1\n")
    np.testing.assert_array_equal(read_spillover(path).matrix, [[1.0]])


@pytest.mark.parametrize(
    "text", ["", "A,B\n1,0\n", "A,B\n1,x\n0,1\n", "A,B\n1,nan\n0,1\n", ",A,B\nA,1,0\nC,0,1\n"]
)
def test_what_is_no_matrix_is_refused(tmp_path, text):
    path = tmp_path / "m.csv"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"m\.csv: .*expected.*again"):
        read_spillover(path)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(FormatError, match="No such file"):
        read_spillover(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_spillover(tmp_path / "b.csv")
