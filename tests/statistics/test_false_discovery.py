import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import q_values

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize("case", ["mixed", "random"])
def test_q_values_equal_r(case, expected):
    p = expected("false_discovery", case, "p")
    answer = expected("false_discovery", case, "q")
    np.testing.assert_allclose(q_values(p), answer, rtol=1e-12)


def test_three_tests_by_hand():
    np.testing.assert_allclose(q_values([0.01, 0.04, 0.03]), [0.03, 0.04, 0.04])


def test_tests_that_could_not_be_made_do_not_count():
    q = q_values([np.nan, 0.02, np.nan])
    assert q[1] == 0.02
    assert np.isnan(q[[0, 2]]).all()


def test_an_empty_family_gives_no_q_values():
    assert q_values([]).shape == (0,)
    assert np.isnan(q_values([np.nan])).all()


@pytest.mark.parametrize("p", [[1.2], [-0.1, 0.5]])
def test_numbers_that_are_no_p_values_are_refused(p):
    with pytest.raises(InputError, match="between 0 and 1"):
        q_values(p)


def test_a_table_of_p_values_is_refused():
    with pytest.raises(InputError, match="flat array"):
        q_values([[0.1, 0.2]])


@given(P_VALUES)
def test_q_is_never_below_p_and_keeps_its_order(p):
    q = q_values(p)
    assert (q >= np.array(p) - 1e-15).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


@given(P_VALUES)
def test_the_order_of_the_tests_does_not_matter(p):
    np.testing.assert_allclose(q_values(p[::-1]), q_values(p)[::-1])
