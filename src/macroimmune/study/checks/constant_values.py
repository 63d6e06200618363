"""One value in every row: a placeholder, not a measurement."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["CONSTANT_VALUES"]

_FEWEST = 10
# What a whole cohort may truly share is left out: a trial can take ECOG 0 only, or start on day 0.
_NUMBERS = {
    "participants": ("age_years",),
    "outcomes": ("os_time_days", "pfs_time_days", "rfs_time_days"),
    "tumour_measurements": ("sum_of_diameters_mm",),
}


def _groups(tables: Tables) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield (the words of a quantity, its rows with `value`), one source file at a time."""
    for name, columns in _NUMBERS.items():
        rows = rows_of(tables, name)
        for column in columns:
            for part in rows.drop_nulls(column).partition_by("source_file"):
                yield column, part.with_columns(value=pl.col(column))
    for table in TABLES.values():
        if table.measured:
            rows = rows_of(tables, table.name).drop_nulls("value")
            if "below_limit" in rows.columns:
                # Everyone undetected is a fact about the assay; the value is then its limit.
                rows = rows.filter(~pl.col("below_limit").fill_null(value=False))
            for part in rows.partition_by("source_file", table.measured):
                yield part[table.measured][0], part


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for quantity, rows in _groups(tables):
        values = rows["value"]
        if values.len() >= _FEWEST and values.n_unique() == 1:
            yield Finding(
                "warning",
                "constant-value",
                rows["source_file"][0] or "",
                None,
                quantity,
                f"the value {values[0]:g} in all {values.len()} rows",
                "values that differ between people",
                "A placeholder? Remove the column from study.toml or supply what was measured.",
            )


CONSTANT_VALUES = Check(
    ("constant-value",), "the same value in every row of a measured column", _look
)
