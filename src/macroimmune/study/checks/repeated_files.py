"""Raw files that two rows name."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["REPEATED_FILES"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for table in TABLES.values():
        if table.lists_files:
            whose = "sample_id" if table.is_of_samples else "control"
            rows = rows_of(tables, table.name)
            again = rows.filter(~pl.struct(table.key).is_first_distinct())
            first = rows.unique("raw_file", keep="first", maintain_order=True)
            first = first.select("raw_file", pl.col(whose).alias("before"))
            again = again.join(first, on="raw_file", how="left", maintain_order="left")
            yield from limited(_findings(again, whose))
    yield from limited(_of_sample_and_control(tables))


def _of_sample_and_control(tables: Tables) -> Iterator[Finding]:
    samples = rows_of(tables, "cytometry").select("raw_file", "sample_id").unique("raw_file")
    controls = rows_of(tables, "cytometry_controls")
    both = controls.join(samples, on="raw_file", how="inner", maintain_order="left")
    for row in both.iter_rows(named=True):
        yield at_row(
            row,
            severity="warning",
            code="raw-file-repeated",
            column="raw_file",
            found=f"{row['raw_file']} of control {row['control']}, listed as sample "
            f"{row['sample_id']} too",
            expected="a file of a sample, or of a control of no participant",
            advice="Delete it from one of the two lists.",
        )


def _findings(rows: pl.DataFrame, whose: str) -> Iterator[Finding]:
    kind = whose.removesuffix("_id")
    for row in rows.iter_rows(named=True):
        is_other = row[whose] != row["before"]
        yield at_row(
            row,
            severity="error" if is_other else "warning",
            code="raw-file-repeated",
            column="raw_file",
            found=f"{row['raw_file']} of {kind} {row[whose]}, listed before"
            + (f" of {kind} {row['before']}" if is_other else ""),
            expected="one row per file",
            advice="Correct the name of the file, or delete the row.",
        )


REPEATED_FILES = Check(("raw-file-repeated",), "raw files that two rows name", _look)
