"""Measured values, long or wide, to one row per sample and word, with unit and limits."""

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.inputs.column_spec import ColumnSpec
from macroimmune.inputs.detection_limits import settled_limits
from macroimmune.inputs.measured_units import in_canonical_units, known_analyte
from macroimmune.inputs.numbers import Numbers
from macroimmune.inputs.reading_columns import Source, read_column, read_measured_value
from macroimmune.results import Finding
from macroimmune.schema import ANALYTES, Column

__all__ = ["completed_measurements", "long_values", "wide_values"]

_Findings = tuple[Finding, ...]
_VALUE = Column("value", "number", "the measured value")
_SCHEMA = {"value": pl.Float64(), "_below": pl.Boolean(), "_above": pl.Boolean()}


def long_values(source: Source, frame: pl.DataFrame) -> tuple[pl.DataFrame, _Findings]:
    """Add the values of a long table, and their unit where one was said for the column.

    Parameters
    ----------
    source : Source
    frame : polars DataFrame
        The other declared columns of the same rows.
    """
    spec = source.spec.columns.get("value")
    if spec is None:
        return frame.clear().with_columns(
            *(pl.lit(None, dtype=kind).alias(name) for name, kind in _SCHEMA.items()),
            pl.lit(None, dtype=pl.String).alias("unit"),
        ), ()
    numbers = read_measured_value(source, _VALUE, spec)
    frame = frame.with_columns(**_parts(numbers))
    if "unit" not in frame.columns:
        frame = frame.with_columns(unit=pl.lit(spec.unit or None, dtype=pl.String))
    return frame, numbers.findings


def wide_values(source: Source, frame: pl.DataFrame) -> tuple[pl.DataFrame, _Findings]:
    """Turn a table with words as headings into one row per record and word.

    Parameters
    ----------
    source : Source
    frame : polars DataFrame
        The declared columns that describe a record: who, which sample, which day.
    """
    measured = source.table.measured
    frames: list[pl.DataFrame] = []
    findings: list[Finding] = []
    for word, spec in source.spec.wide.items():
        numbers = read_measured_value(source, _VALUE, spec)
        findings.extend(numbers.findings)
        fixed, more = _constants(source, spec)
        findings.extend(more)
        unit = pl.lit(spec.unit or None, dtype=pl.String)
        frames.append(
            frame.with_columns(pl.lit(word).alias(measured), *fixed, unit=unit, **_parts(numbers))
        )
    if not frames:
        empty = [pl.lit(None, dtype=kind).alias(name) for name, kind in _SCHEMA.items()]
        texts = [pl.lit(None, dtype=pl.String).alias(name) for name in (measured, "unit")]
        return frame.clear().with_columns(*empty, *texts), tuple(findings)
    return pl.concat(frames, how="diagonal_relaxed"), tuple(findings)


def _parts(numbers: Numbers) -> dict[str, pl.Series]:
    return {"value": numbers.values, "_below": numbers.below, "_above": numbers.above}


def _constants(source: Source, spec: ColumnSpec) -> tuple[list[pl.Series], _Findings]:
    series: list[pl.Series] = []
    findings: list[Finding] = []
    for name, constant in spec.constants.items():
        column = source.table.column(name)
        if column is not None:
            one, more = read_column(source, column, ColumnSpec(constant=constant))
            series.append(one.alias(name))
            findings.extend(more[:1])
    return series, tuple(findings)


def completed_measurements(source: Source, frame: pl.DataFrame) -> tuple[pl.DataFrame, _Findings]:
    """Name the words, settle limits of detection, convert units, leave out empty values.

    Parameters
    ----------
    source : Source
    frame : polars DataFrame
        From `long_values` or `wide_values`.
    """
    measured = source.table.measured
    if measured not in frame.columns:
        frame = frame.clear().with_columns(pl.lit(None, dtype=pl.String).alias(measured))
    headings = {word: spec.column for word, spec in source.spec.wide.items()}
    words = _words(source, frame[measured].drop_nulls().unique(maintain_order=True).to_list())
    frame = frame.with_columns(pl.col(measured).replace(words))
    headings = {words.get(word, word): heading for word, heading in headings.items()}
    findings: list[Finding] = []
    if source.table.column("below_limit") is not None:
        frame, more = settled_limits(source, frame)
        findings.extend(more)
    frame = frame.filter(pl.col("value").is_not_null()).drop("_below", "_above")
    frame, more = in_canonical_units(frame, source.table, source.raw.place, headings)
    findings.extend(more)
    frame = frame.filter(pl.col("value").is_not_null())
    findings.extend(_unknown(source, frame, headings))
    return frame, tuple(findings)


def _words(source: Source, words: list[str]) -> dict[str, str]:
    renamed = {word: source.spec.rename.get(word, word) for word in words}
    if source.table.name == "blood_counts":
        return {word: known_analyte(name) or name for word, name in renamed.items()}
    return renamed


def _unknown(source: Source, frame: pl.DataFrame, headings: dict[str, str]) -> _Findings:
    if source.table.name != "blood_counts":
        return ()
    words = frame[source.table.measured].unique(maintain_order=True).to_list()
    return tuple(
        Finding(
            "warning",
            "unknown-analyte",
            source.raw.place,
            None,
            headings.get(word, word),
            f"blood count {word!r}, kept under that name",
            f"one of {', '.join(ANALYTES)}",
            f"No feature reads it. {did_you_mean(word, ANALYTES)}",
        )
        for word in words
        if word is not None and word not in ANALYTES
    )
