"""A user's table to one of the declared tables: columns, codes, numbers, units, ranges."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from macroimmune.inputs.cells import code_key, code_keys
from macroimmune.inputs.column_spec import ColumnSpec, TableSpec
from macroimmune.inputs.measured_rows import completed_measurements, long_values, wide_values
from macroimmune.inputs.raw_table import RawTable
from macroimmune.inputs.reading_columns import Source, column_not_found, heading_in, read_column
from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding
from macroimmune.schema import Table

__all__ = ["map_table"]

_Findings = tuple[Finding, ...]


def map_table(
    raw: RawTable, table: Table, spec: TableSpec
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return the rows of `raw` as rows of the declared `table`, and what was found on the way.

    Parameters
    ----------
    raw : RawTable
        As read from the file.
    table : Table
        A declared table.
    spec : TableSpec
        Which of the user's columns are which of ours, and how they are written.

    Returns
    -------
    frame : polars DataFrame
        Exactly `table.schema`, canonical units and codes, with the file and row of each record.
        Rows of a measured table without value are left out: nothing was measured. Identifiers of
        measured tables may still be missing; the samples of the study complete them.
    findings : tuple of Finding

    Notes
    -----
    Convention: a number outside the declared range and a code in a number column become missing,
    with a finding; they never become zero.
    """
    raw, about_rows = _kept_rows(raw, spec)
    columns, about_columns = _resolved(spec.columns, raw, "column")
    wide, about_wide = _resolved(spec.wide, raw, "column of the wide table")
    if table.has_participants and "participant_id" not in columns and spec.participant_column:
        heading = heading_in(raw, spec.participant_column)
        if heading is not None:
            columns = {"participant_id": ColumnSpec(heading)} | columns
    source = Source(raw, table, replace(spec, columns=columns, wide=wide))
    undeclared = _undeclared(source)
    frame, about_cells = _plain_columns(source)
    about_values: _Findings = ()
    if table.measured:
        frame, about_values = (wide_values if spec.wide else long_values)(source, frame)
        frame, more = completed_measurements(source, frame)
        about_values += more
    frame, about_missing = _without_required(source, _all_columns(frame, table))
    findings = (about_rows, about_columns, about_wide, undeclared, about_cells, about_values)
    return frame, (*(one for some in findings for one in some), *about_missing)


def _resolved(
    specs: Mapping[str, ColumnSpec], raw: RawTable, purpose: str
) -> tuple[dict[str, ColumnSpec], _Findings]:
    """Give every spec the heading as the file spells it; leave out those it does not have."""
    found: dict[str, ColumnSpec] = {}
    findings = []
    for name, spec in specs.items():
        heading = "" if spec.constant is not None else heading_in(raw, spec.column)
        if heading is None:
            findings.append(column_not_found(raw, spec.column, f"{purpose} {name}"))
        else:
            found[name] = replace(spec, column=heading)
    return found, tuple(findings)


def _kept_rows(raw: RawTable, spec: TableSpec) -> tuple[RawTable, _Findings]:
    """Return the rows that `keep` asks for, and a note that counts the others."""
    findings = []
    for column, codes in spec.keep.items():
        heading = heading_in(raw, column)
        if heading is None:
            findings.append(column_not_found(raw, column, "keep"))
            continue
        keys = code_keys(raw.frame[heading].fill_null(""))
        stays = keys.is_in([code_key(code) for code in codes])
        counts = raw.frame[heading].filter(~stays).value_counts(sort=True).rows()
        rows = tuple(row for row, stay in zip(raw.rows, stays.to_list(), strict=True) if stay)
        raw = replace(raw, frame=raw.frame.filter(stays), rows=rows)
        if counts:
            left = ", ".join(f"{code or 'empty'!r} ({count} rows)" for code, count in counts[:10])
            more = f" and {len(counts) - 10} more codes" if len(counts) > 10 else ""
            findings.append(
                Finding(
                    "note",
                    "rows-left-out",
                    raw.place,
                    None,
                    heading,
                    f"{left}{more} left out",
                    " or ".join(codes),
                    "As keep in study.toml asks; nothing to do if that is right.",
                )
            )
    return raw, tuple(findings)


def _undeclared(source: Source) -> _Findings:
    """Return errors for columns without which the table means nothing."""
    table, columns = source.table, source.spec.columns
    wanted = [column.name for column in table.columns if column.required]
    if table.measured:
        wanted = [] if source.spec.wide else [table.measured, "value"]
    if table.is_of_samples:
        wanted = [name for name in wanted if name != "participant_id"]
        if not {"participant_id", "sample_id"} & set(columns):
            wanted.append("participant_id")
    return tuple(
        Finding(
            "error",
            "column-not-declared",
            source.raw.place,
            None,
            name,
            f"{table.name} without {name}",
            f"the heading under which {name} stands",
            f'Write {name} = "..." in the section of {table.name} in study.toml.',
        )
        for name in wanted
        if name not in columns and name not in source.spec.columns
    )


def _plain_columns(source: Source) -> tuple[pl.DataFrame, _Findings]:
    """Read every declared column except the measured value, which needs its unit."""
    series = {
        "source_file": pl.Series([source.raw.place], dtype=pl.String).new_from_index(
            0, source.raw.frame.height
        ),
        "source_row": pl.Series(source.raw.rows, dtype=pl.Int64),
    }
    findings: list[Finding] = []
    for name, spec in source.spec.columns.items():
        column = source.table.column(name)
        if column is None or (source.table.measured and name == "value"):
            continue
        series[name], more = read_column(source, column, spec)
        findings.extend(more)
    return pl.DataFrame(series), tuple(findings)


def _all_columns(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in table.schema.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent).select(list(table.schema)).cast(pl.Schema(table.schema))


def _without_required(source: Source, frame: pl.DataFrame) -> tuple[pl.DataFrame, _Findings]:
    """Leave out rows without something required, with an error for each."""
    findings: list[Finding] = []
    for column in source.table.columns:
        optional = source.table.is_of_samples and column.name == "participant_id"
        if not column.required or optional or column.name not in source.spec.columns:
            continue
        absent = frame[column.name].is_null()
        rows = frame["source_row"].filter(absent).to_list()
        findings.extend(
            row_findings(
                "error",
                "required-value-missing",
                file=source.raw.place,
                column=source.spec.columns[column.name].column,
                rows=rows,
                found=[f"no {column.name}"] * len(rows),
                expected=f"{column.name} in every row",
                advice="The row was left out. Fill it in, or delete the row.",
            )
        )
        frame = frame.filter(~absent)
    required = [
        column.name
        for column in source.table.columns
        if column.required and not (source.table.is_of_samples and column.name == "participant_id")
    ]
    return frame.drop_nulls(required) if required else frame, tuple(findings)
