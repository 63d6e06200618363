"""A small virtual study from files to tables: contract, bad files, kills, workers."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.cytometry.stage import measure as stage
from macroimmune.results import RESULT_TABLES
from macroimmune.study import Study, load_study


def test_every_table_has_the_columns_of_the_contract(measured: MeasuredCytometry) -> None:
    for name, frame in measured.tables.items():
        declared = RESULT_TABLES[name].schema
        missing = set(declared) - set(frame.columns)
        assert not missing - {
            "per_microlitre",
            "per_microlitre_ci_low",
            "per_microlitre_ci_high",
        }, name
        assert not set(frame.columns) - set(declared), name


def test_every_file_is_used_and_each_has_the_same_populations(measured: MeasuredCytometry) -> None:
    quality = measured.tables["cytometry_quality"]
    assert quality["status"].to_list() == ["used"] * 6
    frequencies = measured.tables["cell_frequencies"]
    of_lineage = frequencies.filter(pl.col("population") == "cd4_t")
    assert of_lineage["raw_file"].n_unique() == 6
    inside = of_lineage.filter(pl.col("percent").is_between("ci_low", "ci_high"))
    assert inside.height == of_lineage.height


def test_states_are_gated_in_unstimulated_wells_alone(measured: MeasuredCytometry) -> None:
    frequencies = measured.tables["cell_frequencies"]
    wells = frequencies.filter(pl.col("population") == "ki67_cd8")["stimulus"].unique().to_list()
    assert wells == ["none"]


def test_features_come_from_unstimulated_wells_once_per_sample(
    measured: MeasuredCytometry,
) -> None:
    rows = measured.populations
    assert not rows.is_empty()
    assert rows.select(pl.struct("sample_id", "population").is_unique().all()).item()
    assert rows["sample_id"].n_unique() == 3
    assert rows["days_from_treatment_start"].null_count() == 0


def test_a_second_run_finds_everything_done_and_gives_the_same(
    virtual_study: Study,
    work: Path,
    measured: MeasuredCytometry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []
    plain = stage.run_tasks

    def counting(tasks, folder, **options):  # type: ignore[no-untyped-def]
        done.append(sum(not (folder / task.key).is_dir() for task in tasks))
        plain(tasks, folder, **options)

    monkeypatch.setattr(stage, "run_tasks", counting)
    again = measure_cytometry(virtual_study, work)
    assert done == [0, 0]
    for name, frame in measured.tables.items():
        assert frame.equals(again.tables[name]), name


def test_bad_files_are_told_and_left_out_and_the_others_go_on(
    virtual_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    shutil.copytree(virtual_folder, folder)
    files = sorted((folder / "cytometry" / "fcs").glob("*unstimulated.fcs"))
    whole = files[0].read_bytes()
    files[0].write_bytes(whole[: len(whole) // 2])
    files[1].write_bytes(b"this is no FCS file")
    found = measure_cytometry(load_study(folder), tmp_path / "work")
    quality = found.tables["cytometry_quality"]
    left_out = quality.filter(pl.col("status") != "used")
    assert [Path(name).name for name in sorted(left_out["raw_file"])] == [
        files[0].name,
        files[1].name,
    ]
    assert left_out["status"].str.starts_with("left out: ").all()
    assert found.tables["cell_frequencies"]["raw_file"].n_unique() == 4
    codes = [finding.code for finding in found.findings]
    assert codes[:2] == ["cytometry-file-left-out"] * 2
    # Of both stimulated wells whose partner was left out.
    assert codes.count("pair-left-out") == 2


@pytest.mark.slow
def test_two_processes_give_what_one_gives(
    virtual_study: Study, tmp_path: Path, measured: MeasuredCytometry
) -> None:
    other = measure_cytometry(virtual_study, tmp_path / "work", workers=2)
    for name, frame in measured.tables.items():
        assert frame.equals(other.tables[name]), name


def test_t_cells_are_features_of_lymphocytes_and_ratios_have_intervals(
    measured: MeasuredCytometry,
) -> None:
    rows = measured.populations
    parents = rows.filter(pl.col("population") == "T cells")["parent"].unique().to_list()
    assert parents == ["lymphocytes"]
    ratios = rows.filter(pl.col("unit") == "ratio")
    # Mononuclear cells: whatever neutrophils they hold are no count of neutrophils.
    assert ratios["population"].unique().to_list() == ["CD4:CD8 ratio"]
    assert ratios.filter(pl.col("value").is_between("ci_low", "ci_high")).height == 3


def test_no_feature_is_a_population_that_another_one_is(measured: MeasuredCytometry) -> None:
    rows = measured.populations.filter(pl.col("unit") == "percent", pl.col("value") > 0)
    kept = rows.group_by("population", "parent").agg(pl.col("value").sort())
    assert not kept.select("parent", "value").is_duplicated().any()
