"""Errors of counting: cells as patients, depth as biology, repeats of a sample as expansion.

Each is committed on data without any effect and finds much; the kernels that take its place do not.
"""

import numpy as np
import pytest
from scipy import stats

from macroimmune.statistics import (
    changed_counts,
    diversity_at_coverage,
    novel_kinds,
    overdispersed_logistic,
    q_values,
    replicate_dispersion,
)

pytestmark = pytest.mark.slow


def repertoire(rng, n_clones=40_000):
    """Shares of clones by a power law."""
    shares = (np.arange(1, n_clones + 1) + 5.0) ** -1.1
    return shares / shares.sum()


# 4. Cells as n


def test_cells_as_patients_find_much_and_donors_keep_the_level():
    rng, cells, donors, limits = np.random.default_rng(44), [], [], []
    group = np.repeat([0, 1], 6)
    for _ in range(1000):
        n = rng.integers(500, 5000, 12)
        y = rng.binomial(n, rng.beta(0.2 * 30, 0.8 * 30, 12))
        table = [[y[group == g].sum(), (n - y)[group == g].sum()] for g in (0, 1)]
        cells.append(stats.chi2_contingency(table).pvalue)
        found = overdispersed_logistic(y, n, group)
        donors.append(found.p_values[1])
        limits.append((found.ci_low[1], found.ci_high[1]))
    assert np.mean(np.array(cells) < 0.05) > 0.7
    # Three standard errors of a share of 1,000 around 0.05.
    assert 0.03 < np.mean(np.array(donors) < 0.05) < 0.07
    low, high = np.array(limits).T
    assert 0.925 <= ((low <= 1) & (high >= 1)).mean() <= 0.975


# 5. Depth of a repertoire passed over


def test_depth_alone_makes_novel_clones_and_clonality_unless_both_are_matched():
    rng = np.random.default_rng(5)
    shares = repertoire(rng)
    before = rng.multinomial(20_000, shares)
    raw, excess, clonality, matched = [], [], [], []
    afters = [rng.multinomial(depth, shares) for depth in (5_000, 20_000, 80_000)]
    common = min(diversity_at_coverage(after).observed_coverage for after in afters)
    for after in afters:
        found = novel_kinds(before, after)
        raw.append(found.observed)
        excess.append((found.ci_low, found.ci_high))
        whole = after[after > 0] / after.sum()
        clonality.append(1 + (whole * np.log(whole)).sum() / np.log(whole.size))
        matched.append(diversity_at_coverage(after, common - 1e-9))
    assert raw[2] > 5 * raw[0]
    assert all(low < 0 < high for low, high in excess)
    assert max(clonality) - min(clonality) > 0.02
    # At the common coverage the same repertoire has the same diversity within a few percent.
    kinds = np.array([one.hill_numbers for one in matched])
    assert np.ptp(np.log(kinds[:, 0])) < 0.1
    assert np.ptp([one.shannon_clonality for one in matched]) < 0.01


def test_novel_clones_without_any_are_called_at_the_stated_level_and_planted_ones_are_found():
    rng, p_values = np.random.default_rng(55), []
    shares = repertoire(rng, 4000)
    for _ in range(500):
        before, after = (rng.multinomial(n, shares) for n in (2_000, 6_000))
        p_values.append(novel_kinds(before, after).p_value)
    # Three standard errors of a share of 500 around 0.05.
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.08
    limits = []
    for _ in range(200):
        before, after = (rng.multinomial(n, shares) for n in (2_000, 6_000))
        # Counts at which the earlier sample, a third as deep, would have shown them.
        planted = np.concatenate([after, rng.integers(10, 25, 400)])
        found = novel_kinds(np.concatenate([before, np.zeros(400, dtype=int)]), planted)
        limits.append((found.ci_low, found.ci_high))
    low, high = np.array(limits).T
    assert ((low < 400) & (high > 400)).mean() > 0.9
    assert (low > 0).mean() > 0.9


# 6. Fisher's test for expansion


def test_repeats_of_a_sample_are_not_called_expanded():
    rng, fisher, ours = np.random.default_rng(6), [], []
    for _ in range(20):
        mu = np.exp(rng.normal(3.0, 1.2, 1000))
        draw = lambda mu=mu: rng.negative_binomial(2.0, 2.0 / (2.0 + mu))  # noqa: E731
        first, second, third = draw(), draw(), draw()
        dispersion = replicate_dispersion(first, second).dispersion
        tested = changed_counts(first, third, dispersion=dispersion, is_measured=True)
        plain = changed_counts(first, third, dispersion=0.0, is_measured=True)
        seen = ~np.isnan(tested.p_values)
        fisher.append((q_values(plain.p_values[seen]) < 0.05).mean())
        ours.append((tested.p_values[seen] < 0.05).mean())
    assert np.mean(fisher) > 0.3
    # Conditional tests of small counts keep below the level.
    assert 0.02 < np.mean(ours) < 0.06
