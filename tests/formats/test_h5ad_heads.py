"""The heads of h5ad files are read in a process that may hang or die."""

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import FormatError
from macroimmune.formats import AnnotatedMatrix, H5adHead, h5ad_heads, read_h5ad_heads, write_h5ad

pytest.importorskip("h5py")


@pytest.fixture
def file(tmp_path):
    matrix = AnnotatedMatrix(
        np.ones((3, 2)), ("a", "b", "c"), ("x", "y"),
        pl.DataFrame({"donor": ["d2", "d1", "d2"], "n": [1, 2, 3]}), pl.DataFrame(),
    )  # fmt: skip
    write_h5ad(tmp_path / "cells.h5ad", matrix)
    return tmp_path / "cells.h5ad"


def test_shape_columns_and_samples_are_told(file):
    assert read_h5ad_heads([(file, "donor"), (file, "n"), (file, "")]) == [
        H5adHead(3, 2, ("donor", "n"), ("d1", "d2")),
        H5adHead(3, 2, ("donor", "n"), ("1", "2", "3")),
        H5adHead(3, 2, ("donor", "n"), ()),
    ]
    assert read_h5ad_heads([]) == []


def test_a_file_that_is_none_does_not_stop_those_after_it(file, tmp_path):
    (tmp_path / "letter.h5ad").write_text("a letter", encoding="utf-8")
    letter, absent, good = read_h5ad_heads([
        (tmp_path / "letter.h5ad", ""),
        (tmp_path / "absent.h5ad", ""),
        (file, ""),
    ])
    assert isinstance(letter, FormatError)
    assert isinstance(absent, FormatError)
    assert good == H5adHead(3, 2, ("donor", "n"), ())


@pytest.mark.parametrize("end", ["import time; time.sleep(60)", "import os; os.abort()"])
def test_a_file_at_which_the_library_hangs_or_dies_is_given_up(file, monkeypatch, end):
    # The reading process dies or sleeps at the second file, as HDF5 may on damaged bytes.
    start = (
        "import macroimmune.formats.h5ad_heads as heads\nreal = heads._head\n"
        f"def head(path, column):\n    if column == 'stop':\n        {end}\n"
        "    return real(path, column)\nheads._head = head\nheads.main()\n"
    )
    monkeypatch.setattr(h5ad_heads, "_START", start)
    first, second, third = read_h5ad_heads([(file, ""), (file, "stop"), (file, "n")], seconds=8)
    assert isinstance(second, FormatError)
    assert isinstance(first, H5adHead)
    assert isinstance(third, H5adHead)
    assert third.samples == ("1", "2", "3")
