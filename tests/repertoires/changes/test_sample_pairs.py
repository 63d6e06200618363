import polars as pl
import pytest

from macroimmune.repertoires.changes import sample_pairs
from macroimmune.results import RESULT_TABLES, empty


def listed(*rows, **constant):
    """Return repertoires: (id, participant, day), and what all share."""
    frame = pl.DataFrame(
        rows, schema=["repertoire_id", "participant_id", "days_from_treatment_start"], orient="row"
    )
    kind = {"compartment": "blood", "chain": "TRB", "population": "", "counted": "templates"}
    kind.update(constant)
    return frame.with_columns(pl.lit(value).alias(name) for name, value in kind.items()).cast({
        "days_from_treatment_start": pl.Float64
    })


def names(pairs, kind):
    return pairs.filter(pl.col("pair") == kind).select("before", "after").rows()


def test_the_last_sample_before_treatment_is_paired_with_every_later_one():
    rows = listed(
        ("far", "P1", -90), ("early", "P1", -20), ("base", "P1", 0), ("w3", "P1", 21),
        ("w9", "P1", 63),
    )  # fmt: skip
    pairs = sample_pairs(rows)
    assert names(pairs, "baseline") == [("base", "w3"), ("base", "w9")]
    assert names(pairs, "neighbouring") == [
        ("far", "early"), ("early", "base"), ("base", "w3"), ("w3", "w9"),
    ]  # fmt: skip
    assert pairs.row(0, named=True)["day_after"] == 21.0


def test_the_window_decides_what_a_baseline_is():
    rows = listed(("early", "P1", -60), ("w3", "P1", 21))
    assert names(sample_pairs(rows), "baseline") == []
    assert names(sample_pairs(rows, window=(-90.0, 0.0)), "baseline") == [("early", "w3")]


@pytest.mark.parametrize("what", ["compartment", "chain", "population", "counted"])
def test_repertoires_of_two_kinds_are_never_a_pair(what):
    rows = pl.concat([
        listed(("a", "P1", 0), ("b", "P1", 21)),
        listed(("c", "P1", 0), ("d", "P1", 21), **{what: "other"}),
        listed(("e", "P2", 42)),
    ])
    assert sorted(names(sample_pairs(rows), "neighbouring")) == [("a", "b"), ("c", "d")]
    assert sorted(names(sample_pairs(rows), "baseline")) == [("a", "b"), ("c", "d")]


def test_of_one_day_the_last_is_taken_and_a_repertoire_without_a_day_is_in_no_pair():
    rows = listed(
        ("a", "P1", 0), ("b", "P1", 0), ("c", "P1", None), ("d", "P1", 21), ("e", "P1", 21)
    )
    pairs = sample_pairs(rows)
    assert pairs.select("before", "after").rows() == [("b", "e"), ("b", "e")]


def test_nothing_gives_a_table_without_rows_in_the_declared_kinds():
    pairs = sample_pairs(empty("repertoires"))
    assert pairs.is_empty()
    schema = RESULT_TABLES["repertoire_changes"].schema
    assert dict(pairs.schema) == {name: schema[name] for name in pairs.columns}
