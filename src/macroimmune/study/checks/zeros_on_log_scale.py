"""Protein levels of zero or less, which have no logarithm."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["ZEROS_ON_LOG_SCALE"]

_CONCENTRATION = "pg/mL"


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    # Concentrations are all in pg/mL by now; other units may be logarithms or z-scores.
    low = (pl.col("value") <= 0) & (pl.col("unit") == _CONCENTRATION)
    proteins = rows_of(tables, "proteins").drop_nulls("value")
    counted = proteins.group_by("source_file", "analyte", maintain_order=True).agg(
        low.fill_null(value=False).sum().alias("n"), pl.len().alias("of")
    )
    for file, analyte, n, of in counted.filter(pl.col("n") > 0).iter_rows():
        yield Finding(
            "warning",
            "zero-on-log-scale",
            file or "",
            None,
            analyte,
            f"{n} of {of} concentrations are zero or less",
            "concentrations above zero, or undetected values marked as undetected",
            "Models on a logarithm leave these samples out, which hides the low ones: give the "
            "column limit_of_detection, or write them as `<limit`.",
        )


ZEROS_ON_LOG_SCALE = Check(
    ("zero-on-log-scale",), "concentrations of zero, which have no logarithm", _look
)
