import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics.quantile_functions import quantile_function
from macroimmune.statistics.shift_functions import shift_functions


def two_populations(rng, n, share=0.3, shift=0.0, gain=0.0):
    """Return values of a negative and a positive population; a shift moves the positive one."""
    positive = rng.random(n) < share
    values = np.where(positive, rng.normal(4 + shift, 0.4, n), rng.normal(0.3, 0.3, n))
    return np.arcsinh(np.exp(gain) * np.sinh(values))


def at(found, group, value):
    grid = np.linspace(found.low[group], found.high[group], found.shifts.shape[1])
    return float(np.interp(value, grid, found.shifts[group]))


def test_a_shift_of_the_positive_population_is_found_and_the_negative_stays():
    rng = np.random.default_rng(1)
    q = [quantile_function(two_populations(rng, 20_000, shift=s)) for s in (0.0, 0.4)]
    found = shift_functions(q, [20_000] * 2, [0, 1])
    assert at(found, 0, 4.0) - at(found, 1, 4.4) == pytest.approx(0.4, abs=0.03)
    assert abs(at(found, 0, 0.3)) < 0.03


def test_sizes_of_populations_that_differ_by_chance_do_not_move_the_gap_between_them():
    # Matching quantiles one by one would move cells of the gap by whole units. The means of some
    # 300 positive cells alone differ by 0.03 from sample to sample.
    rng = np.random.default_rng(2)
    matched, moved = [], []
    for _ in range(12):
        q = np.array([quantile_function(two_populations(rng, 1000, share=s)) for s in (0.28, 0.32)])
        matched.append(np.abs(q[0] - q[1]).max())
        moved.append(np.abs(shift_functions(q, [1000] * 2, [0, 1]).shifts).max())
    assert np.mean(matched) > 1.5
    assert np.mean(moved) < 0.05


def test_nothing_is_moved_where_groups_are_drawn_from_one_distribution():
    rng = np.random.default_rng(3)
    moved = []
    for _ in range(30):
        q = [quantile_function(two_populations(rng, 2000)) for _ in range(6)]
        found = shift_functions(q, [2000] * 6, [0, 0, 1, 1, 2, 2])
        moved.append(np.abs(found.shifts).mean())
    assert np.median(moved) < 0.005
    assert max(moved) < 0.05


def test_shifts_are_shrunk_where_samples_of_one_group_differ_as_much_as_groups():
    rng = np.random.default_rng(4)
    shifts = [0.0, 0.3, 0.15, 0.45]
    q = [quantile_function(two_populations(rng, 20_000, shift=s)) for s in shifts]
    with_replicates = shift_functions(q, [20_000] * 4, [0, 0, 1, 1])
    without = shift_functions(q[::2], [20_000] * 2, [0, 1])
    assert abs(at(with_replicates, 0, 4.1)) < 0.6 * abs(at(without, 0, 4.1))


def test_a_reference_group_is_not_moved_and_the_others_come_to_it():
    rng = np.random.default_rng(5)
    q = [quantile_function(rng.normal(3 + s, 0.5, 5000)) for s in (0.0, 0.5)]
    found = shift_functions(q, [5000] * 2, [0, 1], reference=0)
    assert np.abs(found.shifts[0]).max() < 1e-6
    assert at(found, 1, 3.5) == pytest.approx(-0.5, abs=0.04)


def test_zeros_stay_zeros_where_nothing_was_counted():
    rng = np.random.default_rng(6)
    q = [
        quantile_function(np.maximum(two_populations(rng, 5000, gain=g) - 0.3, 0))
        for g in (0.0, 0.5)
    ]
    found = shift_functions(q, [5000] * 2, [0, 1], is_zero_fixed=True)
    assert found.low.tolist() == [0.0, 0.0]
    assert np.abs(found.shifts[:, 0]).max() < 1e-3
    assert at(found, 0, 3.7) > 0.15


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.2, 20.0), st.floats(-3, 3))
def test_order_is_kept_and_a_change_of_scale_changes_shifts_alike(seed, unit, zero):
    rng = np.random.default_rng(seed)
    q = np.array([
        quantile_function(two_populations(rng, 300, rng.uniform(0.1, 0.9), rng.normal(0, 0.5)))
        for _ in range(3)
    ])
    found = shift_functions(q, [300] * 3, [0, 1, 2])
    grids = np.linspace(found.low, found.high, found.shifts.shape[1], axis=1)
    assert (np.diff(grids + found.shifts, axis=1) >= -1e-9).all()
    scaled = shift_functions(zero + unit * q, [300] * 3, [0, 1, 2])
    assert scaled.shifts == pytest.approx(unit * found.shifts, abs=1e-5 * unit)


def test_constant_distributions_are_not_moved():
    found = shift_functions(np.zeros((2, 101)), [10, 10], [0, 1])
    assert found.size == 0
    assert not found.shifts.any()


@pytest.mark.parametrize(
    ("q", "n", "group", "told"),
    [
        (np.zeros((2, 5)), [1, 1], [0, 1], "101 levels"),
        (np.full((2, 101), np.nan), [1, 1], [0, 1], "a quantile is missing"),
        (np.zeros((2, 101)), [1, 1], [0, 0], "at least two"),
        (np.zeros((2, 101)), [1, 1], [0, 2], "at least two"),
    ],
)
def test_what_cannot_be_used_is_refused(q, n, group, told):
    with pytest.raises(InputError, match=told):
        shift_functions(q, n, group)
