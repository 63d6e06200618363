"""Public cohorts through the stage, from study folders as `macroimmune init` drafts them."""

import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.formats import FcsHeading, read_fcs, write_fcs
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


def test_pnfkb_of_the_whole_sample_falls_in_every_donor(stimulated: MeasuredCytometry) -> None:
    responses = stimulated.tables["stimulation_responses"]
    whole = responses.filter(marker="pNFkB", population="").sort("participant_id")
    assert whole["mean_unstimulated"].round(2).to_list() == [2.31, 2.25, 2.46, 2.76]
    # The README gives 1.13 0.84 1.12 1.64 for all events, which all are live single cells here.
    assert whole["mean_stimulated"].round(2).to_list() == [1.13, 0.84, 1.12, 1.64]
    assert (whole["difference_ci_high"] < 0).all()
    assert set(whole["use"]) == {"score"}


def test_b_cells_by_automatic_gates_say_that_they_are_few_and_that_cd20_moved(
    stimulated: MeasuredCytometry,
) -> None:
    responses = stimulated.tables["stimulation_responses"]
    b_cells = responses.filter(marker="pS6", population="b_cell")
    assert b_cells.height == 4
    assert set(b_cells["marker_list"]) == {"bcr_early"}
    assert not (b_cells["use"] == "score").any()
    assert b_cells["status"].str.contains("fewer than").all()
    assert b_cells["status"].str.contains("moves CD20, by which b_cell is told").all()
    assert (b_cells["median_stimulated"] - b_cells["median_unstimulated"] > 2).all()
    codes = {one.code: one.found for one in stimulated.findings}
    assert "cells of b_cell in both wells" in codes["no-pair-with-enough-cells"]
    other = responses.filter(marker="pS6", population="cd4_t")
    assert not other["status"].str.contains("moves CD20").any()


def written(
    folder: Path, wells: dict[str, tuple[str, str, str]], populations: str
) -> MeasuredCytometry:
    """Return the responses of a study whose cells people labelled: file, donor, stimulus."""
    rows = [f"{name}.fcs,{donor},{donor},{stimulus},{minutes},{name}.parquet"
            for name, (donor, stimulus, minutes) in wells.items()]  # fmt: skip
    listed = "\n".join(["file,patient,sample,stimulus,minutes,labels", *rows])
    (folder / "files.csv").write_text(f"{listed}\n", encoding="utf-8")
    people = dict.fromkeys(donor for donor, _, _ in wells.values())
    (folder / "patients.csv").write_text("\n".join(["patient", *people]), encoding="utf-8")
    (folder / "study.toml").write_text(
        'name = "labelled"\n[participants]\nfile = "patients.csv"\nparticipant_id = "patient"\n'
        '[cytometry]\nfile = "files.csv"\nraw_file = "file"\nparticipant_id = "patient"\n'
        'sample_id = "sample"\nstimulus = "stimulus"\nlabels = "labels"\n'
        'stimulus_minutes = { column = "minutes", unit = "minute" }\n'
        f'[analysis.cytometry]\nways = ["labels"]\npopulations = {populations}\n',
        encoding="utf-8",
    )
    return measured(folder, folder / "work")


def test_ps6_of_b_cells_rises_in_every_donor_by_the_published_cut(
    public_data: Path, tmp_path: Path
) -> None:
    wells = {}
    for donor in (1, 2, 3, 4):
        for well, stimulus, minutes in (("Ref", "Ref", ""), ("BCRXL", "BCR-XL", "30")):
            name = f"PBMC_patient{donor}_{well}"
            data = read_fcs(public_data / "bcrxl_paired" / f"{name}.fcs")
            shutil.copy(public_data / "bcrxl_paired" / f"{name}.fcs", tmp_path)
            column = {word: k for k, word in enumerate(data.antigens)}
            cd20, cd3 = (np.arcsinh(data.events[:, column[word]] / 5) for word in ("CD20", "CD3"))
            is_b = (cd20 > 1.5) & (cd3 < 1.5)
            labels = np.where(is_b, "B cells", "other")
            pl.DataFrame({"label": labels}).write_parquet(tmp_path / f"{name}.parquet")
            wells[name] = (f"P{donor}", stimulus, minutes)
    found = written(tmp_path, wells, "{}").tables
    rows = found["stimulation_responses"].filter(marker="pS6", population="b_cell")
    rows = rows.sort("participant_id")
    assert rows["n_unstimulated"].to_list() == [115, 51, 147, 100]
    assert rows["n_stimulated"].to_list() == [27, 19, 37, 49]
    rise = (rows["median_stimulated"] - rows["median_unstimulated"]).round(2)
    assert rise.to_list() == [3.73, 3.38, 2.94, 2.98]
    assert rows["use"].to_list() == ["effect size", "none", "effect size", "effect size"]
    assert rows["status"].str.contains("stimulated cells: fewer than").all()
    assert rows["status"].str.contains("moves CD20, by which b_cell is told").all()


def test_supplied_populations_give_the_published_medians_and_igm_is_flagged(
    public_data: Path, tmp_path: Path
) -> None:
    wells = {}
    for well, stimulus, minutes in (("H05", "none", ""), ("H08", "BCR/FcR-XL", "30")):
        files = sorted((public_data / "bodenmiller_bcrxl_fcs").glob(f"*_{well}.fcs"))
        parts = [read_fcs(path) for path in files]
        heading = FcsHeading(parts[0].names, parts[0].antigens)
        write_fcs(tmp_path / f"{well}.fcs", np.concatenate([one.events for one in parts]), heading)
        names = [path.stem.split("_")[1] for path in files]
        labels = np.repeat(names, [len(one.events) for one in parts])
        pl.DataFrame({"label": labels}).write_parquet(tmp_path / f"{well}.parquet")
        wells[well] = ("P1", stimulus, minutes)
    meant = '{ "igm+" = "b_cell", "cd4+" = "cd4_t" }'
    found = written(tmp_path, wells, meant).tables
    medians = (
        found["stimulation_responses"]
        .filter(marker="pS6")
        .select("population", pl.concat_list("median_unstimulated", "median_stimulated"))
    )
    by_population = dict(medians.iter_rows())
    assert by_population["b_cell"] == pytest.approx([0.789, 3.452], abs=0.002)
    assert by_population["cd4_t"] == pytest.approx([0.141, 0.224], abs=0.001)
    levels = found["lineage_invariance"].filter(measure="level", is_flagged=True)
    assert ("IgM", "b_cell") in levels.select("antigen", "population").rows()
    assert "cd4_t" not in levels["population"].to_list()
    status = found["stimulation_responses"].filter(marker="pS6", population="b_cell")["status"][0]
    assert re.search("the stimulus moves [^;:]*IgM[^;:]*, by which b_cell is told", status)


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
