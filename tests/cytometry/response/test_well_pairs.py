from dataclasses import replace
from pathlib import Path

from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.cytometry.response import donor_pairs, well_pairs
from macroimmune.results import RESULT_TABLES

_WELL = CytometryFile(
    path=Path("a.fcs"),
    raw_file="a.fcs",
    panel="T",
    batch="B1",
    participant_id="P1",
    sample_id="S1",
    days_from_treatment_start=-3.0,
    compartment="blood",
    material="PBMC",
    stimulus="none",
    stimulus_minutes=None,
    control="",
    workspace="",
    labels="",
)


def _well(name: str, **others: object) -> CytometryFile:
    return replace(_WELL, raw_file=name, **others)


def test_a_pair_says_whose_it_is_and_what_the_stimulus_was() -> None:
    dose = {"stimulus_dose": 100.0, "stimulus_dose_unit": "IU/mL"}
    pairs = well_pairs([
        _well("a"),
        _well("b", batch="B2"),
        _well("of another sample", sample_id="S2", days_from_treatment_start=5.0),
        _well("stimulated", stimulus="IFNα", stimulus_minutes=15.0, batch="B2", **dose),
    ])
    assert pairs.schema == RESULT_TABLES["stimulation_pairs"].schema
    assert pairs.to_dicts() == [
        {
            "participant_id": "P1",
            "control": "",
            "sample_id": "S1",
            "days_from_treatment_start": -3.0,
            "modality": "cytometry",
            "panel": "T",
            "batch": "B2",
            "stimulus": "IFNα",
            "stimulus_id": "ifn_alpha",
            "stimulus_minutes": 15.0,
            "stimulus_dose": 100.0,
            "stimulus_dose_unit": "IU/mL",
            "stimulated_file": "stimulated",
            "unstimulated_file": "b",
            "same_batch": True,
            "status": "",
        }
    ]


def test_a_well_without_partner_keeps_its_row_and_says_why() -> None:
    [row] = well_pairs([_well("a", stimulus="IFN-I")]).to_dicts()
    assert (row["unstimulated_file"], row["same_batch"]) == ("", False)
    assert row["status"] == "no unstimulated well of sample S1 and its panel"


def test_a_partner_that_was_left_out_is_named() -> None:
    files = [_well("a"), _well("b", stimulus="IFN-I")]
    [row] = well_pairs(files, left_out={"a"}).to_dicts()
    assert row["unstimulated_file"] == ""
    assert row["status"].endswith("a was left out: see cytometry_quality")
    [row] = well_pairs(files, left_out={"b"}).to_dicts()
    assert row["status"] == "the stimulated well was left out: see cytometry_quality"


def test_an_unknown_stimulus_is_told_to_have_effect_sizes_alone() -> None:
    [row] = well_pairs([_well("a"), _well("b", stimulus="cocktail 7")]).to_dicts()
    assert row["stimulus_id"] == ""
    assert row["status"] == "the stimulus is not known here: effect sizes alone, no score"


def test_controls_have_pairs_of_their_own() -> None:
    control = {"participant_id": "", "sample_id": "", "control": "A"}
    pairs = well_pairs([
        _well("a1", **control),
        _well("a2", stimulus="IFN-I", **control),
        _well("b1", batch="B2", **control),
        _well("b2", batch="B2", stimulus="IFN-I", **control),
    ])
    assert pairs["control"].to_list() == ["A", "A"]
    assert pairs["unstimulated_file"].to_list() == ["a1", "b1"]
    assert donor_pairs(pairs) == ()


def test_a_well_with_a_dose_of_zero_is_a_partner() -> None:
    pairs = well_pairs([
        _well("zero", stimulus="IFN-I", stimulus_dose=0.0),
        _well("some", stimulus="IFN-I", stimulus_dose=10.0),
        _well("more", stimulus="IFN-I", stimulus_dose=100.0),
    ])
    assert pairs["stimulated_file"].to_list() == ["some", "more"]
    assert pairs["unstimulated_file"].to_list() == ["zero", "zero"]
    [wells] = donor_pairs(pairs)
    assert wells.pairs == (("zero", "more"),)


def test_a_donor_counts_once_by_the_earliest_sample() -> None:
    later = {"sample_id": "S2", "days_from_treatment_start": 21.0}
    pairs = well_pairs([
        _well("later", **later),
        _well("later stimulated", stimulus="IFN", **later),
        _well("first"),
        _well("first stimulated", stimulus="IFN"),
    ])
    assert pairs.height == 2
    [wells] = donor_pairs(pairs)
    assert (wells.panel, wells.stimulus, wells.stimulus_minutes) == ("T", "IFN", None)
    assert wells.pairs == (("first", "first stimulated"),)


def test_wells_without_partner_are_no_pairs_of_a_donor() -> None:
    assert donor_pairs(well_pairs([_well("a", stimulus="IFN")])) == ()
