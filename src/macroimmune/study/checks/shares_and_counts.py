"""Percentages where absolute counts belong, and fractions or counts where percentages belong."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import (
    Check,
    Tables,
    at_row,
    blood_by_sample,
    limited,
    rows_of,
)
from macroimmune.study.study import AnalysisSettings

__all__ = ["COUNTS_IN_SHARES", "FRACTIONS_OF_POPULATIONS", "SHARES_IN_COUNTS"]

_FEWEST = 10
_PARTS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
_SHARES = tuple(f"{part}_percent" for part in _PARTS[:4])
# Medians that no cohort of people reaches in 10^9/L but every cohort reaches in percent.
# Lymphocytes alone can do it in lymphoid leukaemia and are judged by the sum only.
_MEDIAN_IN_PERCENT = {"neutrophils": 25.0, "monocytes": 3.0, "eosinophils": 1.5}


def _file(blood: pl.DataFrame) -> str:
    return blood["source_file"][0] or ""


def _by_file(tables: Tables) -> list[pl.DataFrame]:
    blood = blood_by_sample(tables)
    return [] if blood.is_empty() else blood.partition_by("source_file")


def _whole_columns(blood: pl.DataFrame) -> Iterator[str]:
    """Yield the absolute-count columns whose median can only be a percentage."""
    for part, least in _MEDIAN_IN_PERCENT.items():
        if part in blood.columns:
            values = blood[part].drop_nulls().to_numpy()
            if values.size >= _FEWEST and np.median(values) >= least and values.max() <= 100:
                yield part


def _single_rows(blood: pl.DataFrame, skipped: set[str]) -> Iterator[Finding]:
    """Yield the samples whose differential sums to about 100, as only percentages do."""
    parts = [part for part in _PARTS[:4] if part in blood.columns]
    if len(parts) < 3 or skipped.intersection(parts):
        return
    total = pl.sum_horizontal(parts)
    known = pl.all_horizontal(pl.col(part).is_not_null() for part in parts)
    rows = blood.filter(known & total.is_between(90, 101) & (pl.col("neutrophils") >= 20))
    if "leukocytes" in blood.columns:
        rows = rows.filter(pl.col("leukocytes").is_null() | (pl.col("leukocytes") < 0.5 * total))
    for row in rows.iter_rows(named=True):
        yield at_row(
            row,
            severity="warning",
            code="percent-in-absolute-column",
            column="neutrophils",
            found=f"{' + '.join(parts)} = {sum(row[part] for part in parts):.4g}",
            expected="absolute counts in 10^9/L",
            advice="This row looks like percentages: supply absolute counts, or leave it empty.",
        )


def _look_at_counts(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for blood in _by_file(tables):
        whole = list(_whole_columns(blood))
        for part in whole:
            yield Finding(
                "error",
                "percent-in-absolute-column",
                _file(blood),
                None,
                part,
                f"median {np.median(blood[part].drop_nulls().to_numpy()):.3g}",
                "an absolute count in 10^9/L",
                f"These look like percentages of leukocytes: map the column to {part}_percent.",
            )
        yield from limited(_single_rows(blood, set(whole)))


def _look_at_shares(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for blood in _by_file(tables):
        yield from _shares_of_one_file(blood)


def _shares_of_one_file(blood: pl.DataFrame) -> Iterator[Finding]:
    present = [share for share in _SHARES if share in blood.columns]
    for share in present:
        values = blood[share].drop_nulls().to_numpy()
        if values.size >= _FEWEST and share != "eosinophils_percent" and values.max() <= 1:
            yield Finding(
                "error",
                "fraction-in-percent-column",
                _file(blood),
                None,
                share,
                f"no value above {values.max():g}",
                "percentages of leukocytes",
                'These look like fractions: set unit = "fraction" for this column.',
            )
    if {"neutrophils_percent", "lymphocytes_percent"} <= set(present):
        both = blood.drop_nulls(["neutrophils_percent", "lymphocytes_percent"])
        total = (both["neutrophils_percent"] + both["lymphocytes_percent"]).to_numpy()
        if total.size >= _FEWEST and 1.05 < np.median(total) < 40:
            yield Finding(
                "error",
                "absolute-in-percent-column",
                _file(blood),
                None,
                "neutrophils_percent",
                f"neutrophils and lymphocytes together are {np.median(total):.3g} (median)",
                "most of the leukocytes, 60 to 100 percent",
                "These look like absolute counts: map the columns to neutrophils and lymphocytes.",
            )


def _look_at_populations(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    shares = rows_of(tables, "populations").drop_nulls("value").filter(pl.col("unit") == "percent")
    for rows in shares.partition_by("source_file"):
        highest = float(rows["value"].to_numpy().max())
        # Rare populations stay below 1 %; many of them, of which one nearly reaches 1, do not.
        if rows["population"].n_unique() >= 5 and rows.height >= 50 and 0.3 < highest <= 1:
            yield Finding(
                "warning",
                "fraction-in-percent-column",
                _file(rows),
                None,
                "value",
                f"{rows['population'].n_unique()} populations, no value above {highest:g}",
                "percentages of the parent population",
                'These look like fractions: set unit = "fraction" for this column.',
            )


SHARES_IN_COUNTS = Check(
    ("percent-in-absolute-column",), "percentages in columns of absolute counts", _look_at_counts
)
COUNTS_IN_SHARES = Check(
    ("fraction-in-percent-column", "absolute-in-percent-column"),
    "fractions or counts in columns of percentages",
    _look_at_shares,
)
FRACTIONS_OF_POPULATIONS = Check(
    ("fraction-in-percent-column",), "fractions called percentages", _look_at_populations
)
