"""Expansion, migration and transition of labelled cells with 1,000 shuffles, against a plain loop.

Run from the root of the repository: ``python benchmarks/clone_indices.py [cells]``. Ten populations
in three samples; the loop, in numpy, goes through populations as the definitions are written and is
timed on ten shuffles. CPU seconds; the first call of ours compiles and is not timed.
"""

import sys
import time

import numpy as np

from macroimmune.repertoires.cells import CloneQuestion, clone_indices

POPULATIONS, SAMPLES, CLONES, SHUFFLES, TIMED = 10, 3, 3_000, 1_000, 10


def entropies(table: np.ndarray) -> np.ndarray:
    """Return the entropy in bits of each row of counts."""
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    return -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1)


def by_loop(clones: np.ndarray, samples: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return all indices of one labelling."""
    by_label = np.zeros((CLONES, POPULATIONS), int)
    np.add.at(by_label, (clones, labels), 1)
    by_sample = np.zeros((CLONES, SAMPLES), int)
    np.add.at(by_sample, (clones, samples), 1)
    transition, migration = entropies(by_label), entropies(by_sample)
    found = []
    for one in range(POPULATIONS):
        own = by_label[:, one]
        sizes = np.bincount(clones[(labels == one) & (samples == 0)])
        sizes = sizes[sizes > 0]
        found.append(1.0 - entropies(sizes[None, :])[0] / np.log2(len(sizes)))
        found.append(own @ migration / own.sum() / np.log2(SAMPLES))
        found.append(own @ transition / own.sum() / np.log2(POPULATIONS))
        for other in range(one + 1, POPULATIONS):
            both = by_label[:, [one, other]]
            found.append(both.sum(axis=1) @ entropies(both) / both.sum())
    return found


def questions() -> list[CloneQuestion]:
    """Return the same indices as questions, in the same order."""
    shape = (SAMPLES, POPULATIONS + 1)
    label = np.broadcast_to(np.append(np.arange(POPULATIONS), -1), shape)
    sample = np.broadcast_to(np.arange(SAMPLES)[:, None], shape)
    asked = []
    for one in range(POPULATIONS):
        own = label == one
        asked.append(CloneQuestion(own & (sample == 0)))
        asked.append(CloneQuestion(own, sample, SAMPLES))
        asked.append(CloneQuestion(own, label, POPULATIONS))
        for other in range(one + 1, POPULATIONS):
            both = own | (label == other)
            asked.append(CloneQuestion(both, np.where(both, (label == other) * 1, -1), 2))
    return asked


def main() -> None:
    """Draw cells, time both, print seconds and agreement."""
    n_cells = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    rng = np.random.default_rng(1)
    size = np.minimum(rng.zipf(2.2, CLONES), 300).astype(float)
    clones = rng.choice(CLONES, n_cells, p=size / size.sum())
    samples, labels = rng.integers(0, SAMPLES, n_cells), rng.integers(0, POPULATIONS, n_cells)
    asked = questions()
    clone_indices(clones, samples, labels, asked, rng=rng, shuffles=2, resamples=2)
    start = time.process_time()
    found = clone_indices(clones, samples, labels, asked, rng=rng, shuffles=SHUFFLES)
    ours = time.process_time() - start
    start = time.process_time()
    for _ in range(TIMED):
        by_loop(clones, samples, rng.permutation(labels))
    loop = (time.process_time() - start) / TIMED * SHUFFLES
    apart = np.abs(found.value - by_loop(clones, samples, labels)).max()
    print(
        f"{n_cells:,} cells, {len(asked)} indices, {SHUFFLES:,} shuffles and resamples: "
        f"{ours:.2f} s CPU; numpy loop {loop:.1f} s ({loop / ours:.0f} times), numpy "
        f"{np.__version__}; largest difference {apart:.1e}"
    )


if __name__ == "__main__":
    main()
