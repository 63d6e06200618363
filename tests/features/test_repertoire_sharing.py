import polars as pl
import pytest
from tests.repertoires.sharing.small_repertoires import no_changes, repertoires_of

from macroimmune.features.repertoire_sharing import sharing_features
from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.results import RESULT_TABLES
from macroimmune.study import RepertoireSettings

MANY = {f"k{i:02d}": 1 + i % 3 for i in range(40)}
FEW = {f"k{i:02d}": 2 for i in range(10)}


def features_of(*samples, changes=()):
    repertoires = repertoires_of(*samples)
    tables = sharing_tables(repertoires, clone_changes=no_changes(), settings=RepertoireSettings())
    tables["repertoires"] = repertoires.listed
    tables["repertoire_changes"] = pl.DataFrame(
        list(changes), schema=RESULT_TABLES["repertoire_changes"].schema
    )
    return {definition.id: values for definition, values in sharing_features(tables)}, tables


def biopsy(day, counts, **others):
    return {"day": day, "compartment": "tumour", "counts": counts, **others}


def test_blood_is_compared_with_the_last_tumour_sample_by_its_day():
    other = {f"z{i:02d}": 1 for i in range(30)}
    found, tables = features_of(
        {"id": "b0", "day": -1, "counts": MANY},
        {"id": "b1", "day": 21, "counts": MANY},
        biopsy(-5, MANY | other, id="t0"),
        biopsy(20, MANY, id="t1"),
    )
    values = found["tumour_clones_in_blood"]
    assert values.select("sample_id", "value").rows() == [
        ("s-b0", pytest.approx(100 * 40 / 70)),
        ("s-b1", pytest.approx(100.0)),
    ]
    row = tables["clone_sharing"].filter(blood="b0", tumour="t0").row(0, named=True)
    ratio = found["tumour_clones_in_blood_ratio"]["value"][0]
    assert ratio == pytest.approx(row["shared_percent"] / row["expected_percent"])
    assert found["blood_tumour_overlap"]["value"][1] == pytest.approx(1.0)
    assert found["tumour_clone_mass_in_blood"]["value"].to_list() == pytest.approx([100, 100])


def test_a_later_biopsy_alone_tells_an_earlier_blood_sample_nothing():
    found, _ = features_of({"day": -1, "counts": MANY}, biopsy(20, MANY))
    assert found == {}


def test_small_tumour_samples_and_reads_have_a_status_in_the_place_of_a_value():
    found, _ = features_of({"day": 0, "counts": MANY}, biopsy(0, FEW))
    (row,) = found["tumour_clones_in_blood"].iter_rows(named=True)
    assert (row["value"], row["ci_low"]) == (None, None)
    assert row["status"] == "fewer than 20 clonotypes in the tumour sample"
    found, _ = features_of(
        {"day": 0, "counted": "reads", "counts": MANY}, biopsy(0, MANY, counted="reads")
    )
    (row,) = found["tumour_clones_in_blood_ratio"].iter_rows(named=True)
    assert row["value"] is None
    assert row["status"].startswith("reads are counted")


def test_templates_stand_before_cells_and_expanded_tumour_clones_are_dated_by_the_later_sample():
    change = {
        "participant_id": "P1", "compartment": "blood", "chain": "TRB", "population": "",
        "counted": "templates", "pair": "baseline", "before": "b0", "after": "b1",
        "day_before": -1.0, "day_after": 21.0, "n_expanded_in_tumour": 7,
        "n_expanded_in_earlier_tumour": 3, "status": "",
    }  # fmt: skip
    found, _ = features_of(
        {"id": "b0", "day": -1, "counts": MANY},
        {"id": "b1", "day": 21, "counts": MANY},
        {"id": "c0", "day": -1, "counted": "cells", "counts": FEW},
        biopsy(-2, MANY),
        biopsy(-2, MANY, counted="cells"),
        changes=[change, change | {"pair": "neighbouring", "n_expanded_in_earlier_tumour": 5}],
    )
    assert found["tumour_clones_in_blood"].height == 3
    assert found["expanded_tumour_clones"].select(
        "sample_id", "days_from_treatment_start", "value"
    ).rows() == [("s-b1", 21.0, 3.0)]


def test_counts_of_which_nobody_says_what_they_are_have_a_status():
    found, _ = features_of({"day": 0, "counted": "", "counts": MANY}, biopsy(0, MANY, counted=""))
    assert found["tumour_clones_in_blood_ratio"]["value"].to_list() == [None]
