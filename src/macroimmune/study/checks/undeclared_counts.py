"""Repertoires that do not say what their counts are."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["UNDECLARED_COUNTS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for name in ("repertoires", "clonotypes"):
        rows = rows_of(tables, name)
        silent = rows.filter(pl.col("counted").is_null())
        if silent.is_empty():
            continue
        yield Finding(
            "warning",
            "count-not-declared",
            silent["source_file"][0] or "",
            None,
            "counted",
            f"{silent.height:,} of {rows.height:,} {name} that do not say what is counted",
            "templates, umis, cells or reads",
            'Write counted = "...": reads do not tell how many cells were sampled, so diversity '
            "and new clones cannot be judged from them.",
        )


UNDECLARED_COUNTS = Check(
    ("count-not-declared",), "repertoires that do not say what they count", _look
)
