"""Wilson intervals of counted shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.proportion_interval import proportion_interval


@pytest.mark.parametrize(("count", "total"), [(0, 10), (3, 10), (10, 10), (7482, 9191), (1, 10**6)])
def test_intervals_equal_those_of_scipy(count, total):
    reference = stats.binomtest(count, total).proportion_ci(method="wilson")
    low, high = proportion_interval(count, total)
    # The same formula in another order of operations.
    assert (low, high) == pytest.approx((reference.low, reference.high), abs=1e-12)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_what_is_not_counted_mirrors_what_is(count, total):
    count = min(count, total)
    low, high = proportion_interval(count, total)
    other_low, other_high = proportion_interval(total - count, total)
    assert low == pytest.approx(1 - other_high, abs=1e-12)
    assert high == pytest.approx(1 - other_low, abs=1e-12)
    assert 0 <= low <= count / total <= high <= 1


def test_shares_of_nothing_have_no_interval():
    low, high = proportion_interval([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(count, total):
    with pytest.raises(InputError, match="0 <= count <= total"):
        proportion_interval(count, total)
