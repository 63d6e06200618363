import polars as pl

from macroimmune.features.change import (
    END_AT_LIMIT,
    baseline_rows,
    change_definition,
    change_since_baseline,
)
from macroimmune.features.definition import UNDETECTED, FeatureDefinition

WINDOW = (-42.0, 0.0)
RATIO = FeatureDefinition("nlr", "NLR", "blood counts", "ratio", "doubling", "counts")
SHARE = FeatureDefinition("treg", "Treg", "populations", "percent", "share", "Treg")


def samples(*rows):
    return pl.DataFrame(
        [
            {
                "participant_id": who,
                "sample_id": f"{who}@{day}",
                "days_from_treatment_start": float(day),
                "value": value,
                "status": "",
            }
            for who, day, value in rows
        ],
        schema_overrides={"value": pl.Float64},
    )


def test_baseline_is_the_last_sample_inside_the_window():
    chosen = baseline_rows(
        samples(("a", -60, 9.0), ("a", -20, 1.0), ("a", 0, 2.0), ("a", 1, 8.0)), WINDOW
    )
    assert chosen["value"].to_list() == [2.0]


def test_a_missing_value_is_not_a_baseline():
    chosen = baseline_rows(samples(("a", -7, 3.0), ("a", 0, None)), WINDOW)
    assert chosen["value"].to_list() == [3.0]


def test_a_ratio_changes_by_its_ratio_to_baseline():
    changed = change_since_baseline(samples(("a", 0, 2.0), ("a", 42, 6.0)), RATIO, WINDOW)
    assert changed["value"].to_list() == [3.0]
    assert changed["days_from_treatment_start"].to_list() == [42.0]


def test_a_share_changes_by_its_difference_to_baseline():
    changed = change_since_baseline(samples(("a", 0, 5.0), ("a", 42, 8.0)), SHARE, WINDOW)
    assert changed["value"].to_list() == [3.0]


def test_without_a_baseline_there_is_a_status_and_no_value():
    changed = change_since_baseline(samples(("a", 42, 8.0)), SHARE, WINDOW)
    assert changed["value"].to_list() == [None]
    assert changed["status"].to_list() == ["no baseline sample"]


def test_zero_at_baseline_gives_no_ratio_and_says_so():
    changed = change_since_baseline(samples(("a", 0, 0.0), ("a", 42, 8.0)), RATIO, WINDOW)
    assert changed["value"].to_list() == [None]
    assert changed["status"].to_list() == ["zero has no ratio"]


def test_a_change_from_or_to_a_limit_says_so():
    measured = samples(("a", 0, 2.0), ("a", 42, 6.0), ("b", 0, 2.0), ("b", 42, 1.0), ("c", 0, 3.0))
    measured = pl.concat([measured, samples(("c", 42, 6.0))]).with_columns(
        status=pl.Series(["", UNDETECTED, UNDETECTED, "", "", ""])
    )
    changed = change_since_baseline(measured, RATIO, WINDOW)
    assert changed["value"].to_list() == [3.0, 0.5, 2.0]
    assert changed["status"].to_list() == [END_AT_LIMIT, END_AT_LIMIT, ""]


def test_the_change_of_a_share_is_modelled_per_sd():
    assert change_definition(SHARE, ("x",)).scale == "sd"
    assert change_definition(RATIO, ()).scale == "doubling"
    assert change_definition(SHARE, ("x",)).timing == "change"


def test_the_change_of_tumour_burden_is_part_of_response_and_progression():
    burden = FeatureDefinition("tumour_burden", "burden", "tumour burden", "mm", "root", "sizes")
    changed = change_definition(burden, ())
    assert set(changed.part_of_endpoints) == {"response", "pfs", "durable_clinical_benefit"}
    assert change_definition(RATIO, ()).part_of_endpoints == ()
