import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from macroimmune.errors import InputError
from macroimmune.statistics import novel_kinds


def test_the_expected_number_by_hand():
    # Seen before: (before, both) = (4, 8), (1, 2), (1, 1). The share s solves
    # 6 = 8 s / (1 - (1-s)^8) + 2 s / (1 - (1-s)^2) + 1: s = 0.51 leaves the odds of being missed.
    share = brentq(
        lambda s: 5 - 8 * s / (1 - (1 - s) ** 8) - 2 * s / (1 - (1 - s) ** 2), 0.01, 0.99
    )
    odds = [(1 - share) ** m / (1 - (1 - share) ** m) for m in (8, 2, 1)]
    found = novel_kinds([4, 1, 1, 0, 0], [4, 1, 0, 2, 1])
    assert found.expected == pytest.approx(sum(odds), rel=1e-6)
    assert (found.observed, found.excess) == (2, pytest.approx(2 - sum(odds), rel=1e-6))


def test_the_standard_error_by_hand():
    # Var = sum of odds (1 + odds) + (d expected / d s)^2 / information about s.
    share, h = 0.4, 1e-5
    m = np.array([1.0, 3.0, 3.0, 9.0])
    b = np.array([1.0, 1.0, 2.0, 4.0])
    expected = lambda s: ((1 - s) ** m / (1 - (1 - s) ** m)).sum()  # noqa: E731
    log_l = lambda s: (  # noqa: E731
        b * np.log(s) + (m - b) * np.log(1 - s) - np.log(1 - (1 - s) ** m)
    ).sum()
    share = minimize_scalar(lambda s: -log_l(s), bounds=(0.01, 0.99), method="bounded",
                            options={"xatol": 1e-12}).x  # fmt: skip
    information = -(log_l(share + h) - 2 * log_l(share) + log_l(share - h)) / h**2
    slope = (expected(share + h) - expected(share - h)) / (2 * h)
    odds = (1 - share) ** m / (1 - (1 - share) ** m)
    error = np.sqrt((odds * (1 + odds)).sum() + slope**2 / information)
    found = novel_kinds([*b, 0], [*(m - b), 2])
    assert (found.ci_high - found.ci_low) / 2 / 1.959964 == pytest.approx(error, rel=1e-3)


def test_without_change_the_excess_is_zero_on_average():
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.full(300, 0.3))
    found = [
        novel_kinds(rng.multinomial(400, shares), rng.multinomial(1500, shares)).excess
        for _ in range(400)
    ]
    assert abs(np.mean(found)) < 3.5 * np.std(found) / 20


def test_over_dispersion_goes_over_into_the_binomial_and_misses_more():
    before, after = [30, 20, 2, 1, 0, 0], [25, 30, 0, 2, 4, 2]
    none, tiny, some = (novel_kinds(before, after, dispersion=d) for d in (0.0, 1e-5, 0.5))
    # The law departs from the binomial by about the dispersion times the counts.
    assert tiny.expected == pytest.approx(none.expected, rel=1e-3)
    assert some.expected > none.expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_kinds_that_nobody_saw_and_their_order_change_nothing(pairs):
    before, after = np.array(pairs).T
    one = novel_kinds(before, after)
    other = novel_kinds(np.append(before, 0)[::-1], np.append(after, 0)[::-1])
    assert one.observed == other.observed
    assert one.status == other.status
    np.testing.assert_allclose(one.expected, other.expected, rtol=1e-9)
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-6)


def test_what_cannot_be_told_has_no_number_and_shares_are_refused():
    empty = novel_kinds([0, 0], [1, 2])
    assert empty.status == "a sample is empty"
    apart, once = novel_kinds([3, 0], [0, 4]), novel_kinds([1, 1, 0], [2, 1, 4])
    assert apart.status.startswith("no kind was seen in both")
    assert once.status.startswith("no kind was seen twice before")
    for one in (empty, apart, once):
        assert np.isnan([one.expected, one.excess, one.p_value]).all()
    with pytest.raises(InputError, match="give counts, not shares"):
        novel_kinds([0.1, 0.9], [0.5, 0.5])
    with pytest.raises(InputError, match="zero or more"):
        novel_kinds([1], [1], dispersion=-0.1)
