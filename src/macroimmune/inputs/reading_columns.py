"""One column of a user's table to one declared column, by its kind, unit and range."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from macroimmune.closest import did_you_mean, folded
from macroimmune.errors import SchemaError
from macroimmune.inputs.categories import read_booleans, read_categories
from macroimmune.inputs.cells import Cells, cells_of
from macroimmune.inputs.column_spec import ColumnSpec, TableSpec
from macroimmune.inputs.numbers import Numbers, plain_numbers, read_numbers
from macroimmune.inputs.raw_table import RawTable
from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding
from macroimmune.results.records import Severity
from macroimmune.schema import Column, Table
from macroimmune.units import convert

__all__ = ["Source", "column_not_found", "heading_in", "read_column", "read_measured_value"]

_IDS = ("participant_id", "sample_id")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A user's table, what was said about it, and the declared table that it becomes."""

    raw: RawTable
    table: Table
    spec: TableSpec


def heading_in(raw: RawTable, heading: str) -> str | None:
    """Return the heading of the file that `heading` names, None where there is none.

    Spelled exactly, or else the only one that differs by case, spaces and punctuation alone.
    """
    if heading in raw.frame.columns:
        return heading
    key = folded(heading)
    alike = [name for name in raw.frame.columns if key and folded(name) == key]
    return alike[0] if len(alike) == 1 else None


def column_not_found(raw: RawTable, heading: str, purpose: str) -> Finding:
    """Return the error for a heading that the file does not have."""
    return Finding(
        "error",
        "column-not-found",
        raw.place,
        1,
        heading,
        f"no column {heading!r} ({purpose})",
        "a heading of the file",
        did_you_mean(heading, raw.frame.columns),
    )


def read_column(
    source: Source, column: Column, spec: ColumnSpec
) -> tuple[pl.Series, tuple[Finding, ...]]:
    """Return one declared column: canonical codes and unit, null where missing.

    Parameters
    ----------
    source : Source
    column : Column
    spec : ColumnSpec
        Its heading is one of the file.
    """
    cells = _cells(source, column, spec)
    if column.kind == "boolean":
        return read_booleans(cells, spec)
    if column.kind == "category":
        return read_categories(cells, column)
    if column.kind == "number":
        numbers = read_numbers(cells, limits_allowed=False)
        values, findings = _in_unit(numbers.values, column, spec, cells)
        values, more = _in_range(values, column, cells, source.table)
        return values, (*numbers.findings, *findings, *more)
    prefix = source.spec.prefix if column.name in _IDS else ""
    return (prefix + cells.text if prefix else cells.text), ()


def read_measured_value(source: Source, column: Column, spec: ColumnSpec) -> Numbers:
    """Return measured values as written; their unit is converted when it is known for each row."""
    codes = (*source.spec.missing, *spec.missing)
    if spec.constant is None and not spec.values and not any(map(_is_number, codes)):
        numbers = plain_numbers(source.raw.frame[spec.column])
        if numbers is not None:
            return numbers
    cells = _cells(source, column, spec)
    return read_numbers(cells, limits_allowed=source.table.column("limit_of_detection") is not None)


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _cells(source: Source, column: Column, spec: ColumnSpec) -> Cells:
    raw = source.raw
    if spec.constant is not None:
        series = pl.Series([spec.constant], dtype=pl.String).new_from_index(0, raw.frame.height)
        spec = replace(spec, column=column.name)
    else:
        series = raw.frame[spec.column]
    return cells_of(
        series,
        spec,
        rows=raw.rows,
        place=raw.place,
        missing=source.spec.missing,
        kind=column.kind,
        decimal_comma=raw.delimiter == ";",
    )


def _in_unit(
    values: pl.Series, column: Column, spec: ColumnSpec, cells: Cells
) -> tuple[pl.Series, tuple[Finding, ...]]:
    if not spec.unit or not column.unit:
        return values, ()
    try:
        factor = float(convert(np.ones(1), spec.unit, column.unit)[0])
    except SchemaError as error:
        return pl.Series([None] * values.len(), dtype=pl.Float64), (
            Finding(
                "error",
                "unit-does-not-fit",
                cells.place,
                None,
                cells.column,
                f"unit {spec.unit!r}; this column was left out",
                f"a unit that converts to {column.unit}",
                f"Correct the unit of {column.name}: {error}.",
            ),
        )
    return values * factor, ()


def _in_range(
    values: pl.Series, column: Column, cells: Cells, table: Table
) -> tuple[pl.Series, tuple[Finding, ...]]:
    low = float("-inf") if column.low is None else column.low
    high = float("inf") if column.high is None else column.high
    outside = ((values < low) | (values > high)).fill_null(value=False)
    if not outside.any():
        return values, ()
    # Without a possible time there is no outcome to analyse: that stops the run.
    severity: Severity = "error" if table.name == "outcomes" else "warning"
    at = outside.arg_true().to_list()
    unit = f" {column.unit}" if column.unit else ""
    written = cells.text.gather(at).to_list()
    findings = row_findings(
        severity,
        "out-of-range",
        file=cells.place,
        column=cells.column,
        rows=[cells.rows[position] for position in at],
        found=[
            f"{column.name} = {text}, which is {value:g}{unit}"
            for text, value in zip(written, values.gather(at).to_list(), strict=True)
        ],
        expected=f"{low:g} to {high:g}{unit}",
        advice="Taken as missing. A code for missing, or another unit? Say so in study.toml.",
    )
    return values.set(outside, None), findings
