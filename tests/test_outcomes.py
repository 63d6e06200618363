import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import BestResponse, Survival


def three(**changes):
    values = {"time": np.array([5.0, 8.0, 3.0]), "event": np.array([True, False, True])}
    return Survival(**(values | changes))


def test_a_survival_counts_its_participants_and_events():
    survival = three()
    assert (survival.n, survival.n_events) == (3, 2)


def test_what_was_checked_cannot_be_changed_afterwards():
    time = np.array([5.0, 8.0, 3.0])
    survival = three(time=time)
    time[0] = -1.0
    assert survival.time[0] == 5.0
    with pytest.raises(ValueError, match="read-only"):
        survival.time[0] = -1.0
    with pytest.raises(ValueError, match="read-only"):
        survival.event[0] = False


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"event": np.array([1, 0, 1])}, "must be boolean"),
        ({"event": np.array([5.0, 8.0, 3.0])}, "must be boolean"),
        ({"event": np.array([True, False])}, "one event flag per time"),
        ({"time": np.array([[5.0, 8.0, 3.0]])}, "one event flag per time"),
        ({"time": np.array([5.0, np.nan, 3.0])}, "1 of 3 times .* position 1"),
        ({"time": np.array([5.0, 8.0, np.inf])}, "position 2"),
        ({"time": np.array([0.0, -1.0, 3.0])}, "1 of 3 times .* position 1"),
        ({"time": np.zeros(3), "entry": np.zeros(3)}, "3 of 3 times .* position 0"),
        ({"entry": np.array([0.0, 8.0, 0.0])}, r"position 1, is \(8, 8\]"),
        ({"entry": np.array([-1.0, 0.0, 0.0])}, "position 0"),
        ({"entry": np.array([0.0, 0.0])}, "one entry per time"),
    ],
)
def test_impossible_outcomes_are_refused(changes, words):
    with pytest.raises(InputError, match=words):
        three(**changes)


def test_an_empty_cohort_is_allowed():
    assert Survival(time=np.array([]), event=np.array([], bool)).n == 0


def test_selection_keeps_time_event_and_entry_together():
    chosen = three(entry=np.array([1.0, 2.0, 0.5])).select(np.array([True, False, True]))
    assert chosen.time.tolist() == [5.0, 3.0]
    assert chosen.event.tolist() == [True, True]
    assert chosen.entry.tolist() == [1.0, 0.5]


def test_a_landmark_drops_those_who_left_and_restarts_the_clock():
    survival, remains = three().landmark(3.0)
    assert remains.tolist() == [True, True, False]
    assert survival.time.tolist() == [2.0, 5.0]


def test_a_landmark_drops_those_who_entered_later():
    survival, remains = three(entry=np.array([2.0, 4.0, 0.0])).landmark(2.0)
    assert remains.tolist() == [True, False, True]
    assert survival.time.tolist() == [3.0, 1.0]
    assert survival.entry is None


@pytest.mark.parametrize("day", [-1.0, np.nan, np.inf])
def test_a_landmark_before_time_zero_is_refused(day):
    with pytest.raises(InputError, match="landmark"):
        three().landmark(day)


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.floats(0.1, 100), min_size=1, max_size=20),
    st.floats(0, 50),
    st.floats(0, 50),
)
def test_two_landmarks_in_a_row_are_one(times, first, second):
    survival = Survival(time=np.array(times), event=np.ones(len(times), bool))
    stepwise = survival.landmark(first)[0].landmark(second)[0]
    at_once = survival.landmark(first + second)[0]
    # The two clocks round differently, so those who leave at the landmark itself may differ.
    on_edge = np.abs(survival.time - first - second) < 1e-9
    if not on_edge.any():
        np.testing.assert_allclose(stepwise.time, at_once.time, atol=1e-9)


@pytest.mark.parametrize(
    ("code", "is_responder"),
    [("CR", True), ("PR", True), ("SD", False), ("PD", False), ("NE", None)],
)
def test_only_complete_and_partial_response_count(code, is_responder):
    assert BestResponse(code).is_responder is is_responder
