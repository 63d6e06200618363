"""Marks up and down say what the ratio says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.mechanism.change import BOUNDS, arrow, change_between

numbers = st.floats(1e-6, 1e6)


@given(numbers, numbers)
def test_the_step_has_the_sign_and_the_bounds_of_the_ratio(value, other):
    change = change_between(value, other)
    assert change.ratio == pytest.approx(value / other)
    size = max(change.ratio, 1 / change.ratio)
    assert abs(change.step) == sum(size >= bound for bound in BOUNDS)
    assert (change.step > 0) == (change.ratio >= BOUNDS[0])
    assert (change.step < 0) == (1 / change.ratio >= BOUNDS[0])


@given(numbers, numbers)
def test_exchanged_numbers_have_the_opposite_mark(value, other):
    assert change_between(value, other).step == -change_between(other, value).step


@pytest.mark.parametrize(
    ("value", "other", "words", "step"),
    [(0, 1, "gone", -4), (1, 0, "new", 4), (0, 0, "none", 0), (None, 1, "–", 0), (1, None, "–", 0)],
)
def test_what_has_no_ratio_has_a_word(value, other, words, step):
    change = change_between(value, other)
    assert (change.ratio, change.words, change.step) == (None, words, step)


@pytest.mark.parametrize(("step", "heads"), [(1, 1), (2, 1), (3, 2), (4, 3)])
def test_arrows_point_up_for_more_and_down_for_less(step, heads):
    up, down = arrow(step, 0, 0), arrow(-step, 0, 0)
    assert up.count("l9 -9l9 9") == down.count("l9 9l9 -9") == heads
    assert arrow(0, 0, 0) == "M-9 0h18"


def test_small_and_large_ratios_are_written_as_powers():
    assert change_between(5000.0, 1.0).words == "×10³"
    assert change_between(0.0002, 1.0).words == "×10⁻⁴"
    assert change_between(560.0, 1.0).words == "×560"
