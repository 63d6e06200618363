"""Typed tables become text that gives the same values back."""

import datetime
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import FormatError
from macroimmune.formats.columnar import parquet_frame, text_frame


def test_each_type_is_spelled_as_in_a_spreadsheet():
    frame = pl.DataFrame({
        "number": [1.0, 0.1, float("nan")],
        "whole": [1, 2, None],
        "flag": [True, None, False],
        "day": [datetime.date(2024, 5, 1), None, None],
        "time": [datetime.datetime(2024, 5, 1), datetime.datetime(2024, 5, 1, 8, 30), None],
        "text": ["", "a", "b"],
        "category": pl.Series(["x", "y", "x"], dtype=pl.Categorical),
    })
    text = text_frame(frame, "table")
    assert text["number"].to_list() == ["1", "0.1", None]
    assert text["whole"].to_list() == ["1", "2", None]
    assert text["flag"].to_list() == ["true", None, "false"]
    assert text["day"].to_list() == ["2024-05-01", None, None]
    assert text["time"].to_list() == ["2024-05-01", "2024-05-01 08:30:00", None]
    assert text["text"].to_list() == [None, "a", "b"]
    assert text["category"].to_list() == ["x", "y", "x"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_exactly(number):
    text = text_frame(pl.DataFrame({"x": [number]}), "table")["x"][0]
    assert float(text) == number


def test_nested_columns_are_refused_by_name():
    with pytest.raises(FormatError, match="table, x: List"):
        text_frame(pl.DataFrame({"x": [[1, 2]]}), "table")


def test_parquet_is_read_and_damage_refused():
    buffer = io.BytesIO()
    pl.DataFrame({"id": ["a"], "x": [2.0]}).write_parquet(buffer)
    assert parquet_frame(buffer.getvalue(), "a.parquet").row(0) == ("a", "2")
    with pytest.raises(FormatError, match=r"a\.parquet: not a Parquet file"):
        parquet_frame(buffer.getvalue()[:-20], "a.parquet")
