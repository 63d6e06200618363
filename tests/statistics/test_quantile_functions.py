import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from macroimmune.statistics.quantile_functions import (
    LEVEL_WEIGHTS,
    LEVELS,
    earth_movers_distance,
    expected_distance,
    quantile_correlation,
    quantile_function,
    quantile_standard_errors,
)


def test_quantiles_equal_those_of_numpy():
    values = np.random.default_rng(1).normal(size=777).astype(np.float32)
    assert quantile_function(values) == pytest.approx(np.quantile(values, LEVELS), abs=1e-6)


def test_no_values_give_missing_quantiles_and_one_value_gives_itself():
    assert np.isnan(quantile_function([])).all()
    assert (quantile_function([2.0]) == 2.0).all()


def test_levels_lie_alike_on_both_sides_and_their_weights_make_one():
    assert pytest.approx(1 - LEVELS[::-1]) == LEVELS
    assert LEVEL_WEIGHTS.sum() == pytest.approx(1.0)


def test_distance_on_the_grid_is_that_of_the_values():
    rng = np.random.default_rng(2)
    one = np.r_[rng.normal(0.3, 0.3, 3000), rng.normal(4, 0.5, 1000)]
    other = np.r_[rng.normal(0.4, 0.3, 2000), rng.normal(4.5, 0.5, 1500)]
    found = earth_movers_distance(quantile_function(one), quantile_function(other))
    # The jump between the two populations falls between two levels: half a step of the grid.
    assert float(found) == pytest.approx(wasserstein_distance(one, other), rel=0.02)


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_distance_follows_a_change_of_unit_and_ignores_a_change_of_zero(zero, unit):
    rng = np.random.default_rng(3)
    one, other = (quantile_function(rng.normal(size=300)) for _ in range(2))
    moved = earth_movers_distance(zero + unit * one, zero + unit * other)
    assert float(moved) == pytest.approx(unit * float(earth_movers_distance(one, other)))


def test_standard_errors_are_the_spread_of_quantiles_over_samples():
    rng = np.random.default_rng(4)
    drawn = np.array([quantile_function(rng.normal(size=400)) for _ in range(1500)])
    stated = quantile_standard_errors(drawn.mean(axis=0), 400)
    inner = slice(10, 91)
    assert stated[inner] == pytest.approx(drawn.std(axis=0)[inner], rel=0.1)


def test_errors_of_quantiles_hang_together_as_stated():
    rng = np.random.default_rng(5)
    drawn = np.array([quantile_function(rng.uniform(size=500)) for _ in range(3000)])
    found = np.corrcoef(drawn[:, [25, 50, 75]].T)
    assert found == pytest.approx(
        quantile_correlation()[np.ix_([25, 50, 75], [25, 50, 75])], abs=0.06
    )


def test_expected_distance_is_the_mean_over_pairs_of_samples_of_one_distribution():
    rng = np.random.default_rng(6)
    pairs = [
        float(earth_movers_distance(*(quantile_function(rng.normal(size=n)) for n in (300, 700))))
        for _ in range(600)
    ]
    all_of_it = quantile_function(rng.normal(size=100_000))
    assert expected_distance(all_of_it, 300, 700) == pytest.approx(np.mean(pairs), rel=0.05)
