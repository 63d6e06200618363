"""A shoulder is a second population that overlaps the first; tails of one population are none."""

import numpy as np
import pytest

from macroimmune.cytometry.preparing.shoulder import shoulder_above

RNG = np.random.default_rng(8)
TAILS = {
    "normal": RNG.normal(0, 1, 20_000),
    "exponential": np.concatenate([RNG.normal(0, 1, 20_000), 2 + RNG.exponential(0.7, 800)]),
    "gamma": (RNG.gamma(6, 1, 20_000) - 6) / np.sqrt(6),
    "Student": RNG.standard_t(5, 20_000),
}


@pytest.mark.parametrize("name", TAILS)
def test_the_tail_of_one_population_is_no_shoulder(name):
    assert shoulder_above(TAILS[name], 0.0, 1.0, 20_000) is None


@pytest.mark.parametrize("n_pairs", [200, 800, 3_000])
def test_an_overlapping_population_begins_between_the_two(n_pairs):
    pairs = RNG.normal(4.3, 1, n_pairs)
    cells = RNG.normal(0, 1, 9_000)
    cut = shoulder_above(np.concatenate([cells, pairs]), 0.0, 1.0, 9_000)
    assert 1.8 < cut < 3.2
    assert (pairs > cut).mean() > 0.85


def test_a_handful_of_far_events_is_no_shoulder():
    values = np.concatenate([RNG.normal(0, 1, 9_000), [4.1, 4.5, 4.7]])
    assert shoulder_above(values, 0.0, 1.0, 9_000) is None
