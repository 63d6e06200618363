import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import discrete_q_values, q_values
from macroimmune.statistics.count_laws import count_laws


def family(totals, firsts):
    laws = count_laws(0.05, 0.4, largest=40)
    p = laws.p_values[laws.places(np.array(firsts), np.array(totals))]
    number = np.bincount(totals, minlength=41)
    return laws, p, number[laws.totals] * laws.probabilities


@given(st.lists(st.integers(1, 40).flatmap(lambda m: st.tuples(st.just(m), st.integers(0, m))),
                min_size=1, max_size=12))  # fmt: skip
def test_q_values_are_expected_over_passing_by_loops_and_never_above_those_of_the_plain_rule(pairs):
    totals, firsts = np.array(pairs).T
    laws, p, expected = family(totals, firsts)
    found = discrete_q_values(p, laws.p_values, expected)
    ratios = {
        cut: expected[laws.p_values <= cut * (1 + 1e-9)].sum() / (p <= cut * (1 + 1e-9)).sum()
        for cut in p
    }
    by_hand = [min(1.0, min(r for cut, r in ratios.items() if cut >= one)) for one in p]
    np.testing.assert_allclose(found, by_hand, rtol=1e-9)
    assert (found <= q_values(p) * (1 + 1e-9)).all()


def test_continuous_tests_alone_have_the_q_values_of_benjamini_and_hochberg():
    p = np.array([0.001, 0.02, 0.02, 0.5, 0.9])
    found = discrete_q_values(p, [], [], n_continuous=p.size)
    np.testing.assert_allclose(found, q_values(p))


def test_what_does_not_fit_is_refused_and_no_test_is_no_trouble():
    assert discrete_q_values([], [], []).size == 0
    with pytest.raises(InputError, match="between 0 and 1"):
        discrete_q_values([1.2], [0.1], [1.0])
    with pytest.raises(InputError, match="flat arrays"):
        discrete_q_values([0.2], [0.1, 0.2], [1.0])
