"""Levels measured elsewhere become pairs and differences, or a status says why not."""

from dataclasses import replace

import polars as pl
import pytest

from macroimmune.response import score_responses, supplied_responses
from macroimmune.results import RESULT_TABLES
from macroimmune.study import (
    AnalysisSettings,
    StimulationSettings,
    load_study,
    study_from_frames,
)


def level(stimulus, value, participant="P1", **other):
    """Return a row of `stimulated_levels`."""
    return {
        "participant_id": participant,
        "sample_id": f"{participant} day 0",
        "days_from_treatment_start": 0.0,
        "population": "CD4+ T cells",
        "marker": "p-STAT1",
        "stimulus": stimulus,
        "stimulus_minutes": None if stimulus == "none" else 15.0,
        "stimulus_dose": None,
        "stimulus_dose_unit": None,
        "value": value,
        "unit": "arcsinh median",
        "n_cells": 300.0,
        "batch": "B1",
    } | other


def supplied(*rows, **settings):
    people = pl.DataFrame({"participant_id": sorted({row["participant_id"] for row in rows})})
    levels = pl.DataFrame(list(rows), infer_schema_length=None)
    analysis = replace(AnalysisSettings(), stimulation=StimulationSettings(**settings))
    study = study_from_frames(
        "made", analysis=analysis, participants=people, stimulated_levels=levels
    )
    return supplied_responses(study)


def only_response(*rows, **settings):
    [row] = supplied(*rows, **settings).tables["stimulation_responses"].to_dicts()
    return row


def test_a_level_with_and_one_without_stimulus_give_their_difference():
    row = only_response(level("none", 1.25), level("IFN-a", 2.0))
    assert row["difference"] == 0.75
    assert (row["mean_unstimulated"], row["mean_stimulated"]) == (1.25, 2.0)
    assert (row["population"], row["marker"], row["marker_list"]) == (
        "cd4_t", "pSTAT1", "ifn1_early",
    )  # fmt: skip
    assert (row["stimulus"], row["stimulus_id"], row["modality"]) == (
        "IFN-a", "ifn_alpha", "supplied",
    )  # fmt: skip
    assert row["use"] == "score"
    assert row["status"] == "no interval: cells were counted elsewhere"
    assert row["difference_ci_low"] is row["cells_se"] is None


def test_both_tables_have_exactly_their_declared_columns():
    found = supplied(level("none", 1.0), level("IFN-a", 2.0)).tables
    for name, frame in found.items():
        assert list(frame.columns) == list(RESULT_TABLES[name].schema)
    [pair] = found["stimulation_pairs"].to_dicts()
    assert pair["same_batch"]
    assert pair["status"] == ""


@pytest.mark.parametrize(
    ("cells", "use", "said"),
    [
        ((50.0, 50.0), "score", "no interval"),
        ((49.0, 300.0), "effect size", "49 unstimulated cells: fewer than 50"),
        ((300.0, 20.0), "effect size", "20 stimulated cells"),
        ((300.0, 19.0), "none", "fewer than 20 give no effect size"),
        ((None, 300.0), "effect size", "n_cells is not told"),
    ],
)
def test_numbers_of_cells_decide_what_a_difference_is_for(cells, use, said):
    row = only_response(level("none", 1.0, n_cells=cells[0]), level("IFN-a", 2.0, n_cells=cells[1]))
    assert row["use"] == use
    assert said in row["status"]
    assert (row["difference"] is None) == (use == "none")


def test_units_of_both_wells_must_agree():
    row = only_response(level("none", 1.0, unit="MFI"), level("IFN-a", 2.0))
    assert (row["use"], row["difference"]) == ("none", None)
    assert row["status"] == "units differ: MFI unstimulated, arcsinh median stimulated"


@pytest.mark.parametrize("unit", ["z", "z-score", "SD"])
def test_levels_that_were_standardised_by_themselves_have_no_difference(unit):
    row = only_response(level("none", 0.2, unit=unit), level("IFN-a", 0.1, unit=unit))
    assert (row["use"], row["difference"]) == ("none", None)
    assert "no difference" in row["status"]


def test_a_stimulated_level_without_a_partner_is_a_pair_with_a_status_and_no_response():
    later = {"sample_id": "P1 day 30", "days_from_treatment_start": 30.0}
    found = supplied(level("IFN-a", 2.0), level("none", 1.0, **later)).tables
    assert found["stimulation_responses"].is_empty()
    [pair] = found["stimulation_pairs"].to_dicts()
    assert pair["unstimulated_file"] == ""
    assert pair["status"].startswith("no unstimulated well of sample P1 day 0")


def test_populations_and_markers_are_paired_each_by_themselves():
    rows = [
        level(stimulus, value, population=population, marker=marker)
        for (stimulus, value, population, marker) in (
            ("none", 1.0, "B cells", "pSTAT1"),
            ("IFN-a", 5.0, "B cells", "pSTAT1"),
            ("none", 2.0, "B cells", "pSTAT3"),
            ("IFN-a", 9.0, "CD4+ T cells", "pSTAT1"),
        )
    ]
    found = supplied(*rows).tables
    [row] = found["stimulation_responses"].to_dicts()
    assert (row["population"], row["marker"], row["difference"]) == ("b_cell", "pSTAT1", 4.0)
    [pair] = found["stimulation_pairs"].to_dicts()
    assert pair["unstimulated_file"] == "stimulated_levels"


def test_every_dose_is_a_pair_with_the_one_unstimulated_well():
    doses = [level("IFN-a", 1.0 + dose, stimulus_dose=dose) for dose in (1.0, 10.0, 100.0)]
    found = supplied(level("none", 1.0), *doses).tables
    assert found["stimulation_pairs"]["stimulus_dose"].to_list() == [1.0, 10.0, 100.0]
    assert found["stimulation_responses"]["difference"].to_list() == [1.0, 10.0, 100.0]


def test_a_dose_of_zero_is_the_unstimulated_well():
    row = only_response(level("IFN-a", 1.0, stimulus_dose=0.0), level("IFN-a", 3.0))
    assert row["difference"] == 2.0


def test_another_batch_is_told():
    row = only_response(level("none", 1.0, batch="B2"), level("IFN-a", 2.0))
    assert "of another batch (B2, this one B1)" in row["status"]


def test_words_that_are_not_known_stay_as_given_and_are_told():
    found = supplied(
        level("none", 1.0, population="my cells", marker="XYZ"),
        level("tea", 2.0, population="my cells", marker="XYZ"),
    )
    [row] = found.tables["stimulation_responses"].to_dicts()
    assert (row["population"], row["marker"], row["marker_list"]) == ("my cells", "XYZ", "")
    assert [one.code for one in found.findings] == [
        "population-of-levels-unknown", "marker-of-levels-unknown",
    ]  # fmt: skip
    [pair] = found.tables["stimulation_pairs"].to_dicts()
    assert "the stimulus is not known here" in pair["status"]


def test_a_declared_word_names_the_stimulus():
    row = only_response(level("none", 1.0), level("S1", 2.0), stimuli={"s1": "ifn_beta"})
    assert (row["stimulus_id"], row["marker_list"]) == ("ifn_beta", "ifn1_early")


def test_a_study_without_such_levels_has_empty_tables():
    study = study_from_frames("none", participants=pl.DataFrame({"participant_id": ["P1"]}))
    found = supplied_responses(study)
    assert all(frame.is_empty() for frame in found.tables.values())
    assert found.findings == ()


def test_scores_are_made_of_levels_measured_elsewhere():
    markers = ("pSTAT1", "pSTAT3", "pSTAT5")
    rows = []
    for person in range(24):
        for place, marker in enumerate(markers):
            told = {
                "participant": f"P{person:02d}",
                "marker": marker,
                "population": "effector_cd4",
            }
            rows.append(level("none", 1.0, **told))
            rows.append(level("IFN-a", 1.0 + place + 0.1 * person, **told))
    people = pl.DataFrame({"participant_id": [f"P{person:02d}" for person in range(24)]})
    study = study_from_frames("made", participants=people, stimulated_levels=pl.DataFrame(rows))
    responses = supplied_responses(study).tables["stimulation_responses"]
    scores = score_responses(responses, study=study).responsiveness
    scores = scores.filter(pl.col("is_primary")).sort("participant_id")
    assert scores["modality"].unique().to_list() == ["supplied"]
    assert scores["score"].is_sorted()
    assert scores["score"].null_count() == 0
    # Nothing is known of the cells, so there is no interval and no group but by the score itself.
    assert scores["ci_low"].null_count() == 24


def test_levels_may_stand_wide_with_a_column_per_marker(tmp_path):
    (tmp_path / "levels.csv").write_text(
        "Patient,Stim,Min,Dose,p-STAT1 (MFI),pSTAT3,Cells\n"
        "P1,Unstim,15,,100,80,400\nP1,IFNa,15,10,350,90,380\n"
    )
    (tmp_path / "study.toml").write_text(
        'name = "wide"\nfile = "levels.csv"\nparticipant_id = "Patient"\n[participants]\n'
        '[stimulated_levels]\npopulation = { constant = "CD4+ T cells" }\nstimulus = "Stim"\n'
        'stimulus_minutes = { column = "Min", unit = "minute" }\nstimulus_dose = "Dose"\n'
        'stimulus_dose_unit = { constant = "ng/mL" }\nn_cells = "Cells"\n'
        '[stimulated_levels.wide]\npSTAT1 = { column = "p-STAT1 (MFI)", unit = "MFI" }\n'
        'pSTAT3 = { column = "pSTAT3", unit = "MFI" }\n'
    )
    study = load_study(tmp_path)
    assert not study.errors
    rows = supplied_responses(study).tables["stimulation_responses"]
    found = dict(rows.select("marker", "difference").iter_rows())
    assert found == {"pSTAT1": 250.0, "pSTAT3": 10.0}
    assert rows["use"].to_list() == ["score", "score"]
    assert rows["stimulus_dose_unit"].to_list() == ["ng/mL", "ng/mL"]
