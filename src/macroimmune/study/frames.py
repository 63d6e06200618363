"""A study from data frames that are already in a notebook."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import SchemaError
from macroimmune.formats.columnar import text_frame
from macroimmune.formats.workbook_sheets import cell_text
from macroimmune.inputs import ColumnSpec, RawTable, TableSpec, map_table
from macroimmune.results import Finding
from macroimmune.schema import TABLES, Table
from macroimmune.study.assembly import assembled_study, stacked
from macroimmune.study.study import AnalysisSettings, Study

__all__ = ["study_from_frames"]


def study_from_frames(
    name: str, *, analysis: AnalysisSettings | None = None, **tables: Any
) -> Study:
    """Return a study from data frames whose columns already have our names.

    Parameters
    ----------
    name : str
        Of the study.
    analysis : AnalysisSettings or None
        The defaults where not given.
    **tables : polars or pandas DataFrame
        By the name of the declared table: `participants=..., outcomes=..., blood_counts=...`. A
        measured table is long where it has `value`; without it every column that is not declared
        is one measured word. A pandas index is not read. Raw files are named from the current
        folder.

    Returns
    -------
    study : Study
        Read and checked as if from files.

    Raises
    ------
    SchemaError
        If a table is not declared, or is no data frame.
    StudyError
        If there is not one participant.

    Examples
    --------
    >>> people = pl.DataFrame({"participant_id": ["a", "b"]})
    >>> counts = pl.DataFrame({"participant_id": ["a", "b"], "nlr": [2.5, 4.0]})
    >>> study = study_from_frames("two", participants=people, blood_counts=counts)
    >>> study.tables["blood_counts"]["value"].to_list()
    [2.5, 4.0]
    """
    parts: dict[str, list[pl.DataFrame]] = {}
    findings: list[Finding] = []
    for table_name, frame in tables.items():
        if table_name not in TABLES:
            msg = f"no table {table_name!r} is declared. {did_you_mean(table_name, TABLES)}"
            raise SchemaError(msg)
        raw = _raw(frame, table_name)
        spec, problems = _spec(raw, TABLES[table_name])
        mapped, more = map_table(raw, TABLES[table_name], spec)
        parts[table_name] = [mapped]
        findings.extend((*problems, *more))
    return assembled_study(
        name,
        stacked(parts),
        analysis=analysis or AnalysisSettings(),
        exclusions=(),
        findings=findings,
        files=(),
        settings_text="",
        folder=Path(),
    )


def _raw(frame: object, table: str) -> RawTable:
    """Return a data frame as a table of text cells.

    Raises
    ------
    SchemaError
        If it is no data frame.
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(frame, pandas.DataFrame):
        frame = _from_pandas(frame, table)
    if not isinstance(frame, pl.DataFrame):
        msg = f"{table}: {type(frame).__name__}; expected a polars or pandas DataFrame"
        raise SchemaError(msg)
    text = text_frame(frame, table)
    return RawTable(table, "", text, tuple(range(2, text.height + 2)), "", ())


def _from_pandas(frame: Any, table: str) -> pl.DataFrame:
    """Return the cells of a pandas frame as text, spelled as those of a workbook.

    Raises
    ------
    SchemaError
        If two columns have the same heading.
    """
    if not frame.columns.is_unique:
        twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
        msg = f"{table}: columns {twice} occur more than once; rename them"
        raise SchemaError(msg)
    return pl.DataFrame({
        str(heading): pl.Series(
            [
                None if absent else cell_text(cell)
                for cell, absent in zip(column.tolist(), column.isna().tolist(), strict=True)
            ],
            dtype=pl.String,
        )
        for heading, column in frame.items()
    })


def _spec(raw: RawTable, table: Table) -> tuple[TableSpec, tuple[Finding, ...]]:
    """Return columns by their own names; in a wide table the others are measured words."""
    headings = [name for name in raw.frame.columns if name not in {"source_file", "source_row"}]
    columns: Mapping[str, ColumnSpec] = {
        name: ColumnSpec(name) for name in headings if table.column(name) is not None
    }
    others = [name for name in headings if name not in columns]
    if table.measured and "value" not in columns:
        return TableSpec(columns, wide={name: ColumnSpec(name) for name in others}), ()
    declared = [column.name for column in table.columns]
    findings = tuple(
        Finding(
            "note",
            "unknown-column",
            raw.place,
            None,
            name,
            f"column {name!r}, left out",
            "a declared column",
            did_you_mean(name, declared),
        )
        for name in others
    )
    return TableSpec(columns), findings
