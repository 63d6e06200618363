"""Stimulated wells without an unstimulated one of the same sample and panel."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.stimulus import UNSTIMULATED
from macroimmune.study.study import AnalysisSettings

__all__ = ["UNPAIRED_WELLS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    wells = rows_of(tables, "cytometry")
    word = pl.col("stimulus").fill_null("").str.strip_chars().str.to_lowercase()
    wells = wells.with_columns(is_resting=word.is_in(UNSTIMULATED))
    resting = wells.filter("is_resting").select("sample_id", "panel").unique()
    stimulated = wells.filter(~pl.col("is_resting"))
    alone = stimulated.join(
        resting, on=["sample_id", "panel"], how="anti", nulls_equal=True, maintain_order="left"
    )
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="no-unstimulated-well",
            column="stimulus",
            found=f"{row['stimulus']} of sample {row['sample_id']}, panel {row['panel']}, alone",
            expected="an unstimulated well of the same sample and panel",
            advice="A response is a difference between two wells: list the other one, with the "
            "stimulus none.",
        )
        for row in alone.iter_rows(named=True)
    )


UNPAIRED_WELLS = Check(
    ("no-unstimulated-well",), "stimulated wells without an unstimulated partner", _look
)
