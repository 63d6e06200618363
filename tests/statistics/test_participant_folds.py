import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import DesignError, InputError
from macroimmune.statistics import participant_folds
from macroimmune.statistics.participant_folds import checked_folds


@given(st.integers(0, 300), st.integers(2, 6))
def test_participants_are_whole_and_outcomes_spread_evenly(seed, n_folds):
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 25, 80)
    case_of = rng.random(25) < 0.4
    folds = participant_folds(
        case_of[people], n_folds=n_folds, repeats=3, rng=rng, participants=people
    )
    present = np.unique(people)
    for fold in folds:
        of_person = np.array([np.unique(fold[people == one]) for one in present])
        assert of_person.shape[1] == 1
        for chosen in (np.ones(25, bool), case_of):
            counts = np.bincount(of_person[chosen[present], 0], minlength=n_folds)
            assert np.ptp(counts) <= 1
    checked, codes = checked_folds(folds, 80, people)
    assert (checked == folds).all()
    assert codes.max() == present.size - 1


def test_repeats_differ_and_the_generator_decides():
    outcome = np.arange(40) < 15
    one, same, other = (
        participant_folds(outcome, n_folds=5, repeats=2, rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()
    assert (one[0] != one[1]).any()


def test_as_many_folds_as_participants_leave_one_out():
    folds = participant_folds(np.arange(7) < 3, n_folds=7, repeats=1, rng=np.random.default_rng(1))
    assert sorted(folds[0].tolist()) == list(range(7))


def test_a_participant_in_two_folds_is_refused():
    with pytest.raises(DesignError, match="rows of participant b are in different folds"):
        checked_folds([0, 1, 0, 1], 4, ["a", "b", "b", "c"])


def test_impossible_folds_are_refused():
    rng, outcome = np.random.default_rng(1), np.array([True, False, True])
    for n_folds, repeats in ((1, 1), (4, 1), (2, 0)):
        with pytest.raises(InputError, match="folds"):
            participant_folds(outcome, n_folds=n_folds, repeats=repeats, rng=rng)
    with pytest.raises(InputError, match="all rows are in one fold"):
        checked_folds([0, 0, 0], 3, None)
    with pytest.raises(InputError, match="one whole number per row"):
        checked_folds([0.0, 1.0, 0.0], 3, None)
    with pytest.raises(InputError, match="participant label"):
        checked_folds([0, 1, 0], 3, ["a", "b"])
