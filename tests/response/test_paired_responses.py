"""Effect sizes of every pair of wells, population and marker."""

import numpy as np
import polars as pl
import pytest

from macroimmune.response import WellResponse, marker_levels, paired_responses
from macroimmune.response.between_batches import ACROSS_NOT_INCLUDED, NOT_INCLUDED
from macroimmune.results import RESULT_TABLES
from macroimmune.study.stimulation_settings import StimulationSettings

SETTINGS = StimulationSettings()
SCHEMA = RESULT_TABLES["stimulation_pairs"].schema


def pair(stimulated: str, unstimulated: str, **told: object) -> dict[str, object]:
    return {
        "participant_id": "P1",
        "control": "",
        "sample_id": "S1",
        "days_from_treatment_start": 0.0,
        "modality": "cytometry",
        "panel": "T cell",
        "batch": "B1",
        "stimulus": "IFN-a",
        "stimulus_id": "ifn_alpha",
        "stimulus_minutes": 15.0,
        "stimulus_dose": None,
        "stimulus_dose_unit": None,
        "stimulated_file": stimulated,
        "unstimulated_file": unstimulated,
        "same_batch": True,
        "status": "",
    } | told


def table(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


def well(file: str, shift: float, n: int, *, seed: int, unit: str = "arcsinh 5") -> WellResponse:
    rng = np.random.default_rng(seed)
    values = {
        (population, marker): marker_levels(rng.normal(1 + shift, 1, count).astype("f4"))
        for population, count in (("", 10 * n), ("effector_cd4", n), ("b_cell", n))
        for marker in ("pSTAT1", "CD38")
    }
    counts = {"": 10 * n, "effector_cd4": n, "b_cell": n}
    return WellResponse(file, counts, values, unit)


def of(wells: list[WellResponse]):
    by_file = {one.file: one for one in wells}
    return by_file.__getitem__


def responses(rows, wells):
    return paired_responses(
        table(*rows), of(wells), settings=SETTINGS, rng=np.random.default_rng(1)
    )


def test_every_population_and_marker_of_a_pair_has_a_row_with_the_columns_of_the_table():
    found = responses([pair("s", "u")], [well("u", 0, 200, seed=1), well("s", 1, 200, seed=2)])
    assert found.responses.schema == pl.Schema(RESULT_TABLES["stimulation_responses"].schema)
    assert found.densities.schema == pl.Schema(RESULT_TABLES["response_densities"].schema)
    assert found.responses.height == 6
    one = found.responses.filter(population="effector_cd4", marker="pSTAT1").row(0, named=True)
    assert one["difference_ci_low"] < 1 < one["difference_ci_high"]
    assert one["marker_list"] == "ifn1_early"
    assert (one["use"], one["status"]) == ("score", NOT_INCLUDED)
    assert found.responses.filter(marker="CD38")["marker_list"].unique().to_list() == [""]


def test_densities_are_of_declared_markers_and_populations_and_each_well_adds_up_to_one():
    found = responses([pair("s", "u")], [well("u", 0, 200, seed=1), well("s", 1, 200, seed=2)])
    assert set(found.densities["population"]) == {"", "effector_cd4"}
    assert set(found.densities["marker"]) == {"pSTAT1"}
    sums = found.densities.group_by("population").agg(pl.col("^share_.*$").sum())
    assert sums["share_stimulated"].to_list() == pytest.approx([1, 1])
    assert sums["share_unstimulated"].to_list() == pytest.approx([1, 1])


def test_a_pair_without_a_partner_has_no_rows():
    found = responses([pair("s", "")], [well("s", 1, 200, seed=2)])
    assert found.responses.height == 0


def test_few_cells_give_an_effect_size_only_and_fewer_a_status():
    wells = [well("u", 0, 200, seed=1), well("s", 1, 30, seed=2), well("t", 1, 12, seed=3)]
    found = responses([pair("s", "u"), pair("t", "u")], wells).responses
    few = found.filter(population="b_cell", marker="pSTAT1")
    assert few["use"].to_list() == ["effect size", "none"]
    assert few["difference"].is_null().to_list() == [False, True]
    assert few["status"][1] == "12 stimulated cells: fewer than 20 give no effect size"


def test_units_that_differ_give_a_status_in_the_place_of_a_difference():
    wells = [well("u", 0, 200, seed=1), well("s", 1, 200, seed=2, unit="logicle")]
    found = responses([pair("s", "u")], wells).responses
    assert found["difference"].null_count() == found.height
    assert set(found["status"]) == {"units differ: arcsinh 5 unstimulated, logicle stimulated"}


def test_a_marker_of_one_well_alone_is_told():
    before, after = well("u", 0, 200, seed=1), well("s", 1, 200, seed=2)
    levels = {key: one for key, one in before.levels.items() if key[1] != "CD38"}
    before = WellResponse("u", before.n_cells, levels, before.unit)
    found = responses([pair("s", "u")], [before, after]).responses.filter(marker="CD38")
    assert set(found["status"]) == {"CD38 is not measured in the unstimulated well"}


def test_bridging_controls_in_several_batches_bring_their_variance_into_every_interval():
    wells = [well("u", 0, 2000, seed=1), well("s", 1, 2000, seed=2)]
    rows = [pair("s", "u")]
    shifts = (0.6, 1.0, 1.5)
    for k, shift in enumerate(shifts):
        wells += [well(f"u{k}", 0, 2000, seed=10 + k), well(f"s{k}", shift, 2000, seed=20 + k)]
        rows.append(
            pair(f"s{k}", f"u{k}", participant_id="", control="HC", sample_id="", batch=f"B{k}")
        )
    found = responses(rows, wells).responses.filter(population="b_cell", marker="pSTAT1")
    assert found["batch_se"].to_list() == pytest.approx([np.std(shifts, ddof=1)] * 4, abs=0.1)
    assert found["status"].to_list() == [""] * 4
    width = found["difference_ci_high"] - found["difference_ci_low"]
    assert (width > 2 * 4 * 0.4).all()


def test_a_pair_across_two_batches_has_the_variance_of_both_levels():
    wells = [well("u", 0, 2000, seed=1), well("s", 1, 2000, seed=2)]
    # What a batch adds to both wells cancels within it, not across two.
    added = (-0.6, 0.0, 0.9)
    rows = [pair("s", "u"), pair("s", "u", sample_id="S2", same_batch=False)]
    for k, shift in enumerate(added):
        wells += [well(f"u{k}", shift, 2000, seed=10 + k)]
        wells += [well(f"s{k}", 1 + shift, 2000, seed=20 + k)]
        rows.append(
            pair(f"s{k}", f"u{k}", participant_id="", control="HC", sample_id="", batch=f"B{k}")
        )
    found = responses(rows, wells).responses.filter(population="b_cell", marker="pSTAT1")
    of = {row["sample_id"]: row for row in found.iter_rows(named=True) if row["participant_id"]}
    assert of["S1"]["batch_se"] < 0.1
    assert of["S2"]["batch_se"] == pytest.approx(np.sqrt(2) * np.std(added, ddof=1), abs=0.1)
    assert of["S2"]["status"] == ""


def test_without_controls_a_pair_across_two_batches_says_that_they_differ():
    wells = [well("u", 0, 200, seed=1), well("s", 1, 200, seed=2)]
    found = responses([pair("s", "u", same_batch=False)], wells).responses
    assert set(found["status"]) == {ACROSS_NOT_INCLUDED}


def test_a_control_in_one_batch_tells_nothing_of_batches():
    wells = [well(name, x, 200, seed=k) for k, (name, x) in enumerate([("u", 0), ("s", 1)])]
    rows = [pair("s", "u", participant_id="", control="HC", sample_id="") for _ in range(2)]
    found = responses(rows, wells)
    assert found.responses["batch_se"].null_count() == found.responses.height
    assert found.densities.height == 0


def test_the_same_seed_gives_the_same_numbers():
    wells = [well("u", 0, 200, seed=1), well("s", 1, 200, seed=2)]
    one, other = (responses([pair("s", "u")], wells).responses for _ in range(2))
    assert one.equals(other)
