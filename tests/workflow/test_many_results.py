"""Results folders pooled into a folder of their own, and folders that cannot be."""

import json
import shutil

import pytest

import macroimmune
from macroimmune.errors import InputError, ResultsError
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import FunctionalAssaysPlan, PopulationsPlan

FEW_FEATURES = {
    "populations": PopulationsPlan(reported=("treg", "m_mdsc")),
    "functional_assays": FunctionalAssaysPlan(is_written=False),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Return three results folders of virtual studies, without any value of a patient."""
    place, made = tmp_path_factory.mktemp("cohorts"), []
    for seed in range(3):
        plan = StudyPlan(patients=60, seed=seed, truth_patients=1000, **FEW_FEATURES)
        write_virtual_study(place / f"study{seed}", plan)
        made.append(macroimmune.run(place / f"study{seed}", place / f"results{seed}").path)
        (made[-1] / "features.parquet").unlink()
    return made


def test_three_folders_are_pooled_without_their_patients(folders, tmp_path):
    pooled = macroimmune.meta_analysis(folders, tmp_path / "pooled")
    found = pooled.table("meta_analysis")
    nlr = found.row(0, named=True)
    assert (nlr["feature"], nlr["endpoint"], nlr["k"]) == ("nlr", "os", 3)
    assert nlr["ci_low"] < nlr["estimate"] < nlr["ci_high"]
    assert pooled.table("meta_cohorts").height == 3 * found.height
    assert pooled.table("ledger").height == found.height
    # All virtual studies bear one name.
    assert set(pooled.table("findings")["code"]) == {"same-study-name"}
    names = pooled.table("feature_list").filter(feature="nlr").row(0, named=True)
    assert (names["name"], names["n_participants"]) == ("neutrophil to lymphocyte ratio", 180)
    assert len(pooled.run["study"]["cohorts"]) == 3
    page = (pooled.path / "report.html").read_text(encoding="utf-8")
    for words in ("Prediction interval, a new cohort", "All pooled effects", "I²", "3 cohorts ("):
        assert words in page


def test_one_folder_or_the_same_twice_is_refused(folders, tmp_path):
    with pytest.raises(InputError, match="1 results folder given"):
        macroimmune.meta_analysis(folders[:1], tmp_path / "pooled")
    with pytest.raises(InputError, match="given twice"):
        macroimmune.meta_analysis([folders[0], folders[1], folders[0]], tmp_path / "pooled")
    assert not (tmp_path / "pooled").exists()


def test_two_runs_of_the_same_file_are_refused(folders, tmp_path):
    shutil.copytree(folders[0], tmp_path / "again")
    with pytest.raises(InputError, match="made from the same file"):
        macroimmune.meta_analysis([*folders, tmp_path / "again"], tmp_path / "pooled")


def test_a_folder_without_results_or_associations_is_refused(folders, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ResultsError, match="no results here"):
        macroimmune.meta_analysis([folders[0], tmp_path / "empty"], tmp_path / "pooled")
    shutil.copytree(folders[2], tmp_path / "features")
    (tmp_path / "features" / "associations.csv").unlink()
    with pytest.raises(InputError, match="no associations.csv"):
        macroimmune.meta_analysis([folders[0], tmp_path / "features"], tmp_path / "pooled")


def test_a_run_record_without_a_study_goes_by_its_folder(folders, tmp_path):
    shutil.copytree(folders[2], tmp_path / "bare")
    (tmp_path / "bare" / "run.json").write_text(json.dumps({"version": "0", "inputs": []}))
    pooled = macroimmune.meta_analysis([*folders[:2], tmp_path / "bare"], tmp_path / "pooled")
    assert pooled.run["study"]["cohorts"][2]["name"] == "bare"
