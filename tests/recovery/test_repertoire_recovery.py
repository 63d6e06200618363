"""What repertoires are expected to show at a depth equals what drawn samples show."""

import numpy as np
import pytest
from tests.recovery.true_repertoires import (
    expected_coverage,
    expected_hill,
    size_at_coverage,
    true_morisita_horn,
)

from macroimmune.simulator.repertoires.clone_fractions import CloneFractions

NAIVE = 40_000


def shares(rng: np.random.Generator, naive: float = 0.4) -> CloneFractions:
    listed = rng.pareto(1.3, 2_000) + 0.1
    return CloneFractions((1.0 - naive) * listed / listed.sum(), naive, NAIVE)


def test_expected_hill_numbers_and_coverage_are_the_mean_of_drawn_samples():
    rng = np.random.default_rng(1)
    own = shares(rng)
    everyone = np.append(own.listed, np.full(NAIVE, own.naive / NAIVE))
    size, hill, coverage = 3_000, [], []
    for _ in range(200):
        counts = rng.multinomial(size, everyone)
        p = counts[counts > 0] / size
        hill.append([len(p), -(p * np.log(p)).sum(), (p**2).sum()])
        coverage.append(everyone[counts > 0].sum())
    mean, error = np.mean(hill, axis=0), np.std(hill, axis=0) / np.sqrt(200)
    kinds, exponential, inverse = expected_hill(own, size)
    # Counts are Poisson there, and here a sample of a fixed size: apart by parts in a thousand.
    expected = np.array([kinds, np.log(exponential), 1.0 / inverse])
    assert (np.abs(expected - mean) < 4 * error + 0.001 * mean).all()
    assert expected_coverage(own, size) == pytest.approx(np.mean(coverage), rel=0.003)
    assert size_at_coverage(own, np.mean(coverage)) == pytest.approx(size, rel=0.01)


def test_the_true_overlap_is_one_with_itself_and_counts_naive_clones():
    one, other = shares(np.random.default_rng(1)), shares(np.random.default_rng(2))
    assert true_morisita_horn(one, one) == pytest.approx(1.0)
    everyone = [np.append(own.listed, np.full(NAIVE, own.naive / NAIVE)) for own in (one, other)]
    by_hand = 2 * everyone[0] @ everyone[1] / sum(share @ share for share in everyone)
    assert true_morisita_horn(one, other) == pytest.approx(by_hand, rel=1e-12)
