import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import comb

from macroimmune.errors import InputError
from macroimmune.statistics import novel_kinds_elsewhere, shared_kinds

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


def test_the_expected_share_by_hand():
    # Pool: 5, 2, 1 and 4 of 12 individuals, dealt into samples of 5 and 7.
    found = shared_kinds([3, 1, 1, 0], [2, 1, 0, 4])
    here = [1 - comb(7, m) / comb(12, m) for m in (5, 2, 1, 4)]
    there = [1 - comb(5, m) / comb(12, m) for m in (5, 2, 1, 4)]
    assert found.expected_n == pytest.approx(sum(here))
    both = sum(here) + sum(there) - 4
    assert found.expected == pytest.approx(both / sum(here))
    assert (found.n, found.n_found, found.share) == (3, 2, pytest.approx(2 / 3))


def test_expectation_and_spread_equal_dealing_out_at_random():
    rng = np.random.default_rng(3)
    one = np.concatenate([[40, 9, 5], rng.poisson(0.6, 300)])
    other = np.concatenate([[3, 30, 2], rng.poisson(0.9, 300)])
    found = shared_kinds(one, other)
    dealt = rng.multivariate_hypergeometric(one + other, one.sum(), size=4000)
    here = (dealt > 0).sum(axis=1)
    share = ((dealt > 0) & (one + other - dealt > 0)).sum(axis=1) / here
    assert found.expected_n == pytest.approx(here.mean(), abs=4 * here.std() / np.sqrt(4000))
    # The mean of ratios and the ratio of means differ by about 1 / n.
    assert found.expected == pytest.approx(share.mean(), abs=4 * share.std() / np.sqrt(4000))
    spread = (found.expected_high - found.expected_low) / 2 / 1.959964
    assert spread == pytest.approx(share.std(), rel=0.05)


def test_new_kinds_elsewhere_equal_dealing_out_at_random():
    rng = np.random.default_rng(4)
    before, after, elsewhere, aside = rng.poisson([[0.7], [0.9], [1.1], [0.4]], (4, 200))
    found = novel_kinds_elsewhere(before, after, elsewhere, aside=aside)
    pooled = before + after + elsewhere + aside
    ends = np.cumsum([one.sum() for one in (before, after, elsewhere)])
    individuals = np.repeat(np.arange(200), pooled)
    new, both = [], []
    for _ in range(1500):
        parts = np.split(rng.permutation(individuals), ends)
        first, second, third = (np.bincount(part, minlength=200) for part in parts[:3])
        is_new = (first == 0) & (second > 0)
        new.append(is_new.sum())
        both.append((is_new & (third > 0)).sum())
    assert found.expected_n == pytest.approx(np.mean(new), abs=4 * np.std(new) / np.sqrt(1500))
    share = np.array(both) / np.array(new)
    assert found.expected == pytest.approx(share.mean(), abs=5 * share.std() / np.sqrt(1500))
    # Sizes of samples are fixed in truth and not in the variance, which may be the larger only.
    spread = (found.expected_high - found.expected_low) / 2 / 1.959964
    assert 0.95 * share.std() <= spread <= 1.3 * share.std()


def test_samples_of_one_pool_lie_within_the_expectation_as_often_as_it_says():
    rng = np.random.default_rng(5)
    shares = rng.pareto(1.4, 2000) + 0.05
    shares /= shares.sum()
    inside = 0
    for _ in range(300):
        found = shared_kinds(rng.multinomial(800, shares), rng.multinomial(2500, shares))
        inside += found.expected_low <= found.share <= found.expected_high
    assert 276 <= inside <= 296


def test_compartments_that_differ_share_less_than_one_pool_gives():
    rng = np.random.default_rng(6)
    blood = np.concatenate([rng.poisson(1.0, 1000), np.zeros(500, dtype=int)])
    tumour = np.concatenate([rng.poisson(0.1, 1000), rng.poisson(2.0, 500)])
    found = shared_kinds(tumour, blood)
    assert found.ci_high < found.expected_low


@given(PAIRS)
def test_shares_stay_in_their_bounds_and_absent_kinds_change_nothing(pairs):
    one, other = np.array(pairs).T
    found = shared_kinds(one, other)
    padded = shared_kinds([*one, 0, 0], [*other, 0, 0])
    for name in ("share", "expected", "expected_low", "expected_high", "ci_low"):
        assert getattr(found, name) == pytest.approx(getattr(padded, name), nan_ok=True)
    if not found.status:
        assert 0.0 <= found.expected_low <= found.expected <= found.expected_high <= 1.0


def test_an_empty_sample_says_so():
    found = shared_kinds([0, 0], [1, 2])
    assert found.status == "a sample is empty"
    assert np.isnan(found.expected)
    assert novel_kinds_elsewhere([0], [1], [0]).status == "a sample is empty"
    assert shared_kinds([1, 0], [1, 0]).status == ""
    assert novel_kinds_elsewhere([1], [1], [1]).status == "no kind of this pool could be new"
    never = novel_kinds_elsewhere([2, 1, 3], [1, 1, 1], [1, 3, 1])
    assert (never.n, never.status) == (0, "no kind to look for")


def test_counts_of_other_kinds_are_refused():
    with pytest.raises(InputError, match="shapes"):
        novel_kinds_elsewhere([1], [1, 2], [1])
    with pytest.raises(InputError, match="shapes"):
        shared_kinds([1], [1, 2])
