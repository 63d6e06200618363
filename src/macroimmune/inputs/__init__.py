"""Readers: from the user's files to the declared tables, with findings instead of guesses."""

from macroimmune.inputs.column_spec import BUILT_IN_MISSING, ColumnSpec, TableSpec
from macroimmune.inputs.mapping import map_table
from macroimmune.inputs.raw_table import RawTable, read_raw_table

__all__ = [
    "BUILT_IN_MISSING",
    "ColumnSpec",
    "RawTable",
    "TableSpec",
    "map_table",
    "read_raw_table",
]
