import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics.group_differences import group_differences
from macroimmune.statistics.quantile_functions import quantile_function


def samples(rng, shifts, size=400):
    return np.array([quantile_function(rng.normal(shift, 1, size)) for shift in shifts])


def test_distances_of_pairs_by_hand():
    flat = np.repeat([0.0, 1.0, 5.0], 101).reshape(3, 101)
    found = group_differences(flat, [9, 9, 9], [0, 0, 1], rng=np.random.default_rng(1))
    assert found.null_distance == pytest.approx(1.0)
    assert found.distance == pytest.approx(4.5)
    assert (found.n, found.n_groups) == (3, 2)


def test_one_sample_per_group_has_no_null_and_no_test():
    q = samples(np.random.default_rng(2), [0, 1])
    found = group_differences(q, [400, 400], [0, 1], rng=np.random.default_rng(1))
    assert found.distance > 0.9
    assert np.isnan([found.null_distance, found.variance_share, found.p_value]).all()
    assert 0 < found.counting_distance < 0.15


def test_one_group_has_no_distance_between():
    q = samples(np.random.default_rng(2), [0, 0])
    found = group_differences(q, [400, 400], [0, 0], rng=np.random.default_rng(1))
    assert np.isnan(found.distance)
    assert found.null_distance > 0


def test_share_of_variance_recovers_what_was_put_in():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(150), 2)
    shifts = rng.normal(0, 1, 150)[group] + rng.normal(0, 0.5, 300)
    q = np.tile(shifts[:, None], (1, 101))
    found = group_differences(q, np.full(300, 100), group, rng=rng, permutations=19)
    # Variance 1 between and 0.25 within: 0.8 with a standard error of about 0.03.
    assert found.variance_share == pytest.approx(0.8, abs=0.08)


def test_without_groups_p_is_uniform_and_the_share_is_small():
    rng = np.random.default_rng(4)
    group = np.repeat([0, 1, 2], 4)
    found = [
        group_differences(
            samples(rng, np.zeros(12), 60), np.full(12, 60), group, rng=rng, permutations=99
        )
        for _ in range(120)
    ]
    rejected = np.mean([one.p_value <= 0.05 for one in found])
    # 120 draws of 0.05: two standard errors are 0.04.
    assert rejected <= 0.09
    assert np.mean([one.variance_share for one in found]) < 0.15


def test_groups_and_samples_of_different_length_are_refused():
    with pytest.raises(InputError, match="one quantile function, size and group per sample"):
        group_differences(np.zeros((2, 101)), [1, 1], [0], rng=np.random.default_rng(1))
