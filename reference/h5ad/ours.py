"""Write a small matrix with macroimmune, for anndata to open."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

from macroimmune.formats import AnnotatedMatrix, write_h5ad

OBS = pl.DataFrame({
    "condition": pl.Series(["stim", None, "ctrl"], dtype=pl.Enum(["stim", "ctrl"])),
    "donor": ["p1", "p2", "p1"],
    "umis": [10, 20, 2**40],
    "age": [61, None, 40],
    "is_t_cell": [True, None, False],
    "is_cell": [True, False, True],
    "score": [0.5, None, -1e300],
})
VALUES = np.array([[0, 1.5], [2, 0], [0, 0]], dtype=np.float32)

if __name__ == "__main__":
    cells, genes = ("AAAC-1", "ÄC-2", "C-3"), ("ISG15", "HLA-DRA")
    var = pl.DataFrame({"length": [636, 1241]})
    matrix = AnnotatedMatrix(sparse.csr_array(VALUES), cells, genes, OBS, var)
    write_h5ad(Path(sys.argv[1]), matrix)
