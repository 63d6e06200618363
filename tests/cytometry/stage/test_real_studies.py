"""Public cohorts through the stage, from study folders as `macroimmune init` drafts them."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.study import load_study
from macroimmune.workflow.opening import draft_study

pytestmark = pytest.mark.data


def drafted(public: Path, name: str, folder: Path) -> Path:
    """Return a copy of a cohort with a drafted study."""
    copy = folder / name
    shutil.copytree(public / name, copy)
    draft_study(copy)
    return copy


def filled(study: Path, **columns: list[str]) -> None:
    """Write whose the files are, as a person would into the drafted list."""
    path = study / "cytometry_files.csv"
    table = pl.read_csv(path, infer_schema=False).sort("raw_file")
    told = [pl.Series(name, values, dtype=pl.String) for name, values in columns.items()]
    table.with_columns(told).write_csv(path)


def measured(study: Path, work: Path) -> MeasuredCytometry:
    return measure_cytometry(load_study(study), work)


# FlowKit takes seven seconds to import.
@pytest.mark.slow
def test_a_workspace_counts_as_flowkit_does_and_agrees_with_automatic_gates(
    public_data: Path, tmp_path: Path
) -> None:
    pytest.importorskip("flowkit")
    study = drafted(public_data, "flowsom_wsp", tmp_path)
    filled(study, participant_id=["M1"], sample_id=["S1"], stimulus=["none"])
    tables = measured(study, tmp_path / "work").tables
    frequencies = tables["cell_frequencies"].filter(pl.col("way") == "workspace")
    counts = dict(frequencies.select("population", "n_cells").unique().iter_rows())
    exact = {"cd4_t": 7482, "cd8_t": 1407, "nk": 312, "b_cell": 2460}
    assert {name: counts[name] for name in exact} == exact
    compared = tables["concordance"].filter(
        (pl.col("way") == "automatic") & (pl.col("other_way") == "workspace")
    )
    f1 = dict(compared.select("population", "f1").iter_rows())
    assert min(f1["b_cell"], f1["cd4_t"], f1["cd8_t"]) >= 0.95
    assert f1["nk"] >= 0.88
    by_labels = tables["concordance"].filter(
        (pl.col("way") == "workspace") & (pl.col("other_way") == "labels")
    )
    f1 = dict(by_labels.select("population", "f1").iter_rows())
    assert min(f1[name] for name in exact) > 0.999


@pytest.fixture(scope="module")
def stimulated(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> MeasuredCytometry:
    """Return four donors' wells with and without BCR/FcR-XL, measured."""
    folder = tmp_path_factory.mktemp("bcrxl")
    return measured(drafted(public_data, "bcrxl_paired", folder), folder / "work")


def test_a_stimulus_that_strips_cd20_is_flagged_and_no_signal_types_a_cell(
    public_data: Path, stimulated: MeasuredCytometry
) -> None:
    tables = stimulated.tables
    moved = tables["lineage_invariance"].filter("is_flagged")
    flagged = set(moved.select("measure", "antigen", "population").iter_rows())
    assert {("share", "", "b_cell"), ("level", "CD20", "b_cell")} <= flagged
    cd20 = moved.filter(pl.col("antigen") == "CD20").row(0, named=True)
    assert cd20["ci_high"] < 0
    assert cd20["n"] == 4
    assert cd20["stimulus"] == "BCRXL"
    panel = pl.read_csv(public_data / "bcrxl_paired" / "panel.csv")
    states = panel.filter(pl.col("marker_class") == "state")["antigen"].to_list()
    lineage = panel.filter(pl.col("marker_class") == "type")["antigen"].to_list()
    assert len(states) == 14
    typing = {name.replace("_", "-") for name in lineage}
    assert set(tables["gates"]["antigen"]) <= typing


def test_b_cells_and_monocytes_of_small_wells_are_found(stimulated: MeasuredCytometry) -> None:
    frequencies = stimulated.tables["cell_frequencies"]
    for name in ("b_cell", "cd14_myeloid"):
        found = frequencies.filter(
            (pl.col("population") == name) & (pl.col("parent") == "leukocytes")
        )
        assert found.height == 8
        assert found["n_cells"].min() > 5, name
        assert found["percent"].is_between(1, 20).all(), name


def test_whole_blood_in_three_batches_is_mostly_neutrophils_in_every_file(
    public_data: Path, tmp_path: Path
) -> None:
    study = drafted(public_data, "cytonorm_fcs", tmp_path)
    batches = ["021", "021", "028", "028", "034", "034"]
    samples = [f"S{number}" for number in range(6)]
    filled(
        study,
        participant_id=["C"] * 6,
        sample_id=samples,
        days_from_treatment_start=["0"] * 6,
        stimulus=["none"] * 6,
        batch=batches,
        panel=["blood"] * 6,
    )
    tables = measured(study, tmp_path / "work").tables
    frequencies = tables["cell_frequencies"]
    # A population has the same cells as a share of whichever parent.
    counts = frequencies.select("raw_file", "population", "n_cells").unique()
    cells = counts.pivot(on="population", index="raw_file", values="n_cells").sort("raw_file")
    assert cells.height == 6
    others = ("t_cell", "nk", "cd14_myeloid", "dendritic_cell")
    for row in cells.iter_rows(named=True):
        assert row["neutrophils"] > 1.3 * max(row[name] for name in others), row["raw_file"]
        assert 0.15 < row["t_cell"] / row["leukocytes"] < 0.3
        assert row["cd14_myeloid"] > 3
    b_cells = frequencies.filter(
        (pl.col("population") == "b_cell") & (pl.col("parent") == "leukocytes")
    )
    assert b_cells["percent"].null_count() == 6
    assert b_cells["status"].str.contains("should lack it by other markers").all()
    assert set(tables["batch_effects"]["measured_on"]) == {"unstimulated samples"}
