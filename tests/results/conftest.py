"""Rows for any declared result table, with everything that is awkward to write and read."""

import polars as pl
import pytest

from macroimmune.results import RESULT_TABLES

TEXTS = ["plain", "", 'a "quoted", comma', "line\nbreak", " spaces ", "NA", "null", "β²-µL ≥ 3"]
NUMBERS = [1.5, None, -0.0, 1e-300, 1e300, 0.1 + 0.2, 42.0, -7.25]
WHOLE = [1, None, 0, -3, 2**53 + 1, 7, 8, 9]
FLAGS = [True, False, None, True, True, False, None, False]
_BY_KIND = {pl.String(): TEXTS, pl.Float64(): NUMBERS, pl.Int64(): WHOLE, pl.Boolean(): FLAGS}


@pytest.fixture
def awkward():
    """Return a function that builds eight awkward rows of a declared table."""

    def build(table: str) -> pl.DataFrame:
        schema = RESULT_TABLES[table].schema
        return pl.DataFrame({name: _BY_KIND[kind] for name, kind in schema.items()}, schema=schema)

    return build
