import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import fisher_of_counts


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(60, 90), st.integers(60, 900),
)  # fmt: skip
def test_p_values_are_those_of_scipy(pairs, n, n_other):
    one, two = np.array(pairs).T
    found = fisher_of_counts(one, two, n_first=n, n_second=n_other)
    by_scipy = [stats.fisher_exact([[k, n - k], [m, n_other - m]]).pvalue for k, m in pairs]
    np.testing.assert_allclose(found, by_scipy, rtol=1e-6, atol=1e-13)


def test_large_counts_keep_their_small_p_values():
    found = fisher_of_counts([5_000, 300], [3_000, 310], n_first=40_000, n_second=50_000)
    by_scipy = [
        stats.fisher_exact([[5_000, 35_000], [3_000, 47_000]]).pvalue,
        stats.fisher_exact([[300, 39_700], [310, 49_690]]).pvalue,
    ]
    # scipy sums probabilities below the one seen from tails that are themselves rounded.
    np.testing.assert_allclose(np.log(found), np.log(by_scipy), rtol=1e-7)


def test_more_individuals_than_the_sample_has_are_refused():
    with pytest.raises(InputError, match="more individuals than its sample"):
        fisher_of_counts([5], [1], n_first=4, n_second=4)
