from dataclasses import dataclass

import pytest

from macroimmune.mechanism.model import as_record, table_rows


@dataclass(frozen=True)
class Dose:
    name: str
    amount: float
    lasts: float | None


def test_a_row_becomes_a_record_of_texts_and_numbers():
    row = {"name": "none", "amount": "2", "lasts": "", "more": "x"}
    assert as_record(Dose, row) == Dose("none", 2.0, None)
    assert as_record(Dose, row | {"lasts": "7.5"}) == Dose("none", 2.0, 7.5)
    assert as_record(Dose, {"name": "a", "lasts": "1"}, amount=0.0) == Dose("a", 0.0, 1.0)


def test_a_number_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="could not convert"):
        as_record(Dose, {"name": "a", "amount": "", "lasts": ""})


def test_rows_are_texts_in_the_order_of_the_file():
    rows = table_rows("model", "parameters.csv")
    assert rows[0]["name"] == "ref_HSC_bm"
    assert all(isinstance(cell, str) for cell in rows[0].values())
