import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from macroimmune.association.ledger import KEYS, LedgerEntry, ledger_frame, with_q_values


def entry(number: int, p_value: float, *, is_diagnostic: bool = False) -> LedgerEntry:
    return LedgerEntry(f"f{number}", "os", None, "m", p_value, "", is_diagnostic)


@given(st.lists(st.tuples(st.floats(1e-12, 1.0), st.booleans()), min_size=1, max_size=30))
def test_q_is_that_of_scipy_over_all_tests_that_are_not_diagnostic(tests):
    ledger = ledger_frame(entry(i, p, is_diagnostic=d) for i, (p, d) in enumerate(tests))
    family = np.array([p for p, is_diagnostic in tests if not is_diagnostic])
    expected = false_discovery_control(family) if family.size else []
    found = ledger["q_value"].drop_nulls().to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert ledger["q_value"].is_null().to_list() == [is_diagnostic for _, is_diagnostic in tests]


def test_tests_stand_in_the_order_in_which_they_were_run():
    ledger = ledger_frame([entry(3, 0.9), entry(1, 0.01), entry(2, 0.5)])
    assert ledger["order"].to_list() == [1, 2, 3]
    assert ledger["feature"].to_list() == ["f3", "f1", "f2"]


def test_a_test_that_could_not_be_made_stands_there_and_does_not_count():
    ledger = ledger_frame([entry(1, 0.02), LedgerEntry("f2", "os", None, "m", np.nan, "too few")])
    assert ledger["q_value"].to_list() == [0.02, None]
    assert ledger["status"].to_list() == ["", "too few"]


def test_a_run_without_tests_has_an_empty_ledger():
    assert ledger_frame([]).is_empty()


def test_q_values_reach_rows_by_feature_endpoint_landmark_and_method():
    ledger = ledger_frame([
        LedgerEntry("f", "os", None, "m", 0.01, ""),
        LedgerEntry("f", "os", 42.0, "m", 0.5, ""),
        LedgerEntry("f", "os", None, "other", 0.04, ""),
    ])
    rows = ledger.select(KEYS).reverse()
    assert with_q_values(rows, ledger)["q_value"].to_list() == [
        *ledger["q_value"].reverse().to_list()
    ]
    stranger = rows.head(1).with_columns(feature=pl.lit("g"))
    assert with_q_values(stranger, ledger)["q_value"].to_list() == [None]
