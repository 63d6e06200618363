"""Codes become booleans and permitted categories; those that cannot are listed, never guessed."""

import polars as pl
import pytest

from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.categories import read_booleans, read_categories
from macroimmune.inputs.cells import cells_of, code_key, code_keys
from macroimmune.schema import TABLES


def cells(values, spec=None, *, kind="boolean", missing=()):
    series = pl.Series(values, dtype=pl.String)
    return cells_of(
        series,
        spec or ColumnSpec("their column"),
        rows=tuple(range(2, len(values) + 2)),
        place="a.csv",
        missing=missing,
        kind=kind,
        decimal_comma=False,
    )


@pytest.mark.parametrize(
    ("true", "false"),
    [("1", "0"), ("TRUE", "FALSE"), ("yes", "no"), ("Y", "N"), ("1.0", "0.0"), (" t", "f ")],
)
def test_usual_codes_are_understood(true, false):
    values, findings = read_booleans(cells([true, false, None, "NA"]), ColumnSpec())
    assert values.to_list() == [True, False, None, None]
    assert findings == ()


def test_other_codes_are_one_error_with_counts():
    values, (finding,) = read_booleans(cells(["1", "2", "2", "dead"]), ColumnSpec())
    assert values.to_list() == [True, None, None, None]
    assert (finding.severity, finding.code, finding.row) == ("error", "unmapped-code", 3)
    assert "'2' (2 rows), 'dead' (1 rows)" in finding.found


def test_given_codes_replace_the_usual_ones():
    spec = ColumnSpec("x", true=("Dead",), false=("Alive",))
    values, findings = read_booleans(cells(["dead", "Alive", "1"]), spec)
    assert values.to_list() == [True, False, None]
    assert [finding.code for finding in findings] == ["unmapped-code"]


def test_with_only_true_given_nothing_is_silently_false():
    spec = ColumnSpec("x", true=("1",))
    values, findings = read_booleans(cells(["1", "0"]), spec)
    assert values.to_list() == [True, None]
    assert len(findings) == 1


def test_categories_are_compared_without_case_and_by_well_known_words():
    sex = TABLES["participants"].column("sex")
    values, findings = read_categories(cells(["F", "Male", "woman", None], kind="category"), sex)
    assert values.to_list() == ["female", "male", "female", None]
    assert findings == ()


def test_numbers_are_never_guessed_to_be_a_category():
    sex = TABLES["participants"].column("sex")
    values, (finding,) = read_categories(cells(["0", "1"], kind="category"), sex)
    assert values.null_count() == 2
    assert finding.severity == "error"
    assert finding.expected == "female or male"


def test_mapped_codes_are_used_exactly_then_loosely():
    spec = ColumnSpec("x", values={"1": "male", "0": "female", "F": "female"})
    sex = TABLES["participants"].column("sex")
    values, findings = read_categories(cells(["1.0", "0", "f"], spec, kind="category"), sex)
    assert values.to_list() == ["male", "female", "female"]
    assert findings == ()


@pytest.mark.parametrize("code", ["", "NA", "N/A", "NaN", "null", "None", ".", "-", " NA ", "nan"])
def test_built_in_codes_are_missing_in_text(code):
    assert cells([code, "x"], kind="text").text.to_list() == [None, "x"]


def test_none_is_a_word_in_text_and_missing_elsewhere():
    assert cells(["none"], kind="text").text.to_list() == ["none"]
    assert cells(["none"], kind="number").text.to_list() == [None]


def test_declared_codes_are_missing_in_the_table_and_in_the_column():
    spec = ColumnSpec("x", missing=("-9",))
    found = cells(["UN", "-9.0", "3"], spec, kind="number", missing=("un",)).text
    assert found.to_list() == [None, None, "3"]


def test_codes_fold_alike_one_by_one_and_as_a_column():
    codes = [" Y", "1.0", "1.", "-2.00", "1.50", "ÄB", "x.0", ""]
    assert code_keys(pl.Series(codes)).to_list() == [code_key(code) for code in codes]
