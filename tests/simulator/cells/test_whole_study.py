"""A whole virtual study with cells, chromatin and taxa opens without a fault."""

import pytest

from macroimmune import open_study
from macroimmune.simulator.plan import ChromatinPlan, ExpressionPlan, MicrobiomePlan, StudyPlan
from macroimmune.simulator.study_folder import write_virtual_study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Give the folder, and the study as it opens."""
    pytest.importorskip("h5py")
    plan = StudyPlan(
        patients=12,
        healthy=4,
        truth_patients=1000,
        expression=ExpressionPlan(
            is_written=True, participants=2, healthy=1, cells_per_well=15, genes=1000
        ),
        chromatin=ChromatinPlan(is_written=True, participants=3, file_format="h5ad"),
        microbiome=MicrobiomePlan(is_written=True),
    )
    place = tmp_path_factory.mktemp("study") / "virtual"
    write_virtual_study(place, plan)
    return place, open_study(place)


def test_the_tables_of_files_and_taxa_are_read(study):
    folder, opened = study
    tables = opened.tables
    assert tables["expression"].height == 3
    assert tables["chromatin"].height == 3
    assert all((folder / name).is_file() for name in tables["expression"]["raw_file"])
    taxa = tables["microbiome"]
    assert taxa["value"].null_count() == 0
    assert set(taxa["unit"]) == {"percent"}
    stool = tables["samples"].join(taxa, on="sample_id", how="semi")
    assert set(stool["compartment"]) == {"stool"}


def test_nothing_is_found_wrong_with_them(study):
    found = study[1].findings
    tables = {"single_cell_samples.csv", "chromatin_samples.csv", "taxa.csv"}
    # That files are listed is a note.
    assert [line for line in found if line.file in tables and line.severity != "note"] == []
    assert "raw-files-listed" in {line.code for line in found}
