import numpy as np
import pytest

from macroimmune.statistics import called_changes, changed_counts, q_values
from macroimmune.statistics.count_laws import count_laws

SHARES = (np.arange(1, 20_001) + 5.0) ** -1.1
SHARES /= SHARES.sum()


def draw(rng, n, phi, factor=1.0):
    mean = n * SHARES * factor
    return rng.poisson(mean * rng.gamma(1 / phi, phi, mean.size) if phi else mean)


def test_p_values_are_those_of_the_plain_test_and_total_counts_alone_decide_what_is_tested():
    rng = np.random.default_rng(1)
    before, after = draw(rng, 9_000, 0.05), draw(rng, 30_000, 0.05)
    found = called_changes(before, after, dispersion=0.05)
    plain = changed_counts(before, after, dispersion=0.05, is_measured=True)
    np.testing.assert_allclose(found.p_values, plain.p_values[found.kinds], rtol=1e-12)
    both = before + after
    tested = np.unique(both[found.kinds])
    others = np.unique(np.delete(both, found.kinds))
    assert tested.min() > others.max()
    laws = count_laws(0.05, before.sum() / both.sum())
    assert laws.smallest_p()[tested.min()] <= 0.05 < laws.smallest_p()[others.max()]


@pytest.mark.parametrize(("n_before", "n_after"), [(20_000, 20_000), (20_000, 80_000),
                                                   (20_000, 5_000)])  # fmt: skip
def test_repeats_are_hardly_ever_called_and_fishers_test_calls_many(n_before, n_after):
    rng, calls, fisher = np.random.default_rng(2), [], 0
    for _ in range(40):
        found = called_changes(draw(rng, n_before, 0.1), draw(rng, n_after, 0.1), dispersion=0.1)
        calls.append((found.calls != 0).any())
        fisher += (found.fisher_q < 0.05).sum()
        # Conditional tests of small counts keep below the level.
        assert (found.p_values < 0.05).mean() < 0.07
    # Where nothing changed every call is false: q promises at most one family in twenty.
    assert sum(calls) <= 7
    assert fisher > 300


def test_the_share_of_false_calls_is_what_q_promises_and_more_is_found_than_by_the_plain_rule():
    rng, false, right, plain = np.random.default_rng(3), 0, 0, 0
    factor = np.ones(SHARES.size)
    factor[100:2_100:20] = 6.0
    # What rises in sum is what falls, so that the share of all others stays.
    factor[110:2_110:20] = max(0.0, 1 - 5 * SHARES[100:2_100:20].sum() / SHARES[110:2_110:20].sum())
    whole = (SHARES * factor).sum()
    for _ in range(15):
        before, after = draw(rng, 40_000, 0.05), draw(rng, 40_000, 0.05, factor / whole)
        found = called_changes(before, after, dispersion=0.05, with_fisher=False)
        up = found.kinds[found.calls > 0]
        right += (factor[up] > 1).sum()
        false += (factor[up] <= 1).sum()
        plain += ((q_values(found.p_values) < 0.05) & (factor[found.kinds] > 1)).sum()
    assert false / (false + right) < 0.05
    assert right > 1.1 * plain


def test_the_interval_of_the_fold_change_holds_the_truth():
    rng, inside, wide = np.random.default_rng(4), 0, 0
    for _ in range(10):
        found = called_changes(draw(rng, 20_000, 0.05), draw(rng, 60_000, 0.05), dispersion=0.05)
        inside += ((found.ci_low < 1) & (found.ci_high > 1)).sum()
        wide += found.kinds.size
    # Counts are whole, so that the interval of Clopper and Pearson holds it more often.
    assert 0.94 < inside / wide < 0.999


def test_a_kind_that_was_not_seen_before_has_no_upper_end():
    found = called_changes([0, 100, 100], [40, 100, 0], dispersion=0.01)
    assert found.calls.tolist() == [1, 0, -1]
    assert np.isinf(found.ci_high[0])
    assert found.ci_low[2] == 0.0
    assert found.fold_changes[0] == pytest.approx((40.5 / 140) / (0.5 / 200))


def test_singletons_by_chance_are_those_that_pass_in_the_law():
    # Fifty kinds of twelve: with one before and eleven after the p-value is 2 * 13 / 4096.
    before, after = np.r_[np.full(50, 1), 950], np.r_[np.full(50, 11), 450]
    found = called_changes(before, after, dispersion=0.0)
    assert (found.calls[:50] == 1).all()
    assert found.n_singletons_by_chance == pytest.approx(50 * 12 / 4096, rel=1e-3)


def test_an_empty_sample_has_no_tests():
    found = called_changes([0, 0], [3, 4], dispersion=0.1)
    assert found.kinds.size == 0
    assert found.n_singletons_by_chance == 0.0
