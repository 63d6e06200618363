"""Bridging controls of cytometry that bridge nothing: no batch, or one batch alone."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["CONTROLS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    controls = rows_of(tables, "cytometry_controls")
    yield from limited(_without_batch(controls))
    yield from limited(_in_one_batch(controls, rows_of(tables, "cytometry")))


def _without_batch(controls: pl.DataFrame) -> Iterator[Finding]:
    for row in controls.filter(pl.col("batch").is_null()).iter_rows(named=True):
        yield at_row(
            row,
            severity="warning",
            code="control-without-batch",
            column="batch",
            found=f"{row['raw_file']} of control {row['control']} without a batch",
            expected="the batch in which the control was measured",
            advice="Name it as table cytometry does; without it the control bridges nothing.",
        )


def _in_one_batch(controls: pl.DataFrame, files: pl.DataFrame) -> Iterator[Finding]:
    """Yield controls of one batch, where the files of their panel are of several."""
    known = controls.drop_nulls(["control", "batch"])
    for (name, panel), rows in known.group_by("control", "panel", maintain_order=True):
        of_panel = files if panel is None else files.filter(pl.col("panel") == panel)
        n_batches = of_panel["batch"].drop_nulls().n_unique()
        if rows["batch"].n_unique() == 1 and n_batches > 1:
            yield at_row(
                rows.row(0, named=True),
                severity="warning",
                code="control-in-one-batch",
                column="control",
                found=f"control {name}{f', panel {panel},' * bool(panel)} in batch "
                f"{rows['batch'][0]} alone; the files of cytometry are of {n_batches} batches",
                expected="the same control in every batch",
                advice="It shows nothing of the other batches. Is it spelled alike in all rows?",
            )


CONTROLS = Check(
    ("control-without-batch", "control-in-one-batch"),
    "bridging controls of cytometry without a batch, or in one batch alone",
    _look,
)
