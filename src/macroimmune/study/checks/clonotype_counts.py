"""Counts of clonotypes that are shares of a sample, which tell nothing of its size."""

from collections.abc import Iterator

import polars as pl

from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["CLONOTYPE_COUNTS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    count = pl.col("count")
    rows = rows_of(tables, "clonotypes").filter(count != count.round())
    for (file,), some in rows.group_by("source_file", maintain_order=True):
        yield from row_findings(
            "warning",
            "count-not-whole",
            file=str(file or ""),
            column="count",
            rows=some["source_row"].to_list(),
            found=[f"count = {one:g}" for one in some["count"].to_list()],
            expected="whole counts",
            advice="The row is left out. Give counts, not shares: a share does not tell how many "
            "were sampled.",
        )


CLONOTYPE_COUNTS = Check(("count-not-whole",), "clonotypes with shares in place of counts", _look)
