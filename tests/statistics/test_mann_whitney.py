import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from macroimmune.statistics import auc, mann_whitney


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=4, max_size=40))
def test_u_and_p_equal_scipy_and_u_is_the_area_times_the_pairs(rows):
    score = np.array([value for value, _ in rows], dtype=float)
    cases = np.array([case for _, case in rows])
    u, p_value = mann_whitney(score, cases)
    if min(cases.sum(), (~cases).sum()) < 2:
        assert np.isnan([u, p_value]).all()
        return
    assert u == pytest.approx(auc(score, cases).estimate * cases.sum() * (~cases).sum())
    if np.unique(score).size == 1:
        assert np.isnan(p_value)
        return
    peer = mannwhitneyu(score[cases], score[~cases], method="asymptotic")
    assert (u, p_value) == pytest.approx((peer.statistic, peer.pvalue))
