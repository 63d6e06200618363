"""Repeated measurements are averaged and each is warned of."""

import polars as pl
import pytest

from macroimmune.schema import TABLES
from macroimmune.study.duplicates import first_of_each, mean_of_duplicates

TABLE = TABLES["proteins"]


def proteins(*rows):
    names = ("sample_id", "analyte", "value", "unit", "below_limit")
    frame = pl.DataFrame(list(rows), schema=names, orient="row").with_columns(
        participant_id=pl.lit("p1"),
        days_from_treatment_start=0.0,
        limit_of_detection=pl.lit(None, dtype=pl.Float64),
        source_file=pl.lit("a.csv"),
        source_row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64),
    )
    return frame.select(list(TABLE.schema))


def test_clean_rows_stay_untouched_and_silent():
    frame = proteins(("s1", "IL6", 1.0, "NPX", False), ("s2", "IL6", 2.0, "NPX", False))
    same, findings = mean_of_duplicates(frame, TABLE)
    assert same.equals(frame)
    assert findings == ()


def test_the_mean_stands_for_repeated_rows_and_each_further_row_is_warned_of():
    frame = proteins(
        ("s1", "IL6", 1.0, "NPX", False),
        ("s1", "TNF", 5.0, "NPX", False),
        ("s1", "IL6", 2.0, "NPX", False),
        ("s1", "IL6", 6.0, "NPX", True),
    )
    merged, findings = mean_of_duplicates(frame, TABLE)
    assert merged.select("analyte", "value", "below_limit").rows() == [
        ("IL6", pytest.approx(3.0), False),
        ("TNF", 5.0, False),
    ]
    assert [(f.severity, f.code, f.row) for f in findings] == [
        ("warning", "duplicate-rows", 4),
        ("warning", "duplicate-rows", 5),
    ]
    assert "mean" in findings[0].advice


def test_values_in_different_units_both_stay_and_a_note_says_so():
    frame = proteins(
        ("s1", "IL6", 1.0, "NPX", False),
        ("s1", "IL6", 500.0, "pg/mL", False),
        ("s2", "IL6", 2.0, "NPX", False),
    )
    merged, (note,) = mean_of_duplicates(frame, TABLE)
    assert merged.equals(frame)
    assert (note.severity, note.code) == ("note", "several-units")
    assert note.found == "IL6 of 1 samples in NPX and pg/mL"


def test_thousands_of_duplicates_are_counted_not_lost():
    rows = [("s1", "IL6", 1.0, "NPX", False)] * 1501
    _, findings = mean_of_duplicates(proteins(*rows), TABLE)
    assert len(findings) == 1001
    assert "1500 in all" in findings[-1].found


def test_people_are_never_averaged():
    table = TABLES["outcomes"]
    frame = pl.DataFrame({
        "participant_id": ["a", "b", "a"],
        "os_time_days": [1.0, 2.0, 3.0],
        "source_file": ["x.csv"] * 3,
        "source_row": [2, 3, 4],
    })
    kept, (finding,) = first_of_each(frame, table)
    assert kept["os_time_days"].to_list() == [1.0, 2.0]
    assert (finding.severity, finding.row) == ("error", 4)
