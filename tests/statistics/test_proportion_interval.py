"""Jeffreys' intervals of counted shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.proportion_interval import proportion_interval


@pytest.mark.parametrize(("count", "total"), [(1, 10), (3, 10), (7482, 9191), (1, 10**6)])
def test_intervals_equal_quantiles_of_scipy(count, total):
    low, high = proportion_interval(count, total)
    reference = stats.beta.ppf([0.025, 0.975], count + 0.5, total - count + 0.5)
    # The same quantiles by another routine.
    assert (low, high) == pytest.approx(tuple(reference), rel=1e-9)


def test_nothing_and_everything_reach_the_ends():
    low, high = proportion_interval([0, 10], [10, 10])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(stats.beta.ppf(0.975, 0.5, 10.5), rel=1e-9)
    assert low[1] == pytest.approx(1 - high[0], rel=1e-9)


def test_intervals_cover_at_their_rate():
    p, n = np.linspace(0.005, 0.5, 100), 2000
    counts = np.arange(n + 1)
    low, high = proportion_interval(counts, np.full(n + 1, n))
    covered = (low <= p[:, None]) & (p[:, None] <= high)
    rate = (stats.binom.pmf(counts, n, p[:, None]) * covered).sum(axis=1)
    assert rate.min() > 0.92
    assert rate.mean() == pytest.approx(0.95, abs=0.004)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_what_is_not_counted_mirrors_what_is(count, total):
    count = min(count, total)
    low, high = proportion_interval(count, total)
    other_low, other_high = proportion_interval(total - count, total)
    assert low == pytest.approx(1 - other_high, abs=1e-9)
    assert high == pytest.approx(1 - other_low, abs=1e-9)
    assert 0 <= low <= count / total <= high <= 1


def test_shares_of_nothing_have_no_interval():
    low, high = proportion_interval([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(count, total):
    with pytest.raises(InputError, match="0 <= count <= total"):
        proportion_interval(count, total)
