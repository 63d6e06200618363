"""Cells on the wrong side of a threshold are counted from the shape of the groups beside it."""

import numpy as np
import pytest
from scipy import stats

from macroimmune.cytometry.gating.leakage import leaked, leaks
from macroimmune.cytometry.gating.sign_tests import NodeTests

CUT = 1.5


def two_groups(n_low: int, n_high: int, seed: int = 3) -> np.ndarray:
    """Return cells of two normal groups, at 0 and at 3 with SD 1 each."""
    rng = np.random.default_rng(seed)
    groups = (rng.standard_normal(n_low), 3 + rng.standard_normal(n_high))
    return np.concatenate(groups).astype(np.float32)


@pytest.mark.parametrize("cut", [1.0, 2.0])
def test_a_threshold_off_the_valley_has_the_cells_of_one_group_on_the_wrong_side(cut) -> None:
    found = [leaked(two_groups(5000, 5000, seed), cut) for seed in range(8)]
    expected = 5000 * float(stats.norm.cdf(cut - 3) - stats.norm.sf(cut))
    assert np.mean(found) == pytest.approx(expected, rel=0.3)


def test_in_the_valley_between_equal_groups_losses_are_gains() -> None:
    found = [leaked(two_groups(5000, 5000, seed), CUT) for seed in range(8)]
    # Each loses 334 cells to the other.
    assert np.mean(found) == pytest.approx(0, abs=100)


def test_groups_far_apart_and_one_group_alone_leak_nothing() -> None:
    values = two_groups(5000, 5000)
    apart = values + 7 * (values > CUT)
    assert leaked(apart.astype(np.float32), 5.0) == pytest.approx(0, abs=1)
    assert leaked(values[values < 1], 2.0) == 0
    assert leaked(values[:40], CUT) == 0
    assert leaked(np.ones(100, np.float32), 1.0) == 0


def test_what_one_population_lacks_the_other_has_and_unions_and_remainders_follow() -> None:
    values = [two_groups(5000, 5000) + np.float32(0.5)]
    above, below = NodeTests(-1, ((0, True),), (), ()), NodeTests(-1, ((0, False),), (), ())
    both, rest = NodeTests(-1, (), (), (0, 1)), NodeTests(-1, (), (0,), ())
    is_above = values[0] > CUT
    members = np.stack([is_above, ~is_above, np.ones_like(is_above), ~is_above])
    found = leaks([above, below, both, rest], values, np.array([CUT]), members)
    assert found[0] < -200
    np.testing.assert_allclose(found, [found[0], -found[0], 0, -found[0]])


def test_a_missing_threshold_leaks_nothing() -> None:
    node = NodeTests(-1, ((0, True),), (), ())
    members = np.zeros((1, 10_000), bool)
    assert leaks([node], [two_groups(8000, 2000)], np.array([np.nan]), members).tolist() == [0.0]
