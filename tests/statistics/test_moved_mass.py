"""The earth mover's distance of two samples, what counting gives of it, and its error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from macroimmune.statistics.moved_mass import moved_mass
from macroimmune.statistics.random_splits import pooled_ranks, random_splits

SAMPLE = st.lists(st.floats(-50, 50, width=16), min_size=1, max_size=30).map(np.sort)


@settings(max_examples=80, deadline=None)
@given(SAMPLE, SAMPLE)
def test_the_distance_is_that_of_scipy_and_at_least_the_difference_of_means(one, two):
    found = moved_mass(one, one.size, two, two.size)
    assert found.distance == pytest.approx(wasserstein_distance(one, two), abs=1e-9)
    assert found.distance >= abs(found.difference) - 1e-9
    assert found.difference == pytest.approx(one.mean() - two.mean(), abs=1e-9)


def test_the_error_is_that_of_the_bootstrap_where_samples_lie_apart():
    rng = np.random.default_rng(3)
    one, two = np.sort(rng.normal(2, 2, 400)), np.sort(rng.exponential(1, 300))
    drawn = [wasserstein_distance(rng.choice(one, 400), rng.choice(two, 300)) for _ in range(600)]
    assert moved_mass(one, 400, two, 300).error == pytest.approx(np.std(drawn), rel=0.1)


def test_a_shift_has_no_excess_and_a_spread_is_excess_alone():
    values = np.sort(np.random.default_rng(1).normal(0, 1, 500))
    assert moved_mass(values + 1, 500, values, 500).excess == pytest.approx(0, abs=1e-9)
    spread = moved_mass(2 * (values - values.mean()), 500, values - values.mean(), 500)
    assert spread.excess == pytest.approx(spread.distance)


def test_splits_of_all_values_give_the_distances_of_random_parts():
    pooled = np.array([0.0, 1.0, 3.0])
    splits = random_splits((1, 2), np.random.default_rng(1))
    # One value against the other two: 0 v (1, 3), 1 v (0, 3), 3 v (0, 1).
    assert set(splits.distances(pooled, 1, 2).round(4)) == {2.0, 1.5, 2.5}


def test_distances_shrink_with_the_root_of_the_numbers():
    splits = random_splits((50, 50), np.random.default_rng(1))
    pooled = np.sort(np.random.default_rng(2).normal(0, 1, 100))
    few, many = splits.distances(pooled, 50, 50), splits.distances(pooled, 5000, 5000)
    assert few / many == pytest.approx(10)


def test_many_values_are_pooled_by_their_numbers_not_by_their_ranks():
    ranks = (np.arange(1000) + 0.5) / 1000
    pooled = pooled_ranks(ranks, 9000, ranks[::10] + 1, 1000, 1024)
    assert pooled.size == 1024
    assert (pooled > 1).mean() == pytest.approx(0.1, abs=0.002)
