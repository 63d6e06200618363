"""How much the answer of a bridging control differs between batches."""

import pytest

from macroimmune.response.batch_variance import ControlDifference, batch_variances


def control(batch: str, difference: float, *, name: str = "HC", key: str = "pSTAT1", error=0.1):
    return ControlDifference(name, batch, (key,), difference, error**2)


def test_two_batches_give_a_variance_less_that_of_the_errors():
    found = batch_variances([control("A", 1.0), control("B", 2.0)])["pSTAT1",]
    assert found.variance == pytest.approx(0.5 - 0.01)
    assert found.freedom == 1


def test_pairs_within_one_batch_tell_nothing_of_batches():
    assert not batch_variances([control("A", 1.0), control("A", 2.0)])
    both = [control("A", 1.0), control("A", 2.0), control("B", 1.5)]
    assert batch_variances(both)["pSTAT1",].variance == 0


def test_each_control_is_compared_with_itself_and_each_marker_by_itself():
    rows = [
        control("A", 1.0, name="HC1"),
        control("B", 2.0, name="HC1"),
        control("A", 11.0, name="HC2"),
        control("B", 12.0, name="HC2"),
        control("A", 5.0, key="pSTAT3"),
    ]
    found = batch_variances(rows)
    assert list(found) == [("pSTAT1",)]
    assert found["pSTAT1",].freedom == 2
    assert found["pSTAT1",].variance == pytest.approx(0.5 - 0.01)


def test_pairs_without_an_error_of_counting_are_left_out():
    assert not batch_variances([control("A", 0.0, error=0.0), control("B", 0.0, error=0.0)])
