import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import StartStop, cox, split_at


def rows_of(*pieces):
    whose, start, stop, event = (np.array(column) for column in zip(*pieces, strict=True))
    return StartStop(whose, start.astype(float), stop.astype(float), event)


def test_rows_are_sorted_and_counted():
    rows = rows_of((1, 0, 4, True), (0, 5, 9, False), (0, 0, 5, False))
    np.testing.assert_array_equal(rows.participant, [0, 0, 1])
    np.testing.assert_array_equal(rows.stop, [5, 9, 4])
    assert (rows.n, rows.n_participants, rows.n_events) == (3, 2, 1)
    assert rows.select(rows.participant == 1).n == 1


def test_a_gap_is_allowed():
    assert rows_of((0, 0, 3, False), (0, 5, 9, True)).n == 2


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([(0, 0, 5, False), (0, 4, 9, True)], "overlapping"),
        ([(0, 0, 5, True), (0, 5, 9, False)], "after the event"),
        ([(0, 0, 5, True), (0, 5, 9, True)], "after the event"),
        ([(0, 5, 5, False)], "above their entry"),
        ([(0, -1, 5, False)], "not negative"),
        ([(0.5, 0, 5, False)], "positions in the cohort"),
        ([(0, 0, 5, 1.0)], "event must be boolean"),
    ],
)
def test_rows_that_cannot_be_are_refused(pieces, words):
    with pytest.raises(InputError, match=words):
        rows_of(*pieces)


def test_one_participant_per_row():
    with pytest.raises(InputError, match="one participant per row"):
        StartStop(np.array([0]), np.zeros(2), np.ones(2), np.zeros(2, bool))


def test_follow_up_is_cut_by_hand():
    # 0: (0, 5] event, cut on its last day; 1: (2, 8]; 2: time zero; cuts on days 1, 5 and 20.
    survival = Survival(
        time=np.array([5.0, 8.0, 3.0]),
        event=np.array([True, True, False]),
        entry=np.array([0.0, 2.0, 2.5]),
    )
    rows = split_at(survival, [20.0, 5.0, 1.0])
    np.testing.assert_array_equal(rows.participant, [0, 0, 1, 1, 2])
    np.testing.assert_array_equal(rows.start, [0, 1, 2, 5, 2.5])
    np.testing.assert_array_equal(rows.stop, [1, 5, 5, 8, 3])
    np.testing.assert_array_equal(rows.event, [False, True, False, True, False])


def test_who_has_no_follow_up_has_no_row():
    survival = Survival(time=np.array([0.0, 2.0]), event=np.array([True, True]))
    np.testing.assert_array_equal(split_at(survival, [1.0]).participant, [1, 1])


@pytest.mark.parametrize("day", [-1.0, np.nan, np.inf])
def test_a_cut_that_is_no_day_is_refused(day, tied):
    with pytest.raises(InputError, match="at or after time zero"):
        split_at(tied, [day])


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 40), max_size=6))
def test_cutting_changes_no_fit(seed, days):
    rng = np.random.default_rng(seed)
    survival = Survival(time=rng.integers(1, 40, 60).astype(float), event=rng.random(60) < 0.7)
    x = rng.normal(size=60)
    rows = split_at(survival, days)
    assert rows.n_events == survival.n_events
    cut = cox(rows.survival, x[rows.participant])
    np.testing.assert_allclose(cut.coefficients, cox(survival, x).coefficients, atol=1e-8)
    np.testing.assert_allclose(
        np.bincount(rows.participant, rows.stop - rows.start), survival.time, atol=1e-12
    )
