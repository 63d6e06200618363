"""Gene activity at interferon-stimulated genes, from tables and h5ad files."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import FormatError
from macroimmune.evidence import find_gene_set
from macroimmune.expression import gene_activity
from macroimmune.expression.activity_libraries import libraries_of_h5ad, libraries_of_table
from macroimmune.formats import AnnotatedMatrix, write_h5ad

GENES = (*find_gene_set("hallmark_ifn_alpha").genes[:6], "ACTB")
LISTED = {
    "sample_id": "S1",
    "participant_id": "P1",
    "days_from_treatment_start": -1.0,
    "format": None,
    "sample_column": None,
    "population_column": None,
}


def study_of(folder, *rows):
    table = pl.DataFrame(
        [LISTED | row for row in rows],
        schema_overrides=dict.fromkeys(("format", "sample_column", "population_column"), pl.String),
    )
    return SimpleNamespace(folder=folder, tables={"chromatin": table})


def written(path, columns, genes=GENES, separator=","):
    pl.DataFrame({"Gene": genes, **columns}).write_csv(path, separator=separator)
    return path


def counts(total, size=7):
    return [total // 10] * (size - 1) + [total - (size - 1) * (total // 10)]


def test_activity_is_log1p_of_counts_per_million_by_sample_and_population(tmp_path):
    written(
        tmp_path / "a.csv",
        {"S1 CD4 effector": counts(20_000), "S1_NK": counts(40_000), "S10 NK": counts(30_000)},
    )
    found = gene_activity(study_of(tmp_path, {"raw_file": "a.csv"}))
    values = found.block.values
    assert found.findings == ()
    assert values["population"].unique(maintain_order=True).to_list() == ["effector_cd4", "nk"]
    assert values["feature"].n_unique() == 6
    np.testing.assert_allclose(values["value"], np.log1p(100_000.0))
    assert set(values["participant_id"]) == {"P1"}


def test_an_h5ad_file_gives_the_same_and_adds_up_nuclei(tmp_path):
    pytest.importorskip("h5py")
    half = np.array([counts(10_000), counts(10_000), counts(40_000)], dtype=np.int32)
    obs = pl.DataFrame({"sample": ["S1"] * 3, "Population": ["CD4 effector"] * 2 + ["NK"]})
    matrix = AnnotatedMatrix(half, ("a", "b", "c"), GENES, obs, pl.DataFrame())
    write_h5ad(tmp_path / "a.h5ad", matrix)
    written(tmp_path / "a.tsv", {"S1 CD4 effector": counts(20_000), "S1 NK": counts(40_000)},
            separator="\t")  # fmt: skip
    one = gene_activity(study_of(tmp_path, {"raw_file": "a.h5ad", "sample_column": "sample"}))
    other = gene_activity(study_of(tmp_path, {"raw_file": "a.tsv"}))
    assert one.block.values.equals(other.block.values)
    with pytest.raises(FormatError, match="no column 'cells' of obs; expected one of sample"):
        libraries_of_h5ad(
            tmp_path / "a.h5ad", sample="S1", sample_column="", population_column="cells"
        )


@pytest.mark.parametrize(
    ("columns", "genes", "says"),
    [
        ({"S1 NK": [0.5, 1.2, 3.0, 1.0, 1.0, 2.0, 2.0]}, GENES, "logarithms"),
        ({"S1 NK": [-1.0, 2.0, 3.0, 1.0, 1.0, 2.0, 2.0]}, GENES, "negative values"),
        ({"S1 NK": ["x", "2", "3", "1", "1", "2", "2"]}, GENES, "expected a number"),
        ({}, GENES, "1 column"),
        (
            {"S1 NK": counts(20_000)},
            [f"chr1:{n}00-{n}50" for n in range(1, 8)],
            "interferon-stimulated genes among peaks",
        ),
        ({"S1 NK": counts(20_000)}, ["Isg15", "Mx1", "Irf7", "A", "B", "C", "D"], "among Isg15"),
    ],
)
def test_what_is_no_count_of_genes_is_left_out_with_a_finding(tmp_path, columns, genes, says):
    written(tmp_path / "a.csv", columns, genes)
    found = gene_activity(study_of(tmp_path, {"raw_file": "a.csv"}))
    (one,) = found.findings
    assert one.code == "chromatin-file-left-out"
    assert says in one.found
    assert found.block.values.is_empty()


def test_samples_and_libraries_that_cannot_be_used_are_findings(tmp_path):
    written(tmp_path / "a.csv", {"S1 NK": counts(900), "S1 mystery": counts(20_000)})
    found = gene_activity(
        study_of(
            tmp_path,
            {"raw_file": "a.csv"},
            {"raw_file": "a.csv", "sample_id": "S2", "participant_id": "P2"},
            {"raw_file": "b.csv"},
            {"raw_file": "c", "format": "10x"},
        )
    )
    assert [one.code for one in found.findings] == [
        "gene-activity-not-found",
        "gene-activity-too-small",
        "gene-activity-population-not-known",
        "chromatin-file-left-out",
        "chromatin-file-left-out",
    ]
    assert set(found.block.values["population"]) == {"mystery"}


def test_the_longest_sample_that_fits_a_heading_is_meant(tmp_path):
    path = written(tmp_path / "a.csv", {"S1-2 NK": counts(10), "S1 NK": counts(10)})
    found = libraries_of_table(path, ["S1", "S1-2"])
    assert found.samples == ("S1-2", "S1")
    assert found.populations == ("NK", "NK")


def test_a_study_without_chromatin_has_none(tmp_path):
    empty = study_of(tmp_path, {"raw_file": "a.csv"}).tables["chromatin"].clear()
    found = gene_activity(SimpleNamespace(folder=tmp_path, tables={"chromatin": empty}))
    assert found.block.values.is_empty()
    assert found.findings == ()
