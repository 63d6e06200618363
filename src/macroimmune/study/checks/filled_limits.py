"""Undetected values that were filled in with half the limit of detection."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["FILLED_LIMITS"]

_FEWEST = 3
_SMALLEST_SHARE = 0.03
_DISTINCT = 0.8


def _finding(rows: pl.DataFrame, column: str, found: str) -> Finding:
    return Finding(
        "warning",
        "half-limit-fill",
        rows["source_file"][0] or "",
        None,
        column,
        found,
        "undetected values marked as undetected",
        "Filled values bias means and shrink variances: write them as `<limit` or give the column "
        "limit_of_detection and leave the value empty; they then stand at the limit, marked.",
    )


def _at_fraction_of_limit(rows: pl.DataFrame) -> int:
    """Count the values that sit exactly at half the limit or at the limit over root two."""
    known = rows.drop_nulls("limit_of_detection")
    value = known["value"].to_numpy()
    limit = known["limit_of_detection"].to_numpy()
    # NPX is on a log2 scale, where half the limit is one less.
    is_log = (known["unit"].fill_null("") == "NPX").to_numpy()
    near = np.zeros(value.size, dtype=bool)
    for divisor in (2.0, math.sqrt(2.0)):
        filled = np.where(is_log, limit - math.log2(divisor), limit / divisor)
        near |= np.isclose(value, filled, rtol=1e-6, atol=0)
    return int(near.sum())


def _repeated_minimum(rows: pl.DataFrame) -> tuple[float, int, float] | None:
    """Return a suspicious repeated minimum, how often it occurs, and the next value."""
    counts = rows["value"].value_counts().sort("value")
    if counts.height < 2:
        return None
    (lowest, times), (following, _) = counts.row(0), counts.row(1)
    others = rows.height - times
    continuous = (counts.height - 1) >= _DISTINCT * others
    often = times >= max(_FEWEST, _SMALLEST_SHARE * rows.height)
    return (lowest, times, following) if lowest > 0 and often and continuous else None


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    proteins = rows_of(tables, "proteins").drop_nulls("value")
    proteins = proteins.filter(~pl.col("below_limit").fill_null(value=False))
    for rows in proteins.partition_by("source_file", "analyte"):
        name = rows["analyte"][0]
        filled = _at_fraction_of_limit(rows)
        if filled >= _FEWEST:
            yield _finding(rows, name, f"{filled} values at a fixed fraction of the limit")
            continue
        repeated = _repeated_minimum(rows)
        if repeated is not None:
            lowest, times, following = repeated
            half = ", at or below half of the next value" if following >= 2 * lowest else ""
            found = f"the lowest value, {lowest:g}, occurs {times} times{half}"
            yield _finding(rows, name, f"{found}; nearly all others occur once")


FILLED_LIMITS = Check(
    ("half-limit-fill",), "undetected proteins filled in with half the limit", _look
)
