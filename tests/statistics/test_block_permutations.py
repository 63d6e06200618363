"""Responses of a group move together, between groups that are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.statistics.block_permutations import block_permutations


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_blocks_stay_whole_and_in_order(groups, seed):
    codes = np.unique(groups, return_inverse=True)[1]
    found = block_permutations(codes, 3, rng=np.random.default_rng(seed))
    for rows in found.rows:
        assert sorted(rows.tolist()) == list(range(codes.size))
        for group in np.unique(codes):
            given_rows = rows[codes == group]
            assert np.unique(codes[given_rows]).size == 1
            assert (np.diff(given_rows) > 0).all()


def test_groups_stay_within_their_stratum_where_it_is_large_enough():
    strata = np.repeat([0, 1], 10)
    found = block_permutations(np.arange(20), 50, strata=strata, rng=np.random.default_rng(1))
    assert found.is_within_strata
    assert (strata[found.rows] == strata).all()
    assert found.log_arrangements == pytest.approx(2 * np.log(3628800.0))


def test_where_strata_leave_few_arrangements_all_are_exchanged():
    strata = np.repeat(np.arange(10), 2)[:20]
    found = block_permutations(np.arange(6), 20, strata=strata[:6], rng=np.random.default_rng(1))
    assert not found.is_within_strata
    assert (strata[:6][found.rows] != strata[:6]).any()
