"""What anndata read from virtual files is what our reader gives."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest
from scipy import sparse

from macroimmune.formats import read_h5ad

FOLDER = Path(__file__).parents[3] / "reference" / "virtual_h5ad"


def facts_of_anndata():
    facts = defaultdict(dict)
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            facts[row["file"]][row["fact"]] = row["value"]
    return facts


EXPECTED = facts_of_anndata()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_anndata_and_our_reader_find_the_same(name):
    pytest.importorskip("h5py")
    read, expected = read_h5ad(FOLDER / name), EXPECTED[name]
    assert sparse.issparse(read.values) == (expected["kind of X"] == "csr_matrix")
    values = read.values.toarray() if sparse.issparse(read.values) else read.values
    found = {
        "kind of numbers": values.dtype.name,
        "observations": len(read.obs_names),
        "variables": len(read.var_names),
        "sum": values.sum(),
        "above zero": (values > 0).sum(),
        "largest": values.max(),
        "first observation": read.obs_names[0],
        "last observation": read.obs_names[-1],
        "first variable": read.var_names[0],
        "last variable": read.var_names[-1],
        "sum of the last observation": values[-1].sum(),
        "sum of the last variable": values[:, -1].sum(),
        "columns of obs": ";".join(read.obs.columns),
        "columns of var": ";".join(read.var.columns),
    }
    for column in read.obs.select(~pl.selectors.numeric()):
        counts = Counter(column.cast(pl.String).to_list())
        found[f"obs, {column.name}"] = ";".join(f"{word}={counts[word]}" for word in sorted(counts))
    del expected["kind of X"]
    assert {fact: str(value) for fact, value in found.items()} == expected


def test_both_kinds_of_file_were_opened():
    assert set(EXPECTED) == {"batch_1.h5ad", "gene_activity_batch_1.h5ad"}
