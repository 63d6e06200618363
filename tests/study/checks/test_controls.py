"""Bridging controls must be of a batch, and of more than one."""

import polars as pl

from macroimmune.schema import TABLES
from macroimmune.study import AnalysisSettings
from macroimmune.study.checks.batches import BATCHES
from macroimmune.study.checks.controls import CONTROLS
from macroimmune.study.checks.repeated_files import REPEATED_FILES


def rows(name, *some):
    schema = TABLES[name].schema
    filled = [dict.fromkeys(schema) | row | {"source_row": k} for k, row in enumerate(some, 2)]
    return pl.DataFrame(filled, schema=schema)


def look(controls, batches=("1", "2")):
    files = [
        {"raw_file": f"{panel}{k}.fcs", "batch": batch, "panel": panel}
        for panel in ("T", "M")
        for k, batch in enumerate(batches)
    ]
    files.append({"raw_file": "once.fcs", "batch": batches[0], "panel": "once"})
    tables = {
        "cytometry": rows("cytometry", *files),
        "cytometry_controls": rows("cytometry_controls", *controls),
    }
    return [(one.code, one.row) for one in CONTROLS.look(tables, AnalysisSettings())]


def control(file, batch, name="A", panel="T"):
    return {"raw_file": file, "control": name, "batch": batch, "panel": panel}


def test_a_control_of_every_batch_is_passed():
    assert look([control("a", "1"), control("b", "2")]) == []


def test_a_control_without_a_batch_is_named():
    assert look([control("a", "1"), control("b", None), control("c", "2")]) == [
        ("control-without-batch", 3)
    ]


def test_a_control_of_one_batch_alone_bridges_nothing_where_there_are_several():
    one = [control("a", "1"), control("b", "1"), control("c", "1", "B"), control("d", "2", "B")]
    assert look(one) == [("control-in-one-batch", 2)]
    assert look(one, batches=("1", "1")) == []
    other_panel = [control("a", "1"), control("b", "2", panel="M")]
    assert [code for code, _ in look(other_panel)] == ["control-in-one-batch"] * 2
    assert look([control("a", "1", panel="once")]) == []
    assert look([control("a", "1", panel=None)]) == [("control-in-one-batch", 2)]


def test_a_file_of_a_sample_that_is_listed_as_a_control_too_is_told():
    tables = {
        "cytometry": rows("cytometry", {"raw_file": "a.fcs", "sample_id": "s1"}),
        "cytometry_controls": rows("cytometry_controls", control("a.fcs", "1")),
    }
    (found,) = REPEATED_FILES.look(tables, AnalysisSettings())
    assert found.found == "a.fcs of control A, listed as sample s1 too"


def test_batches_of_files_that_go_with_time_confound_and_mixed_ones_do_not(clean_tables):
    tables = clean_tables(1)
    samples = tables["samples"]
    early = pl.col("days_from_treatment_start") <= 0
    schema = TABLES["cytometry"].schema

    def listed(batch):
        files = samples.with_columns(raw_file=pl.format("{}.fcs", "sample_id"), batch=batch)
        absent = [pl.lit(None, kind).alias(name) for name, kind in schema.items()
                  if name not in files.columns]  # fmt: skip
        return tables | {"cytometry": files.with_columns(absent).select(list(schema))}

    by_time = pl.when(early).then(pl.lit("a")).otherwise(pl.lit("b"))
    settings = AnalysisSettings()
    assert list(BATCHES.look(listed(by_time), settings))
    in_turn = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("a")).otherwise(pl.lit("b"))
    assert not list(BATCHES.look(listed(in_turn), settings))
