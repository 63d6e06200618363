"""Units are found under every spelling and convert within their quantity alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import SchemaError
from macroimmune.units import UNITS, convert, find_unit, same_quantity

SYMBOLS = st.sampled_from(sorted(UNITS))


@pytest.mark.parametrize(
    ("value", "found", "wanted", "expected"),
    [
        (6200, "cells/uL", "10^9/L", 6.2),
        (6.2, "K/µL", "10^9/L", 6.2),
        (6.2, "x 10⁹/L", "10^9/L", 6.2),
        (4.1, "g/dL", "g/L", 41),
        (0.25, "fraction", "%", 25),
        (1, "ng/mL", "pg/mL", 1000),
        (5, "mg/dL", "mg/L", 50),
        (3, "ukat/L", "U/L", 180),
        (12, "months", "day", 365.25),
        (2, "years", "days", 730.5),
    ],
)
def test_conversions_that_can_be_done_on_paper(value, found, wanted, expected):
    assert convert(np.array([value]), found, wanted) == pytest.approx([expected], rel=1e-12)


@given(SYMBOLS, SYMBOLS, st.floats(1e-6, 1e6))
def test_there_and_back_is_the_same_and_other_quantities_are_refused(first, second, value):
    values = np.array([value, np.nan])
    if same_quantity(first, second):
        back = convert(convert(values, first, second), second, first)
        np.testing.assert_allclose(back, values, rtol=1e-12)
    else:
        with pytest.raises(SchemaError, match="cannot become"):
            convert(values, first, second)


@given(SYMBOLS)
def test_every_spelling_is_found_whatever_its_case(symbol):
    for name in (symbol, *UNITS[symbol].aliases):
        assert find_unit(f" {name} ").symbol == symbol
        if name != "g/L":
            assert find_unit(name.upper()).symbol == symbol


def test_giga_per_litre_is_not_grams_per_litre():
    assert (find_unit("G/L").symbol, find_unit("g/L").symbol) == ("10^9/L", "g/L")


def test_no_spelling_belongs_to_two_units():
    owners: dict[str, set[str]] = {}
    for unit in UNITS.values():
        for name in (unit.symbol, *unit.aliases):
            owners.setdefault(name.replace(" ", ""), set()).add(unit.symbol)
    assert {name: units for name, units in owners.items() if len(units) > 1} == {}


def test_an_unknown_unit_is_refused_with_those_that_are_known():
    with pytest.raises(SchemaError, match=r"'furlong' is not known.*10\^9/L"):
        find_unit("furlong")


@pytest.mark.parametrize(
    ("spelled", "symbol"),
    [("G/l", "10^9/L"), ("Gpt/l", "10^9/L"), ("/nl", "10^9/L"), ("g/l", "g/L"), ("mg/l", "mg/L")],
)
def test_german_spellings_are_understood(spelled: str, symbol: str) -> None:
    assert find_unit(spelled).symbol == symbol
