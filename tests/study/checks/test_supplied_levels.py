"""Levels measured elsewhere that cannot be compared are told of before anything is computed."""

import polars as pl

from macroimmune.study import AnalysisSettings, study_from_frames
from macroimmune.study.checks.supplied_levels import SUPPLIED_LEVELS


def findings(*rows):
    levels = pl.DataFrame([
        {
            "participant_id": person,
            "sample_id": person,
            "population": "cd4_t",
            "marker": "pSTAT1",
            "stimulus": stimulus,
            "stimulus_minutes": 15.0,
            "value": 1.0,
            "unit": unit,
        }
        for person, stimulus, unit in rows
    ])
    people = levels.select("participant_id").unique(maintain_order=True)
    study = study_from_frames("made", participants=people, stimulated_levels=levels)
    return list(SUPPLIED_LEVELS.look(study.tables, AnalysisSettings()))


def test_whole_pairs_of_one_unit_are_silent():
    assert findings(("P1", "none", "MFI"), ("P1", "IFN-alpha", "MFI")) == []


def test_a_level_without_its_unstimulated_one_is_told_with_its_row():
    rows = (("P1", "none", "MFI"), ("P1", "IFN-alpha", "MFI"), ("P2", "IFN-alpha", "MFI"))
    [one] = findings(*rows)
    assert (one.code, one.severity) == ("level-without-partner", "warning")
    assert "sample P2 after IFN-alpha" in one.found
    assert one.row is not None


def test_where_nothing_has_a_partner_it_is_said_once():
    [one] = findings(*((f"P{k}", "IFN-alpha", "MFI") for k in range(30)))
    assert one.found.startswith("30 levels after a stimulus, none of which")


def test_a_pair_in_two_units_is_told():
    [one] = findings(("P1", "none", "MFI"), ("P1", "IFN-alpha", "arcsinh"))
    assert one.code == "levels-in-two-units"
    assert one.found == "pSTAT1 of sample P1 in arcsinh, unstimulated in MFI"


def test_standardised_levels_are_told_once():
    rows = [(f"P{k}", stimulus, "z") for k in range(3) for stimulus in ("none", "IFN-alpha")]
    [one] = findings(*rows)
    assert one.code == "levels-standardised"
