"""Every group and column of one table against another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import wasserstein_distance

from macroimmune.errors import InputError
from macroimmune.statistics.compared_groups import compare_groups

RNG = np.random.default_rng(4)


def cells(n: int, columns: int) -> np.ndarray:
    values = np.arcsinh(RNG.exponential(20, (n, columns)) / 5)
    return np.where(RNG.random((n, columns)) < 0.4, 0, values).astype(np.float32)


BEFORE, AFTER = cells(3000, 18), cells(2500, 18)
LABELS, OTHERS = RNG.integers(-1, 4, 3000), RNG.integers(-1, 4, 2500)


def test_each_group_and_column_is_as_numpy_and_scipy_have_it():
    found = compare_groups(BEFORE, LABELS, AFTER, OTHERS)
    for group in range(4):
        one, two = BEFORE[group == LABELS].astype(float), AFTER[group == OTHERS].astype(float)
        for side, values in ((found.before, one), (found.after, two)):
            assert (side.n[group] == len(values)).all()
            assert side.mean[group] == pytest.approx(values.mean(axis=0), rel=1e-12)
            expected = np.quantile(values, [0.5, 0.9, 0.99], axis=0)
            assert side.median[group] == pytest.approx(expected[0], rel=1e-12)
            assert side.percentile_90[group] == pytest.approx(expected[1], rel=1e-12)
            assert side.percentile_99[group] == pytest.approx(expected[2], rel=1e-12)
        cut = np.quantile(one, 0.99, axis=0)
        assert found.share_above[group] == pytest.approx((two > cut).mean(axis=0), abs=1e-12)
        assert found.share_above_before[group] == pytest.approx((one > cut).mean(axis=0), abs=1e-12)
        for k in range(18):
            apart = wasserstein_distance(one[:, k], two[:, k])
            sign = np.sign(two[:, k].mean() - one[:, k].mean())
            assert found.signed_distance[group, k] == pytest.approx(sign * apart, abs=1e-12)


def test_without_the_distance_all_else_is_the_same():
    one = compare_groups(BEFORE, LABELS, AFTER, OTHERS)
    other = compare_groups(BEFORE, LABELS, AFTER, OTHERS, distance=False)
    assert np.isnan(other.signed_distance).all()
    assert np.array_equal(one.share_above, other.share_above)
    assert np.array_equal(one.after.median, other.after.median)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("threads", [1, 2])
def test_order_of_the_tables_and_threads_change_nothing(order, threads):
    one = compare_groups(BEFORE, LABELS, AFTER, OTHERS)
    other = compare_groups(
        np.asarray(BEFORE, order=order),
        LABELS,
        np.asarray(AFTER, order=order),
        OTHERS,
        threads=threads,
    )
    assert np.array_equal(one.signed_distance, other.signed_distance)
    assert np.array_equal(one.before.percentile_99, other.before.percentile_99)


def test_groups_may_overlap_where_their_rows_are_given():
    every, half = np.arange(3000), np.arange(0, 3000, 2)
    found = compare_groups(BEFORE, [every, half], AFTER, [np.arange(2500), np.arange(9)])
    assert found.before.n[:, 0].tolist() == [3000, 1500]
    assert found.before.mean[1, 3] == pytest.approx(BEFORE[::2, 3].mean(dtype=float))
    assert found.after.n[:, 0].tolist() == [2500, 9]


def test_values_that_are_not_finite_are_left_out():
    one = np.array([[1], [np.nan], [2], [np.inf], [-np.inf]], np.float32)
    found = compare_groups(one, np.zeros(5, int), one[:3], np.zeros(3, int))
    assert found.before.n[0, 0] == found.after.n[0, 0] == 2
    assert found.before.mean[0, 0] == 1.5
    assert found.signed_distance[0, 0] == 0


def test_a_group_without_values_has_no_numbers():
    found = compare_groups(BEFORE, LABELS, AFTER, np.zeros(2500, int), n_groups=4)
    assert found.after.n[2, 0] == 0
    assert np.isnan(found.after.mean[2]).all()
    assert np.isnan(found.signed_distance[2]).all()
    assert np.isnan(found.share_above[2]).all()
    assert not np.isnan(found.before.mean).any()


def test_given_thresholds_take_the_place_of_the_percentile():
    cuts = np.full((4, 18), 1.0)
    found = compare_groups(BEFORE, LABELS, AFTER, OTHERS, thresholds=cuts)
    assert found.share_above[1, 5] == pytest.approx((AFTER[OTHERS == 1, 5] > 1).mean())


@settings(max_examples=60, deadline=None)
@given(
    *(
        arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(-9, 9, width=16))
        for _ in range(2)
    )
)
def test_the_distance_is_that_of_scipy_and_turns_its_sign_when_tables_are_exchanged(one, two):
    zeros = np.zeros(one.size, int), np.zeros(two.size, int)
    there = compare_groups(one[:, None], zeros[0], two[:, None], zeros[1]).signed_distance[0, 0]
    back = compare_groups(two[:, None], zeros[1], one[:, None], zeros[0]).signed_distance[0, 0]
    assert abs(there) == pytest.approx(
        wasserstein_distance(one.astype(float), two.astype(float)), abs=1e-9
    )
    assert abs(there + back) <= 2 * abs(there) * (one.mean(dtype=float) == two.mean(dtype=float))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"after": AFTER[:, :3]}, "two tables with the same columns"),
        ({"groups_before": LABELS[:5]}, "one group per row: 3000 rows"),
        ({"n_groups": 2}, "group 3: with 2 groups labels go from 0 to 1"),
        ({"thresholds": np.zeros((4, 2))}, "expected one per group and column"),
        ({"groups_before": [np.array([3000])] * 4}, "names row 3000; the table has 3000 rows"),
        ({"groups_before": [np.array([0])]}, "the same groups in both tables: 1, 4"),
        ({"threads": 3}, "1 or 2 threads"),
    ],
)
def test_what_does_not_fit_together_is_refused(change, message):
    given_ones = {
        "before": BEFORE,
        "groups_before": LABELS,
        "after": AFTER,
        "groups_after": OTHERS,
    } | change
    with pytest.raises(InputError, match=message):
        compare_groups(**given_ones)
