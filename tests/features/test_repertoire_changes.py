"""Changes of repertoires become features: dated by the later sample, at one depth."""

import polars as pl
import pytest

from macroimmune.features import change_features
from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.results import RESULT_TABLES, empty

PAIR = {
    "participant_id": "P1", "compartment": "blood", "chain": "TRB", "population": "",
    "counted": "templates", "pair": "baseline", "before": "P1-0", "after": "P1-21",
    "day_before": 0.0, "day_after": 21.0, "n_expanded": 90, "matched_depth": 8_000,
    "n_expanded_matched": 40.5, "n_singletons_expanded_matched": 6.0,
    "expanded_mass_matched": 0.02, "novel_excess": 0.03, "novel_excess_ci_low": 0.01,
    "novel_excess_ci_high": 0.05, "status": "",
}  # fmt: skip


def tables(*changes):
    rows = [PAIR | one for one in changes]
    schema = RESULT_TABLES["repertoire_changes"].schema
    known = RESULT_TABLES["repertoires"].schema
    listed = [{"repertoire_id": one["after"], "sample_id": one["after"] + "-tube"} for one in rows]
    listed = pl.DataFrame(listed, schema=known, orient="row").unique("repertoire_id")
    return {
        "repertoires": listed,
        "repertoire_changes": pl.DataFrame(rows, schema=schema, orient="row"),
    }


def by_id(found):
    return {definition.id: (definition, rows) for definition, rows in found}


def test_numbers_at_the_common_depth_are_features_of_the_later_sample():
    found = by_id(change_features(tables({})))
    definition, rows = found["expanded_singletons"]
    assert definition.timing == "on treatment"
    assert definition.evidence == ("singleton_expansion",)
    row = rows.row(0, named=True)
    assert (row["value"], row["days_from_treatment_start"]) == (6.0, 21.0)
    assert row["sample_id"] == "P1-21-tube"
    assert row["status"] == "at 8000 templates of each sample"
    assert found["expanded_clones"][1]["value"].to_list() == [40.5]
    assert found["expanded_clone_mass"][1]["value"].to_list() == [pytest.approx(2.0)]


def test_the_excess_of_novel_clones_has_its_interval_in_percent():
    _, rows = by_id(change_features(tables({})))["novel_clone_excess"]
    assert rows.select("value", "ci_low", "ci_high").row(0) == pytest.approx((3.0, 1.0, 5.0))


def test_expansion_of_effector_memory_cd8_cells_speaks_to_its_line_and_no_other_population_does():
    found = by_id(change_features(tables({"population": "em_cd8"}, {"population": "treg"})))
    assert found["em_cd8_expanded_clones"][0].evidence == ("em_cd8_clonal_expansion",)
    assert found["treg_expanded_clones"][0].evidence == ()
    assert found["em_cd8_expanded_singletons"][0].evidence == ()


def test_neighbouring_draws_other_chains_and_samples_before_treatment_are_no_features():
    others = [{"pair": "neighbouring"}, {"chain": "TRA"}, {"day_after": -3.0}]
    assert change_features(tables(*others)) == []
    nothing = {name: empty(name) for name in ("repertoires", "repertoire_changes")}
    assert change_features(nothing) == []


def test_of_a_sample_that_counts_in_two_ways_templates_are_taken_before_reads():
    none = dict.fromkeys([name for name in PAIR if name.startswith(("n_", "novel", "exp"))])
    reads = {"counted": "reads", "after": "P1-21", "status": READS_STATUS, **none}
    _, rows = by_id(change_features(tables(reads, {})))["expanded_clones"]
    assert rows["value"].to_list() == [40.5]
    _, rows = by_id(change_features(tables(reads)))["expanded_clones"]
    assert rows["value"].to_list() == [None]
    assert rows["status"].to_list() == [READS_STATUS]


def test_a_sample_below_the_common_depth_has_a_status_and_tissue_its_own_feature():
    few = {"n_expanded_matched": None, "matched_depth": None, "compartment": "tumour"}
    _, rows = by_id(change_features(tables(few)))["expanded_clones_tumour"]
    assert rows["value"].to_list() == [None]
    assert rows["status"].to_list() == ["too few templates for a common depth"]
