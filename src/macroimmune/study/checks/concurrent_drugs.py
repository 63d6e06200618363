"""Drugs that move blood counts or the microbiome close to the blood draw or to treatment start."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["ANTIBIOTICS", "DRUGS_BEFORE_DRAW"]

_DAYS_BEFORE_DRAW = 14.0
_DAYS_AROUND_START = 60.0
_WORDS = {"steroid": "a steroid", "g_csf": "G-CSF"}


def _courses(tables: Tables) -> pl.DataFrame:
    """Return the dated courses; one without a start began before, one without a stop goes on."""
    courses = rows_of(tables, "medications")
    dated = pl.col("start_day").is_not_null() | pl.col("stop_day").is_not_null()
    return courses.filter(dated).with_columns(
        first=pl.col("start_day").fill_null(float("-inf")),
        last=pl.col("stop_day").fill_null(float("inf")),
    )


def _draws(tables: Tables) -> pl.DataFrame:
    """Return every blood draw once: those in `samples`, else those of the measured tables."""
    columns = ["participant_id", "days_from_treatment_start", "source_file", "source_row"]
    names = ["samples", *(table.name for table in TABLES.values() if table.measured)]
    draws = pl.concat([rows_of(tables, name).select(columns) for name in names])
    return draws.drop_nulls(columns[:2]).unique(columns[:2], keep="first", maintain_order=True)


def _look_before_draw(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    courses = _courses(tables).filter(pl.col("drug_class").is_in(list(_WORDS)))
    courses = courses.select("participant_id", "drug_class", "first", "last")
    exposed = _draws(tables).join(courses, on="participant_id", maintain_order="left")
    day = pl.col("days_from_treatment_start")
    exposed = exposed.filter((pl.col("first") <= day) & (pl.col("last") >= day - _DAYS_BEFORE_DRAW))
    exposed = exposed.unique(
        ["participant_id", "days_from_treatment_start", "drug_class"], maintain_order=True
    )
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="drug-before-draw",
            column="days_from_treatment_start",
            found=f"blood of {row['participant_id']} on day "
            f"{row['days_from_treatment_start']:g} under or within {_DAYS_BEFORE_DRAW:g} days of "
            f"{_WORDS[row['drug_class']]}",
            expected=f"no steroid and no G-CSF in the {_DAYS_BEFORE_DRAW:g} days before a draw",
            advice="Counts, ratios and cytokines then reflect the drug: repeat the main analyses "
            "without these samples.",
        )
        for row in exposed.iter_rows(named=True)
    )


def _look_for_antibiotics(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    antibiotics = _courses(tables).filter(
        (pl.col("drug_class") == "antibiotic")
        & (pl.col("first") <= _DAYS_AROUND_START)
        & (pl.col("last") >= -_DAYS_AROUND_START)
    )
    antibiotics = antibiotics.unique("participant_id", keep="first", maintain_order=True)
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="antibiotic-around-start",
            column="start_day",
            found=f"{row['participant_id']} had an antibiotic from day "
            f"{_day(row['start_day'])} to {_day(row['stop_day'])}",
            expected=f"none within {_DAYS_AROUND_START:g} days of treatment start",
            advice="Antibiotics around the start go with shorter survival under checkpoint "
            "blockade: adjust for them or repeat without these participants.",
        )
        for row in antibiotics.iter_rows(named=True)
    )


def _day(day: float | None) -> str:
    return "an unknown day" if day is None else f"{day:g}"


DRUGS_BEFORE_DRAW = Check(
    ("drug-before-draw",), "blood drawn within 14 days of a steroid or G-CSF", _look_before_draw
)
ANTIBIOTICS = Check(
    ("antibiotic-around-start",),
    "antibiotics within 60 days of treatment start",
    _look_for_antibiotics,
)
