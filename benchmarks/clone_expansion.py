"""Test 100,000 clones in each of 100 pairs of samples; print seconds of one core beside peers'.

Run from the root of the repository: ``python benchmarks/clone_expansion.py [PAIRS]``. Ours gives
the over-dispersed test with q-values, fold changes with intervals and Fisher's test of every tested
clone. Peers, none of which knows over-dispersion: a loop of ``scipy.stats.fisher_exact`` over a
random 1,000 of the clones of one pair, scaled to all; over whole arrays, twice the smaller tail of
Fisher's test by ``scipy.stats.hypergeom`` and of the binomial test by ``scipy.special.bdtr``, each
with q-values. Agreement: our p-values of Fisher's test with the loop's, and our p-values without
over-dispersion with the binomial ones.
"""

import sys
import time

import numpy as np
import scipy
from scipy import special, stats

from macroimmune.statistics import called_changes, changed_counts, fisher_of_counts, q_values

CLONES, DEPTH, LOOPED = 100_000, 200_000, 1_000


def drawn_pairs(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return counts of the same clones before and after; clones seen in neither are none."""
    rng = np.random.default_rng(1)
    shares = (np.arange(1, 8 * CLONES + 1) + 5.0) ** -1.05
    shares /= shares.sum()
    pairs = []
    for _ in range(n):
        one, two = (
            rng.poisson(DEPTH * shares * rng.gamma(20.0, 0.05, shares.size)) for _ in range(2)
        )
        seen = np.flatnonzero(one + two)[:CLONES]
        pairs.append((one[seen], two[seen]))
    return pairs


def by_hypergeometric_arrays(one: np.ndarray, two: np.ndarray) -> None:
    """Compute twice the smaller tail of Fisher's test of every clone, and its q-value."""
    law = stats.hypergeom(one.sum() + two.sum(), one + two, one.sum())
    q_values(np.minimum(1.0, 2.0 * np.minimum(law.cdf(one), law.sf(one - 1))))


def by_binomial_arrays(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return twice the smaller binomial tail of every clone, and its q-value."""
    m, share = one + two, one.sum() / (one.sum() + two.sum())
    lower, upper = special.bdtr(one, m, share), special.bdtrc(one - 1, m, share)
    p = np.minimum(1.0, 2.0 * np.minimum(lower, np.where(one > 0, upper, 1.0)))
    q_values(p)
    return p


def by_loop(one: np.ndarray, two: np.ndarray, n: int, n_other: int) -> np.ndarray:
    """Return Fisher's p-values, one clone after the other."""
    return np.array([
        stats.fisher_exact([[k, n - k], [m, n_other - m]]).pvalue
        for k, m in zip(one.tolist(), two.tolist(), strict=True)
    ])


def main(n: int) -> None:
    """Print seconds, ratios and agreement."""
    pairs, few = drawn_pairs(n), min(n, 5)
    sizes = [len(one) for one, _ in pairs]
    print(f"numpy {np.__version__}, scipy {scipy.__version__}; {n} pairs of {min(sizes):,} clones")
    called_changes(*pairs[0], dispersion=0.05)  # compiled once, not timed
    start = time.process_time()
    calls = [called_changes(one, two, dispersion=0.05) for one, two in pairs]
    ours = time.process_time() - start
    start = time.process_time()
    arrays = [by_binomial_arrays(one, two) for one, two in pairs]
    vectorised = time.process_time() - start
    start = time.process_time()
    for one, two in pairs[:few]:
        by_hypergeometric_arrays(one, two)
    fisher_arrays = (time.process_time() - start) * n / few
    one, two = pairs[0]
    some = np.random.default_rng(2).choice(len(one), LOOPED, replace=False)
    totals = int(one.sum()), int(two.sum())
    start = time.process_time()
    loop = by_loop(one[some], two[some], *totals)
    looped = (time.process_time() - start) * sum(sizes) / LOOPED
    print(f"ours {ours:.2f} s; {np.mean([len(call.kinds) for call in calls]):,.0f} tested per pair")
    print(f"fisher_exact loop {looped:,.0f} s (from {LOOPED:,} clones): {looped / ours:,.0f} x")
    print(f"arrays of hypergeom {fisher_arrays:.2f} s (from {few}): {fisher_arrays / ours:.1f} x")
    print(f"arrays of bdtr {vectorised:.2f} s: {vectorised / ours:.1f} x")
    fisher = fisher_of_counts(one[some], two[some], n_first=totals[0], n_second=totals[1])
    plain = changed_counts(one, two, dispersion=0.0, is_measured=True).p_values
    print(f"largest relative difference from the loop {np.max(np.abs(fisher / loop - 1)):.1e}, "
          f"from the arrays {np.max(np.abs(plain / arrays[0] - 1)):.1e}")  # fmt: skip
    changed = np.mean([(call.calls != 0).sum() for call in calls])
    by_fisher = np.mean([(call.fisher_q < 0.05).sum() for call in calls])
    print(
        f"of these repeats called changed per pair: {changed:.2f}; by Fisher's test {by_fisher:.1f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
