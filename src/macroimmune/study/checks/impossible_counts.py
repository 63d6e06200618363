"""Blood values that no living person has: usually another unit."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.schema import ANALYTES, Analyte
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings
from macroimmune.units import UNITS, same_quantity

__all__ = ["IMPOSSIBLE_COUNTS"]


def _units_that_fit(analyte: Analyte, value: float) -> str:
    """Return the units in which `value` would be possible, in words for an advice."""
    own = UNITS[analyte.unit]
    fitting = [
        unit.symbol
        for unit in UNITS.values()
        if unit is not own
        and same_quantity(unit.symbol, own.symbol)
        and analyte.low <= value * unit.factor / own.factor <= analyte.high
    ]
    if not fitting:
        return "Correct the value or leave it empty."
    return f'Set unit = "{fitting[0]}" if that is what it is, or correct the value.'


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    counts = rows_of(tables, "blood_counts").drop_nulls("value")
    for analyte in ANALYTES.values():
        inside = pl.col("value").is_between(analyte.low, analyte.high)
        outside = counts.filter((pl.col("analyte") == analyte.id) & ~inside)
        yield from limited(
            at_row(
                row,
                severity="warning",
                code="impossible-count",
                column=analyte.id,
                found=f"{row['value']:g} {analyte.unit}",
                expected=f"{analyte.low:g} to {analyte.high:g} {analyte.unit}",
                advice=_units_that_fit(analyte, row["value"]),
            )
            for row in outside.iter_rows(named=True)
        )


IMPOSSIBLE_COUNTS = Check(("impossible-count",), "blood values outside what can occur", _look)
