"""Repertoire metrics that were computed elsewhere and may follow the depth of sequencing."""

import re
from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy import stats

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["SEQUENCING_DEPTH"]

_METRIC = re.compile(
    r"clonalit|clonotype|richness|shannon|simpson|evenness|chao1|\bd50\b|gini|"
    r"(novel|new|unique|expanded|diversity).*(clone|tcr|bcr|repertoire)|"
    r"(clone|tcr|bcr|repertoire).*(novel|new|unique|expanded|diversity)",
)
_DEPTH = re.compile(r"\b(reads?|templates?|umis?|molecules|depth|total tcrs?)\b")
_SHARED = 10
_CORRELATION = 0.5
_LEVEL = 0.01


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    supplied = rows_of(tables, "supplied_features").drop_nulls("value")
    names = supplied["feature"].unique(maintain_order=True).to_list()
    depths = [name for name in names if _DEPTH.search(_plain(name))]
    for name in names:
        if name in depths or not _METRIC.search(_plain(name)):
            continue
        rows = supplied.filter(pl.col("feature") == name)
        file = rows["source_file"][0] or ""
        if not depths:
            yield Finding(
                "note",
                "depth-not-given",
                file,
                None,
                name,
                "a repertoire metric without the depth of its samples",
                "templates, UMIs or reads of each sample beside it",
                "Deeper samples show more clones: compute it at equal coverage, or supply the "
                "depth so that it can be compared.",
            )
        for depth in depths:
            yield from _compared(rows, supplied.filter(pl.col("feature") == depth), depth, file)


def _compared(rows: pl.DataFrame, depths: pl.DataFrame, depth: str, file: str) -> Iterator[Finding]:
    """Give a finding where a metric goes with the depth of the same samples."""
    key = ["participant_id", "days_from_treatment_start"]
    both = rows.select(*key, "value").join(
        depths.select(*key, pl.col("value").alias("depth")), on=key, nulls_equal=True
    )
    x, y = both["value"].to_numpy(), both["depth"].to_numpy()
    if both.height < _SHARED or not np.ptp(x) or not np.ptp(y):
        return
    found = stats.spearmanr(x, y)
    if abs(found.statistic) > _CORRELATION and found.pvalue < _LEVEL:
        yield Finding(
            "warning",
            "follows-depth",
            file,
            None,
            str(rows["feature"][0]),
            f"goes with {depth!r} (Spearman {found.statistic:.2f}, {both.height} samples)",
            "a metric at equal coverage, which does not follow depth",
            "Depth may pass as biology: compute it anew at equal coverage before it is tested.",
        )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


SEQUENCING_DEPTH = Check(
    ("depth-not-given", "follows-depth"),
    "repertoire metrics that may follow the depth of sequencing",
    _look,
)
