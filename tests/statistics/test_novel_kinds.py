import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import comb

from macroimmune.errors import InputError
from macroimmune.statistics import novel_kinds


def test_the_excess_by_hand_where_the_earlier_sample_is_half_as_large():
    # After only: 1 - (1/2)^y + (-1/2)^y; in both: -(1/2)^y + (-1/2)^y, nothing for even counts.
    found = novel_kinds([1, 3, 1, 0, 0, 0], [2, 1, 3, 2, 1, 1])
    parts = [0, -1, -1 / 4, 1, 0, 0]
    assert found.excess == pytest.approx(sum(parts))
    assert (found.observed, found.expected) == (3, pytest.approx(3.25))
    reach = 1.959964 * np.sqrt(np.square(parts).sum())
    assert found.ci_high - found.excess == pytest.approx(reach, rel=1e-6)
    # Individuals after of kinds not seen before, less y (1/2)^(y - 1).
    expected = sum(y * 0.5 ** (y - 1) for y in (2, 1, 3, 2, 1, 1))
    assert (found.individuals, found.expected_individuals) == (4, pytest.approx(expected))


def test_a_smaller_earlier_sample_expects_more_and_a_larger_one_is_thinned_to_half():
    smaller = novel_kinds([1, 1, 0, 0], [2, 3, 2, 1])
    t = 2 / 8
    by_chance = [(1 - t) ** y - (-t) ** y for y in (2, 3, 2, 1)]
    assert smaller.excess == pytest.approx(2 - sum(by_chance))
    larger = novel_kinds([5, 2, 1, 0], [2, 0, 1, 1])
    missed = [comb(8 - x, 2) / comb(8, 2) for x in (5, 2, 1, 0)]
    assert larger.excess == pytest.approx(missed[0] + missed[2] - 1 + missed[3] - 1)


@pytest.mark.parametrize("sizes", [(400, 1_500), (1_000, 1_000), (1_500, 400)])
def test_without_change_the_excess_is_zero_on_average_and_its_interval_holds_it(sizes):
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.full(300, 0.3))
    found = [
        novel_kinds(*(rng.multinomial(n, shares) for n in sizes), dispersion=0.0)
        for _ in range(400)
    ]
    excess = np.array([one.excess for one in found])
    assert abs(excess.mean()) < 3.5 * excess.std() / 20
    held = np.mean([one.ci_low <= 0 <= one.ci_high for one in found])
    # Three standard errors of a share of 400.
    assert 0.917 < held < 0.983


def test_more_rare_kinds_than_before_are_no_excess():
    # The share of 20,000 rare kinds rises from 40 to 45 %, as naive cells between two draws.
    rng = np.random.default_rng(6)
    shares = rng.dirichlet(np.full(800, 0.4))
    hits, excess = [], []
    for _ in range(150):
        counts = []
        for rare in (0.4, 0.45):
            few = np.bincount(rng.integers(0, 20_000, rng.binomial(4_000, rare)), minlength=20_000)
            counts.append(np.append(rng.multinomial(4_000 - few.sum(), shares), few))
        found = novel_kinds(*counts)
        hits.append(found.ci_low <= 0 <= found.ci_high)
        excess.append(found.excess)
    assert np.mean(hits) > 0.9
    # Some 200 more of the rare kinds are seen after than before.
    assert abs(np.mean(excess)) < 15


def test_new_kinds_count_by_the_chance_that_the_earlier_sample_would_have_shown_them():
    rng = np.random.default_rng(7)
    shares = rng.dirichlet(np.full(400, 0.3))
    mean, hits, excess = np.array([0.3, 1.0, 3.0, 10.0] * 15), 0, []
    for _ in range(300):
        before = np.append(rng.multinomial(1_000, shares), np.zeros(60, int))
        after = np.append(rng.multinomial(2_000, shares), rng.poisson(mean))
        found = novel_kinds(before, after)
        t = 0.5
        truth = ((1 - np.exp(-mean)) * (1 - np.exp(-t * mean))).sum()
        hits += found.ci_low <= truth <= found.ci_high
        excess.append(found.excess - truth)
    assert hits / 300 > 0.92
    assert abs(np.mean(excess)) < 3.5 * np.std(excess) / np.sqrt(300)


def test_over_dispersion_is_no_excess_where_it_is_told():
    rng = np.random.default_rng(8)
    shares = rng.dirichlet(np.full(600, 0.5))
    excess = {0.0: [], 0.3: []}
    for _ in range(300):
        counts = [rng.poisson(1_500 * shares * rng.gamma(1 / 0.3, 0.3, 600)) for _ in range(2)]
        for dispersion, found in excess.items():
            found.append(novel_kinds(*counts, dispersion=dispersion).excess)
    plain, corrected = (np.mean(found) for found in excess.values())
    assert plain > 10
    assert abs(corrected) < 0.5 * plain


def test_kinds_with_individuals_of_one_sort_are_asked_and_found_with_any_before():
    rng = np.random.default_rng(9)
    shares, excess = rng.dirichlet(np.full(300, 0.3)), []
    part = rng.choice([0.1, 0.9], 300)
    for _ in range(400):
        before, after = rng.multinomial(700, shares), rng.multinomial(1_000, shares)
        excess.append(novel_kinds(before, after, among=rng.binomial(after, part)).excess)
    assert abs(np.mean(excess)) < 3.5 * np.std(excess) / 20
    found = novel_kinds([1, 0, 0, 2], [1, 2, 2, 2], among=[1, 1, 0, 2])
    assert found.observed == 1
    with pytest.raises(InputError, match="at most as many of a sort"):
        novel_kinds([1], [1], among=[2])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_kinds_that_nobody_saw_and_their_order_change_nothing(pairs):
    before, after = np.array(pairs).T
    one = novel_kinds(before, after)
    other = novel_kinds(np.append(before, 0)[::-1], np.append(after, 0)[::-1])
    assert one.observed == other.observed
    assert one.status == other.status
    np.testing.assert_allclose(one.expected, other.expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-6, atol=1e-9)


def test_what_cannot_be_told_has_no_number_and_shares_are_refused():
    empty = novel_kinds([0, 0], [1, 2])
    assert empty.status == "a sample is empty"
    once = novel_kinds([2, 1, 0], [1, 1, 1])
    assert once.status.startswith("no kind was seen twice after")
    for one in (empty, once):
        assert np.isnan([one.expected, one.excess, one.p_value]).all()
    with pytest.raises(InputError, match="give counts, not shares"):
        novel_kinds([0.1, 0.9], [0.5, 0.5])
    with pytest.raises(InputError, match="zero or more"):
        novel_kinds([1], [1], dispersion=-0.1)
