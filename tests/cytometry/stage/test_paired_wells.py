import dataclasses
from pathlib import Path

import numpy as np

from macroimmune.cytometry.gating import MarkerRanks, WellLevels
from macroimmune.cytometry.stage.files import CytometryFile
from macroimmune.cytometry.stage.paired_wells import load_levels, paired_wells, save_levels

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
    return dataclasses.replace(_WELL, raw_file=name, **others)


def test_a_stimulated_well_is_compared_with_that_of_its_sample_in_its_batch() -> None:
    files = [
        _well("a"),
        _well("b", batch="B2"),
        _well("of another sample", sample_id="S2"),
        _well("stimulated", stimulus="IFN", stimulus_minutes=15.0, batch="B2"),
    ]
    [wells] = paired_wells(files)
    assert (wells.panel, wells.stimulus, wells.stimulus_minutes) == ("T", "IFN", 15.0)
    assert wells.pairs == (("b", "stimulated"),)


def test_a_donor_counts_once_by_the_earliest_sample() -> None:
    later = {"sample_id": "S2", "days_from_treatment_start": 21.0}
    files = [
        _well("later", **later),
        _well("later stimulated", stimulus="IFN", **later),
        _well("first"),
        _well("first stimulated", stimulus="IFN"),
    ]
    [wells] = paired_wells(files)
    assert wells.pairs == (("first", "first stimulated"),)


def test_controls_and_wells_without_partner_have_no_pairs() -> None:
    files = [
        _well("a", stimulus="IFN"),
        _well("b", participant_id="", control="C"),
        _well("c", participant_id="", control="C", stimulus="IFN"),
    ]
    assert paired_wells(files) == ()


def test_levels_come_back_as_they_were_saved(tmp_path: Path) -> None:
    ranks = MarkerRanks(40, 0.5, 1.2, np.arange(6.0).reshape(2, 3))
    levels = WellLevels("a.fcs", {"b_cell": (4, 40)}, {("HLA-DR", "b_cell"): ranks})
    save_levels(tmp_path / "levels.npz", levels)
    read = load_levels(tmp_path / "levels.npz")
    assert read.shares == {"b_cell": (4, 40)}
    assert list(read.ranks) == [("HLA-DR", "b_cell")]
    np.testing.assert_array_equal(read.ranks["HLA-DR", "b_cell"].ranked, ranks.ranked)
