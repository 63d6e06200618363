"""Samples that are called baseline but were drawn after treatment began."""

import re
from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["BASELINE_DAY", "BASELINE_WINDOW"]

_BASELINE = re.compile(
    r"\b(?:baseline|base|bl|screening|scr|t0|d0|c0?1\s?d0?1|day\s?0|week\s?0|w0"
    r"|pre(?:\s?(?:treatment|therapy|dose|tx|ici|io|infusion))?)\b"
)


def _means_baseline(timepoint: str) -> bool:
    words = re.sub(r"[^a-z0-9]+", " ", timepoint.lower()).strip()
    # Before surgery can be long after the first infusion.
    return bool(_BASELINE.search(words)) and not re.search(r"\bpre (?:op|surg)", words)


def _advice(days: pl.Series) -> str:
    if (days == 1).all():
        return (
            "All are on day 1: if the protocol calls the first day of treatment day 1, subtract 1; "
            "here it is day 0."
        )
    return "Correct the day or the name; a value after treatment began is not a baseline value."


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    named = rows_of(tables, "samples").drop_nulls(["timepoint", "days_from_treatment_start"])
    means = pl.col("timepoint").map_elements(_means_baseline, return_dtype=pl.Boolean)
    late = named.filter(means).filter(pl.col("days_from_treatment_start") > 0)
    advice = _advice(late["days_from_treatment_start"])
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="baseline-after-treatment",
            column="days_from_treatment_start",
            found=f"sample {row['sample_id']}, called {row['timepoint']!r}, on day "
            f"{row['days_from_treatment_start']:g}",
            expected="day 0 or earlier",
            advice=advice,
        )
        for row in late.iter_rows(named=True)
    )


def _look_for_any(tables: Tables, analysis: AnalysisSettings) -> Iterator[Finding]:
    samples = rows_of(tables, "samples").drop_nulls("days_from_treatment_start")
    if samples.is_empty():
        return
    low, high = analysis.baseline_window_days
    day = pl.col("days_from_treatment_start")
    patients = samples["participant_id"].n_unique()
    with_one = samples.filter(day.is_between(low, high))["participant_id"].n_unique()
    if with_one < patients:
        yield Finding(
            "note" if with_one else "error",
            "no-baseline-sample",
            samples["source_file"][0] or "",
            None,
            "days_from_treatment_start",
            f"{patients - with_one} of {patients} participants with samples have none from day "
            f"{low:g} to {high:g}",
            "a sample inside the baseline window",
            "They are left out of baseline analyses; baseline_window_days can be changed in "
            "study.toml.",
        )


BASELINE_DAY = Check(
    ("baseline-after-treatment",), "a baseline sample drawn after treatment began", _look
)
BASELINE_WINDOW = Check(
    ("no-baseline-sample",), "participants without a sample in the baseline window", _look_for_any
)
