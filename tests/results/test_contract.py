import polars as pl
import pytest
from polars.testing import assert_frame_equal

from macroimmune.errors import ResultsError
from macroimmune.results import RESULT_TABLES, conform, empty


@pytest.mark.parametrize("table", RESULT_TABLES)
def test_a_missing_column_is_refused_by_name(table, awkward):
    frame = awkward(table)
    for name in frame.columns:
        with pytest.raises(ResultsError, match=rf"table {table}: columns missing \['{name}'\]"):
            conform(table, frame.drop(name))


@pytest.mark.parametrize("table", RESULT_TABLES)
def test_an_undeclared_column_is_refused_by_name(table, awkward):
    with pytest.raises(ResultsError, match=r"not declared \['surprise'\]"):
        conform(table, awkward(table).with_columns(surprise=pl.lit(1)))


@pytest.mark.parametrize("table", RESULT_TABLES)
def test_columns_come_back_in_the_declared_order_and_kind(table, awkward):
    shuffled = awkward(table).select(reversed(awkward(table).columns))
    assert conform(table, shuffled).schema == pl.Schema(RESULT_TABLES[table].schema)
    assert empty(table).schema == pl.Schema(RESULT_TABLES[table].schema)
    assert empty(table).is_empty()


def test_nan_becomes_null_and_missing_text_the_empty_text(awkward):
    frame = awkward("ledger").with_columns(p_value=pl.lit(float("nan")), status=pl.lit(None))
    conformed = conform("ledger", frame)
    assert conformed["p_value"].null_count() == frame.height
    assert conformed["status"].to_list() == [""] * frame.height


@pytest.mark.parametrize("table", RESULT_TABLES)
def test_conforming_twice_changes_nothing(table, awkward):
    once = conform(table, awkward(table))
    assert_frame_equal(conform(table, once), once)


def test_every_table_says_what_a_row_is_and_what_each_column_means():
    for name, table in RESULT_TABLES.items():
        assert table.one_row_per, name
        assert all(meaning for _, meaning in table.columns.values()), name
    files = [table.file for table in RESULT_TABLES.values()]
    assert len(set(files)) == len(files)


def test_nothing_infinite_is_written():
    row = dict.fromkeys(RESULT_TABLES["truth"].columns, None)
    row |= {"conditional": float("inf"), "marginal": float("nan")}
    found = conform("truth", pl.DataFrame([row]))
    assert found["conditional"].to_list() == found["marginal"].to_list() == [None]
