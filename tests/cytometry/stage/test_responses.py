import dataclasses
import shutil
from pathlib import Path

import polars as pl
import pytest
from tests.cytometry.stage.conftest import small_plan

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.cytometry.stage.responses import drawn_populations, response_findings
from macroimmune.results import RESULT_TABLES, conform, empty
from macroimmune.study import StimulationSettings, load_study

_PAIR = {
    "participant_id": "P1",
    "control": "",
    "panel": "T",
    "stimulus": "IFN-I",
    "stimulus_id": "ifn_1",
    "stimulus_minutes": 15.0,
    "stimulated_file": "s.fcs",
    "unstimulated_file": "u.fcs",
    "status": "",
}


def pairs_of(*changes: dict[str, object]) -> pl.DataFrame:
    schema = RESULT_TABLES["stimulation_pairs"].schema
    return pl.DataFrame([_PAIR | change for change in changes], schema=schema)


def responses_of(*rows: dict[str, object]) -> pl.DataFrame:
    schema = RESULT_TABLES["stimulation_responses"].schema
    usual = {
        name: _PAIR[name] for name in ("participant_id", "panel", "stimulus", "stimulus_minutes")
    }
    return pl.DataFrame([usual | row for row in rows], schema=schema)


def test_every_state_marker_is_compared_in_every_lineage_population(
    measured: MeasuredCytometry,
) -> None:
    tables = measured.tables
    responses = tables["stimulation_responses"]
    assert responses.equals(conform("stimulation_responses", responses))
    assert responses["participant_id"].n_unique() == tables["stimulation_pairs"].height == 3
    markers = set(responses["marker"])
    assert {"MX1", "IFIT1", "ISG15", "BST2", "PDL1", "pSTAT1"} <= markers
    assert not {"CD3", "CD4", "CD8"} & markers
    populations = set(responses["population"])
    assert {"", "cd4_t", "effector_cd4", "em_cd4", "temra_cd4"} <= populations
    assert responses.height == 3 * len(markers) * len(populations)
    assert set(responses["unit"]) == {"arcsinh(x / 5)"}


def test_induced_proteins_rise_in_every_donor(measured: MeasuredCytometry) -> None:
    responses = measured.tables["stimulation_responses"]
    told = responses.filter(marker="MX1", population="cd4_t")
    assert told["marker_list"].to_list() == ["ifn1_induced"] * 3
    assert set(told["use"]) == {"score"}
    assert (told["difference_ci_low"] > 0.5).all()
    early = responses.filter(marker="pSTAT1", population="cd4_t")
    assert early["marker_list"].to_list() == [""] * 3


def test_thresholds_bring_an_error_where_the_list_is_read_and_none_to_all_cells(
    measured: MeasuredCytometry,
) -> None:
    responses = measured.tables["stimulation_responses"].filter(pl.col("use") != "none")
    read = responses.filter(population="effector_cd4")
    assert read.height
    assert (read["thresholds_se"] > 0).all()
    assert responses.filter(population="")["thresholds_se"].null_count() == 3 * 14


def test_densities_of_each_pair_add_up_to_one(measured: MeasuredCytometry) -> None:
    densities = measured.tables["response_densities"]
    assert set(densities["marker"]) == {"MX1", "IFIT1", "ISG15", "BST2", "PDL1"}
    sums = densities.group_by("participant_id", "population", "marker").agg(
        pl.col("share_unstimulated", "share_stimulated").sum()
    )
    assert sums["share_stimulated"].to_list() == pytest.approx([1.0] * sums.height)


def test_thresholds_are_drawn_where_the_stimuli_of_a_well_are_read() -> None:
    pairs = pairs_of(
        {},
        {"stimulus": "IL-6", "stimulus_id": "il6", "stimulated_file": "il6.fcs"},
        {"stimulus": "tea", "stimulus_id": "", "stimulated_file": "tea.fcs"},
        {"stimulated_file": "alone.fcs", "unstimulated_file": ""},
    )
    found = drawn_populations(pairs, StimulationSettings())
    assert found == {
        "u.fcs": ("effector_cd4", "em_cd4", "temra_cd4", "cd4_t", "cd8_t"),
        "s.fcs": ("effector_cd4", "em_cd4", "temra_cd4"),
        "il6.fcs": ("effector_cd4", "cd4_t", "cd8_t"),
        "tea.fcs": (),
    }


def test_a_stimulus_with_too_few_cells_in_every_pair_is_told() -> None:
    pairs = pairs_of({}, {"participant_id": "P2"})
    row = {"population": "effector_cd4", "marker": "pSTAT1", "marker_list": "ifn1_early"}
    few = [
        row | {"n_unstimulated": 60, "n_stimulated": 12, "use": "none"},
        row | {"n_unstimulated": 18, "n_stimulated": 90, "use": "none", "participant_id": "P2"},
    ]
    (finding,) = response_findings(pairs, responses_of(*few), StimulationSettings())
    assert finding.code == "no-pair-with-enough-cells"
    assert finding.found == (
        "IFN-I (15 min), panel T: at most 18 cells of effector_cd4 in both wells of a pair"
    )
    enough = row | {"n_unstimulated": 60, "n_stimulated": 50, "use": "score"}
    assert response_findings(pairs, responses_of(*few, enough), StimulationSettings()) == ()


def test_a_declared_population_that_the_panel_cannot_show_is_told() -> None:
    other = {"population": "cd4_t", "marker": "pSTAT1", "marker_list": "ifn1_early", "use": "score"}
    (finding,) = response_findings(pairs_of({}), responses_of(other), StimulationSettings())
    assert finding.found.endswith("effector_cd4 is not told in both wells of any pair")


def test_a_pair_whose_partner_was_left_out_is_told() -> None:
    pairs = pairs_of({"unstimulated_file": "", "status": "u.fcs was left out: see x"})
    (finding,) = response_findings(pairs, empty("stimulation_responses"), StimulationSettings())
    assert (finding.code, finding.file) == ("pair-left-out", "s.fcs")


def test_labels_of_people_serve_where_automatic_gates_are_not_asked_for(
    virtual_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    shutil.copytree(virtual_folder, folder)
    study = load_study(folder)
    one = study.tables["cytometry"]["participant_id"][0]
    files = study.tables["cytometry"].filter(pl.col("participant_id") == one)
    labels = []
    for number, raw_file in enumerate(files["raw_file"]):
        n_events = small_plan().cytometry.events_per_file
        words = ["CD4 T cells", "my gate", ""]
        table = pl.DataFrame({"label": [words[k % 3] for k in range(n_events)]})
        table.write_parquet(folder / f"labels{number}.parquet")
        labels.append(f"labels{number}.parquet")
        assert (folder / str(raw_file)).exists()
    settings = dataclasses.replace(study.analysis.cytometry, ways=("labels",))
    told = dataclasses.replace(
        study,
        tables={**study.tables, "cytometry": files.with_columns(labels=pl.Series(labels))},
        analysis=dataclasses.replace(study.analysis, cytometry=settings),
    )
    found = measure_cytometry(told, tmp_path / "work").tables["stimulation_responses"]
    assert {"", "cd4_t", "my gate"} <= set(found["population"])
    inside = found.filter(pl.col("population") != "")
    assert inside["status"].str.contains("population by labels of people").all()
    assert inside["thresholds_se"].null_count() == inside.height
    assert not found.filter(population="")["status"].str.contains("by labels").any()
