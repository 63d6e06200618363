"""Interferon scores of single cells with and without interferon-beta (``kang_ifnb``).

Run from the root of the repository: ``python benchmarks/interferon_score.py [SETS] [PERMUTATIONS]``
with MACROIMMUNE_DATA naming the folder of the public cohorts. AUC of the score of a cell,
stimulated against control, for the interferon sets, in all cells and in those with a CD3D count;
beside as many sets of other genes that are expressed alike, and beside permuted labels. The peer is
a plain loop in numpy over cells and genes.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata

from macroimmune.evidence import gene_sets
from macroimmune.expression import cell_scores, matched_gene_sets
from macroimmune.formats import AnnotatedMatrix, read_h5ad

SETS, PERMUTATIONS, SEED = 1000, 500, 2021
CONTROL = "ctrl"


def aucs(scores: NDArray[np.float32], is_stimulated: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the probability that a stimulated cell scores higher, for each column."""
    ranks = rankdata(scores, axis=0)
    n = int(is_stimulated.sum())
    below = ranks[is_stimulated].sum(axis=0) - n * (n + 1) / 2
    return np.asarray(below / (n * (scores.shape[0] - n)))


def scores_of(
    matrix: AnnotatedMatrix, sets: list[NDArray[np.int64]]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the scores of cells for sets of columns, and the library of each cell."""
    counts = sparse.csr_array(matrix.values).astype(float)
    members = np.zeros((counts.shape[1], len(sets)), dtype=bool)
    for number, places in enumerate(sets):
        members[places, number] = True
    library = np.asarray(counts.sum(axis=1))
    return cell_scores(counts, library, members), library


def loop_scores(matrix: AnnotatedMatrix, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the scores of cells by a plain loop."""
    counts = sparse.csr_array(matrix.values).toarray()
    found = np.zeros(counts.shape[0])
    for cell, row in enumerate(counts):
        library = float(row.sum(dtype=float))
        found[cell] = sum(np.log1p(1e4 * float(row[gene]) / library) for gene in places)
    return found / places.size


def matched(
    matrix: AnnotatedMatrix, n_sets: int, rng: np.random.Generator
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the places of each interferon set, and those of sets that are expressed alike."""
    place = {gene: number for number, gene in enumerate(matrix.var_names)}
    known = {
        one.id: np.array([place[gene] for gene in one.genes if gene in place])
        for one in gene_sets("interferon")
    }
    excluded = np.zeros(len(place), dtype=bool)
    for places in known.values():
        excluded[places] = True
    level = np.asarray(sparse.csr_array(matrix.values).mean(axis=0))
    return {
        name: (places, matched_gene_sets(level, places, n_sets, excluded=excluded, rng=rng))
        for name, places in known.items()
    }


def main() -> None:
    """Print the AUC of each interferon set beside those of matched sets and permuted labels."""
    given = [int(word) for word in sys.argv[1:3]]
    n_sets, permutations = (*given, *(SETS, PERMUTATIONS)[len(given) :])
    folder = Path(os.environ.get("MACROIMMUNE_DATA", "no folder named")) / "kang_ifnb"
    if not folder.is_dir():
        print("kang_ifnb: absent; MACROIMMUNE_DATA names a folder that holds it")
        return
    matrix = read_h5ad(folder / "kang_ifnb_2000.h5ad")
    is_stimulated = (matrix.obs["condition"] != CONTROL).to_numpy()
    has_cd3d = (
        sparse.csr_array(matrix.values)[:, [matrix.var_names.index("CD3D")]].toarray().ravel() > 0
    )
    rng = np.random.default_rng(SEED)
    for name, (places, sets) in matched(matrix, n_sets, rng).items():
        size = next(len(one.genes) for one in gene_sets() if one.id == name)
        start = time.perf_counter()
        scores, _ = scores_of(matrix, [places])
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        peer = loop_scores(matrix, places)
        loop_seconds = time.perf_counter() - start
        others = aucs(scores_of(matrix, list(sets))[0], is_stimulated)
        shuffled = [aucs(scores, rng.permutation(is_stimulated))[0] for _ in range(permutations)]
        print(f"{name}: {places.size} of {size} genes, {matrix.values.shape[0]} cells")
        print(f"  AUC stimulated v control {aucs(scores, is_stimulated)[0]:.3f}")
        print(
            f"  of {has_cd3d.sum()} cells with CD3D "
            f"{aucs(scores[has_cd3d], is_stimulated[has_cd3d])[0]:.3f}"
        )
        print(
            f"  {n_sets} matched sets: median {np.median(others):.3f}, highest {others.max():.3f}"
        )
        print(
            f"  {permutations} permutations of labels: mean {np.mean(shuffled):.3f}, "
            f"from {min(shuffled):.3f} to {max(shuffled):.3f}"
        )
        print(
            f"  largest difference from a plain loop {np.abs(scores[:, 0] - peer).max():.1e}; "
            f"{seconds:.2f} s against {loop_seconds:.2f} s"
        )


if __name__ == "__main__":
    main()
