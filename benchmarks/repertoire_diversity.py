"""Hill numbers at equal coverage by formula against drawing 100 times with numpy.

Run from the root of the repository: ``python benchmarks/repertoire_diversity.py [repertoires]``.
200 repertoires of 100,000 clonotypes; the peer thins a stated few of them, each 100 times, to the
size at which it has the coverage, without replacement, by the faster of two ways (multivariate
hypergeometric counts, or a choice of individuals); its seconds are those per repertoire times the
number of repertoires. Compiling is done before and not timed.
"""

import sys
import time

import numpy as np

from macroimmune.statistics import coverage_at, diversity_at, frequency_counts

CLONOTYPES = 100_000
DRAWS = 100
PEER = 4


def repertoire(rng: np.random.Generator) -> np.ndarray:
    """Return counts of 100,000 clonotypes of a power law, about 400,000 to 800,000 templates."""
    shares = rng.pareto(rng.uniform(0.9, 1.3), 4 * CLONOTYPES) + 1.0
    counts = rng.poisson(rng.uniform(0.25, 0.4) * shares)
    seen = counts[counts > 0]
    return np.minimum(rng.permutation(seen)[:CLONOTYPES], 50_000)


def by_counts(counts: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the counts of a subsample."""
    return rng.multivariate_hypergeometric(counts, size, method="marginals")


def by_choice(counts: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the counts of a subsample, by choosing individuals."""
    owners = np.repeat(np.arange(counts.size), counts)
    chosen = rng.choice(owners, size, replace=False, shuffle=False)
    return np.bincount(chosen, minlength=counts.size)


def faster(counts: np.ndarray, size: int, rng: np.random.Generator):
    """Return the faster of both ways for this repertoire."""
    seconds = {}
    for way in (by_counts, by_choice):
        start = time.perf_counter()
        for _ in range(3):
            way(counts, size, rng)
        seconds[way] = time.perf_counter() - start
    return min(seconds, key=seconds.get)


def drawn(counts: np.ndarray, size: int, way, rng: np.random.Generator) -> np.ndarray:
    """Return mean kinds, entropy, and concentration of subsamples, with their errors."""
    found = np.empty((DRAWS, 3))
    for i in range(DRAWS):
        taken = way(counts, size, rng)
        p = taken[taken > 0] / size
        found[i] = p.size, -(p * np.log(p)).sum(), (p**2).sum()
    return np.stack([found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(DRAWS)])


def main() -> None:
    """Time both on the same repertoires and compare what they find."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = np.random.default_rng(7)
    repertoires = [repertoire(rng) for _ in range(number)]
    kinds = [counts.size for counts in repertoires]
    print(
        f"numpy {np.__version__}; {number} repertoires, {min(kinds):,} to {max(kinds):,} "
        f"clonotypes, {min(c.sum() for c in repertoires):,} to "
        f"{max(c.sum() for c in repertoires):,} templates"
    )
    warm = frequency_counts(repertoires[0])
    diversity_at(warm, coverages=[0.5])

    start = time.perf_counter()
    samples = [frequency_counts(counts) for counts in repertoires]
    coverage = min(float(coverage_at(one, [2.0 * one.n])[0]) for one in samples)
    # Extrapolated samples have no resampling to be compared with: the lowest own coverage too.
    lowest = min(float(coverage_at(one, [float(one.n)])[0]) for one in samples)
    level = min(coverage, lowest) - 1e-6
    found = [diversity_at(one, coverages=[level]) for one in samples]
    ours = time.perf_counter() - start
    print(f"ours: {ours:.2f} s for all, with standard errors, at coverage {level:.4f}")

    worst = 0.0
    way = faster(repertoires[0], round(float(found[0].size[0])), rng)
    start = time.perf_counter()
    resampled = [
        drawn(counts, round(float(one.size[0])), way, rng)
        for counts, one in zip(repertoires[:PEER], found, strict=False)
    ]
    peer = (time.perf_counter() - start) / len(resampled) * number
    for sample, one, (mean, error) in zip(samples, found, resampled, strict=False):
        here = diversity_at(sample, sizes=[round(float(one.size[0]))]).log_hill[0]
        expected = np.array([np.exp(here[0]), here[1], np.exp(-here[2])])
        worst = max(worst, float(np.abs((expected - mean) / error).max()))
    way_name = way.__name__
    print(
        f"peer: {peer:.0f} s for all, from {len(resampled)} of them, {DRAWS} draws each, {way_name}"
    )
    print(f"agreement: at most {worst:.2f} standard errors of the {DRAWS} draws apart")
    print(f"{peer / ours:.0f} times faster")
    if worst > 5.0 or peer / ours < 50:
        sys.exit("FAILED: 50 times, within 5 standard errors")


if __name__ == "__main__":
    main()
