"""Days that are labelled months, and months that are labelled days."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of, survival_rows
from macroimmune.study.study import AnalysisSettings

__all__ = ["TIME_UNITS"]

_FEWEST = 10
_TWENTY_YEARS = 7305.0
# A cohort of patients whose longest follow-up is about four months is not what people collect;
# 130 months are eleven years, more than immunotherapy studies last.
_LONGEST = 130.0
_MEDIAN = {"os": 60.0, "pfs": 45.0, "rfs": 60.0}


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    people = rows_of(tables, "participants")
    mice = people.filter(pl.col("species") == "mouse")["participant_id"]
    for endpoint, all_rows in survival_rows(tables):
        patients = all_rows.filter(~pl.col("participant_id").is_in(mice.implode()))
        for rows in patients.partition_by("source_file"):
            days = rows[endpoint.time].to_numpy()
            median, longest = float(np.median(days)), float(days.max())
            file = rows["source_file"][0] or ""
            if days.size >= _FEWEST and median < _MEDIAN[endpoint.id] and longest < _LONGEST:
                yield Finding(
                    "warning",
                    "months-labelled-days",
                    file,
                    None,
                    endpoint.time,
                    f"median {median:.3g} days, longest {longest:.4g} days",
                    "months to years of follow-up",
                    'These look like months: set unit = "month" for this column, '
                    "or ignore this if follow-up really was so short.",
                )
            too_long = int((days > _TWENTY_YEARS).sum())
            if too_long:
                yield Finding(
                    "warning",
                    "days-labelled-months",
                    file,
                    None,
                    endpoint.time,
                    f"{too_long} of {days.size} times above 20 years, the longest "
                    f"{longest / 365.25:.0f} years (median {median / 365.25:.1f} years)",
                    "less than 20 years of follow-up",
                    'Days read as months? Set unit = "day" for this column, '
                    "or correct the rows that are above.",
                )


TIME_UNITS = Check(
    ("months-labelled-days", "days-labelled-months"),
    "follow-up whose length does not fit its unit",
    _look,
)
