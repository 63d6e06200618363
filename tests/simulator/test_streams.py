"""Random streams depend on the seed and the place, never on the order of the work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.simulator.streams import random_stream

SEEDS = st.integers(0, 2**40)
PLACES = st.lists(st.text(max_size=5) | st.integers(0, 99), max_size=4).map(tuple)


def as_text(place):
    return tuple(str(part) for part in place)


@given(SEEDS, PLACES, PLACES)
def test_two_places_share_their_numbers_only_if_they_are_one(seed, one, other):
    same = np.array_equal(
        random_stream(seed, *one).random(3), random_stream(seed, *other).random(3)
    )
    assert same == (as_text(one) == as_text(other))


@given(SEEDS, SEEDS, PLACES)
def test_two_seeds_share_their_numbers_only_if_they_are_one(one, other, place):
    first, second = random_stream(one, *place).random(3), random_stream(other, *place).random(3)
    assert np.array_equal(first, second) == (one == other)


def test_what_was_drawn_before_elsewhere_changes_nothing():
    expected = random_stream(3, "blood", "V002").normal(size=5)
    random_stream(3, "blood", "V001").normal(size=100)
    assert np.array_equal(random_stream(3, "blood", "V002").normal(size=5), expected)


def test_where_one_part_of_a_place_ends_matters():
    assert random_stream(1, "a", "bc").random() != random_stream(1, "ab", "c").random()


def test_neighbouring_places_are_not_correlated():
    drawn = np.array([random_stream(1, "V", number).normal(size=400) for number in range(40)])
    off_diagonal = np.corrcoef(drawn)[np.triu_indices(40, k=1)]
    # 780 correlations with SD 0.05: the largest is below 5 SD, their spread is as by chance.
    assert np.abs(off_diagonal).max() < 0.25
    assert off_diagonal.std() == pytest.approx(0.05, rel=0.1)


def test_the_numbers_of_a_stream_stay_what_they_were():
    # Frozen: another number here means that every written plan makes another study.
    assert random_stream(2021, "people").integers(0, 1_000_000, 3).tolist() == FROZEN


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="from 0 up, found -1"):
        random_stream(-1)


FROZEN = [550495, 421250, 168276]
