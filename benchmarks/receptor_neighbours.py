"""All pairs of CDR3s one substitution apart among 70,000, and all pairs one edit apart.

Run from the root of the repository: ``python benchmarks/receptor_neighbours.py [CDR3S]``, 70,000 by
default: distinct productive TRB CDR3s of the simulator, which draws recombination and no
selection. Peers get the same list of words: scirpy's Hamming calculator (cutoff 1, both cores) and
`nearest_neighbor` and `symdel` of pyrepseq, the faster of which counts. Ours starts from the list
of words too. scirpy and pyrepseq come with ``make bench``; where one is missing that is said.
Each runs on a hundredth first, so that nothing is compiled while the clock runs; of ours the median
of five runs counts, of the peers one run.
"""

import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import polars as pl

from macroimmune.repertoires.neighbours import Within, receptor_pairs
from macroimmune.simulator.repertoires import draw_receptors

CDR3S, SEED, REPEATS = 70_000, 11, 5
# What is asked of ours: so many times as fast as each.
LEAST = {"scirpy": 50.0, "pyrepseq": 20.0}
Pairs = np.ndarray


def drawn_words(n: int) -> list[str]:
    """Return n distinct CDR3s in the order in which they were drawn."""
    rng = np.random.default_rng(SEED)
    words: dict[str, None] = {}
    while len(words) < n:
        words |= dict.fromkeys(draw_receptors(n, "TRB", rng=rng).junctions_aa().to_list())
    return list(words)[:n]


def ours(words: list[str], within: Within = "one substitution") -> Pairs:
    """Return first * n + second of all pairs, in order."""
    frame = pl.DataFrame({"junction_aa": words}).with_columns(v_gene=pl.lit(""))
    first, second = receptor_pairs(frame, within=within)
    return first * len(words) + second


def packed(first: np.ndarray, second: np.ndarray, n: int) -> Pairs:
    """Return pairs as ours are, each once, without those of a word and itself."""
    upper = first < second
    return np.unique(first[upper].astype(np.int64) * n + second[upper])


def scirpy_hamming() -> Callable[[list[str]], Callable[[], Pairs]]:
    """Return what runs scirpy, and then hands its pairs over, which is not timed."""
    from scirpy.ir_dist.metrics import HammingDistanceCalculator

    def run(words: list[str]) -> Callable[[], Pairs]:
        found = HammingDistanceCalculator(n_jobs=2, cutoff=1).calc_dist_mat(np.array(words))

        def pairs() -> Pairs:
            # It stores distances plus one: 1 is the word itself, 2 a substitution.
            table = found.tocoo()
            one = table.data == 2
            return packed(table.row[one], table.col[one], len(words))

        return pairs

    return run


def pyrepseq_search(name: str) -> Callable[[list[str]], Callable[[], Pairs]]:
    """Return what runs one of pyrepseq's searches for substitutions."""
    from pyrepseq import nn

    search = getattr(nn, name)

    def run(words: list[str]) -> Callable[[], Pairs]:
        found = search(words, max_edits=1, custom_distance="hamming", max_custom_distance=1)

        def pairs() -> Pairs:
            table = np.array([(i, j) for i, j, _ in found], dtype=np.int64).reshape(-1, 2)
            low, high = table.min(axis=1), table.max(axis=1)
            return packed(low, high, len(words))

        return pairs

    return run


def seconds_of_ours(words: list[str], within: Within) -> tuple[float, Pairs]:
    """Return the median time and the pairs."""
    ours(words[: len(words) // 100], within)
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        pairs = ours(words, within)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), pairs


def peer(package: str, name: str, make: Callable[[], Callable]) -> Callable | None:
    """Return a peer, or say that it is not there."""
    try:
        print(f"{package} {version(package)}: {name}", flush=True)
        return make()
    except PackageNotFoundError:
        print(f"{package} is not installed; make bench installs it")
        return None


def main() -> None:
    """Print times, ratios and whether the sets of pairs are equal; 1 if one is missed."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else CDR3S
    words = drawn_words(n)
    peers = {
        "scirpy": [("HammingDistanceCalculator", scirpy_hamming)],
        "pyrepseq": [
            ("nearest_neighbor", lambda: pyrepseq_search("nearest_neighbor")),
            ("symdel", lambda: pyrepseq_search("symdel")),
        ],
    }
    own_seconds, own_pairs = seconds_of_ours(words, "one substitution")
    edit_seconds, edit_pairs = seconds_of_ours(words, "one edit")
    print(f"{n} distinct CDR3s, {sum(map(len, words))} letters; numpy {np.__version__}")
    print(f"ours, one substitution: {own_seconds:.3f} s, {own_pairs.size} pairs")
    print(f"ours, one edit:         {edit_seconds:.3f} s, {edit_pairs.size} pairs")
    is_good = True
    for package, searches in peers.items():
        best = np.inf
        for name, make in searches:
            run = peer(package, name, make)
            if run is None:
                continue
            run(words[: max(n // 100, 10)])()
            start = time.perf_counter()
            hand_over = run(words)
            taken = time.perf_counter() - start
            pairs = hand_over()
            equal = np.array_equal(pairs, own_pairs)
            apart = np.setxor1d(pairs, own_pairs).size
            print(
                f"  {taken:.2f} s, {pairs.size} pairs; {apart} differ; {taken / own_seconds:.0f} x"
            )
            is_good &= equal
            best = min(best, taken)
        if np.isfinite(best):
            ratio = best / own_seconds
            print(f"{package}: ours is {ratio:.0f} x as fast, asked {LEAST[package]:.0f} x")
            is_good &= ratio >= LEAST[package] or n < CDR3S
    if not is_good:
        sys.exit(1)


if __name__ == "__main__":
    main()
