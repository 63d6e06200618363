"""Cells become the numbers that the person meant, or are missing with a finding."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.inputs.cells import Cells
from macroimmune.inputs.numbers import plain_numbers, read_numbers


def read(cells, *, limits=False, decimal_comma=False):
    text = pl.Series(cells, dtype=pl.String)
    rows = tuple(range(2, len(cells) + 2))
    return read_numbers(
        Cells(text, rows, "a.csv", "IL-6", decimal_comma=decimal_comma), limits_allowed=limits
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_plain_numbers_are_read_exactly_by_both_ways(values):
    cells = [repr(value) for value in values]
    assert read(cells).values.to_list() == values
    quick = plain_numbers(pl.Series(cells))
    assert quick is not None
    assert quick.values.to_list() == values


@pytest.mark.parametrize("code", ["ND", "nan", "inf", "1e999", "0x1", "1_000", "1.2.3", "5 mg"])
def test_a_code_is_missing_with_a_warning_and_its_row(code):
    numbers = read(["1", code, "3"])
    assert numbers.values.to_list() == [1.0, None, 3.0]
    (finding,) = numbers.findings
    assert (finding.severity, finding.code) == ("warning", "code-in-number-column")
    assert (finding.file, finding.row, finding.column) == ("a.csv", 3, "IL-6")
    assert repr(code) in finding.found
    assert plain_numbers(pl.Series(["1", code])) is None


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "2"], [1.5, 2]),
        (["0,25", "1,234"], [0.25, 1.234]),
        (["1.234,5", "12,0"], [1234.5, 12]),
        (["1,234.5", "12.0"], [1234.5, 12]),
        (["1,234,567", "3"], [1234567, 3]),
        (["12 345", "1'000", "6\u202f200"], [12345, 1000, 6200]),
        (["-1,5", "+2,5e3"], [-1.5, 2500]),
    ],
)
def test_decimal_commas_and_thousands_are_told_apart(cells, values):
    numbers = read(cells)
    assert numbers.values.to_list() == values
    assert numbers.findings == ()


@pytest.mark.parametrize(("decimal_comma", "value"), [(False, 1234.0), (True, 1.234)])
def test_a_comma_that_could_be_either_is_read_by_the_file_and_noted(decimal_comma, value):
    numbers = read(["1,234", "5"], decimal_comma=decimal_comma)
    assert numbers.values.to_list() == [value, 5.0]
    (finding,) = numbers.findings
    assert (finding.severity, finding.code) == ("note", "decimal-comma")


def test_a_dot_that_could_be_thousands_beside_decimal_commas_is_missing_with_a_warning():
    numbers = read(["1.234", "0,5", "1.5"])
    assert numbers.values.to_list() == [None, 0.5, 1.5]
    assert [finding.row for finding in numbers.findings] == [2]


@pytest.mark.parametrize(
    ("cell", "value", "below", "above"),
    [
        ("<0.2", 0.2, True, False),
        ("< 0,2", 0.2, True, False),
        ("≤3", 3, True, False),
        ("<=3", 3, True, False),
        (">1000", 1000, False, True),
        (">=7", 7, False, True),
    ],
)
def test_limits_are_measurements_where_the_table_has_limits(cell, value, below, above):
    numbers = read([cell, "1.5"], limits=True)
    assert numbers.values.to_list() == [value, 1.5]
    assert numbers.below.to_list() == [below, False]
    assert numbers.above.to_list() == [above, False]
    assert numbers.findings == ()


def test_limits_are_codes_elsewhere():
    numbers = read(["<0.2", "1.5"])
    assert numbers.values.to_list() == [None, 1.5]
    assert [finding.code for finding in numbers.findings] == ["code-in-number-column"]


def test_many_codes_are_counted_not_lost():
    numbers = read(["ND"] * 100 + ["1"])
    assert len(numbers.findings) == 21
    assert "80 more rows" in numbers.findings[-1].found
