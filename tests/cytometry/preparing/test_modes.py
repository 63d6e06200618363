"""Populations of a density: what is one is one, what is two is two, whatever the order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.preparing.modes import find_modes


def test_two_groups_have_a_valley_between_them():
    found = find_modes(np.concatenate([np.linspace(0, 1, 900), np.linspace(4, 5, 100)]))
    assert found.counts.tolist() == [900, 100]
    assert 1 < found.valleys[0] < 4
    assert found.main == 0


@pytest.mark.parametrize("seed", range(20))
def test_one_normal_population_is_not_cut_near_its_middle(seed):
    values = np.random.default_rng(seed).normal(size=5_000)
    found = find_modes(values)
    assert (np.abs(found.valleys) > 2.5).all()


@pytest.mark.parametrize("values", [[], [np.nan] * 5])
def test_no_values_show_no_population(values):
    assert not find_modes(np.array(values, float)).positions.size


def test_a_constant_is_one_population_without_width():
    found = find_modes(np.full(100, 3.0))
    assert found.positions.tolist() == [3.0]
    assert found.spreads.tolist() == [0.0]


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_values_and_missing_ones_change_nothing(seed):
    rng = np.random.default_rng(seed)
    values = np.concatenate([rng.normal(0, 1, 300), rng.normal(8, 0.5, 60)])
    first = find_modes(values)
    second = find_modes(rng.permutation(np.append(values, np.nan)))
    assert np.array_equal(first.valleys, second.valleys)
    assert np.array_equal(first.counts, second.counts)
