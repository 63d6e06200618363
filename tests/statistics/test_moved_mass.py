"""The earth mover's distance of two samples, what counting gives of it, and its error."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from macroimmune.statistics.moved_mass import moved_mass
from macroimmune.statistics.random_splits import pooled_gaps, random_splits
from macroimmune.statistics.ranked_samples import ranked_samples


def pair_of(one, n, two, m):
    return ranked_samples([np.asarray(one, float)], [n]), ranked_samples([two], [m])


def moved(one, two):
    found = moved_mass(*pair_of(one, len(one), two, len(two)))
    return SimpleNamespace(**{
        name: getattr(found, name)[0] for name in ("distance", "difference", "error", "excess")
    })


SAMPLE = st.lists(st.floats(-50, 50, width=16), min_size=1, max_size=30).map(np.sort)


@settings(max_examples=80, deadline=None)
@given(SAMPLE, SAMPLE)
def test_the_distance_is_that_of_scipy_and_at_least_the_difference_of_means(one, two):
    found = moved(one, two)
    assert found.distance == pytest.approx(wasserstein_distance(one, two), abs=1e-9)
    assert found.distance >= abs(found.difference) - 1e-9
    assert found.difference == pytest.approx(one.mean() - two.mean(), abs=1e-9)


def test_the_error_is_that_of_the_bootstrap_where_samples_lie_apart():
    rng = np.random.default_rng(3)
    one, two = np.sort(rng.normal(2, 2, 400)), np.sort(rng.exponential(1, 300))
    drawn = [wasserstein_distance(rng.choice(one, 400), rng.choice(two, 300)) for _ in range(600)]
    assert moved(one, two).error == pytest.approx(np.std(drawn), rel=0.1)


def test_a_shift_has_no_excess_and_a_spread_is_excess_alone():
    values = np.sort(np.random.default_rng(1).normal(0, 1, 500))
    assert moved(values + 1, values).excess == pytest.approx(0, abs=1e-9)
    spread = moved(2 * (values - values.mean()), values - values.mean())
    assert spread.excess == pytest.approx(spread.distance)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (20, 30), (20, 500), (100, 300)])
@pytest.mark.parametrize("kind", ["normal", "mostly zero"])
def test_splits_into_halves_give_the_distances_of_parts_of_any_size(n, m, kind):
    rng = np.random.default_rng(5)
    values = rng.normal(size=n + m)
    if kind == "mostly zero":
        values = np.where(rng.random(n + m) < 0.8, 0, np.abs(values))
    expected = []
    for _ in range(3000):
        drawn = rng.permutation(values)
        expected.append(wasserstein_distance(drawn[:n], drawn[n:]))
    pair = pair_of(np.sort(values[:n]), n, np.sort(values[n:]), m)
    found = np.concatenate([random_splits(rng).distances(*pair)[0] for _ in range(10)])
    assert found.mean() == pytest.approx(np.mean(expected), rel=0.05)
    assert np.quantile(found, 0.95) == pytest.approx(np.quantile(expected, 0.95), rel=0.05)


def test_distances_shrink_with_the_root_of_the_numbers():
    splits = random_splits(np.random.default_rng(1))
    values = np.sort(np.random.default_rng(2).normal(0, 1, 1024))
    few, many = (splits.distances(*pair_of(values, n, values, n)) for n in (2000, 200_000))
    assert few / many == pytest.approx(10, rel=1e-3)


def test_many_values_are_pooled_by_their_numbers_not_by_their_ranks():
    ranks = (np.arange(1000) + 0.5) / 1000
    gaps = pooled_gaps(*pair_of(ranks, 9000, ranks[::10] + 1, 1000))[0]
    pooled = ranks[0] + np.concatenate([[0], np.cumsum(gaps)])
    assert (pooled > 1).mean() == pytest.approx(0.1, abs=0.003)
