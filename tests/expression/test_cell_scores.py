"""Scores of cells and of summed counts: by hand, and as a plain loop gives them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from macroimmune.expression.cell_scores import cell_scores, jackknife_error, pseudobulk_scores

SETS = np.array([[True, False], [True, True], [False, True]])


def test_a_score_is_the_mean_of_log1p_counts_per_10000_over_the_genes_with_zeros_too():
    counts = sparse.csr_array(np.array([[2.0, 0.0, 1.0]]))
    first, second = cell_scores(counts, np.array([2000.0]), SETS)[0]
    assert first == pytest.approx((math.log1p(10.0) + 0.0) / 2)
    assert second == pytest.approx((0.0 + math.log1p(5.0)) / 2)


def test_a_cell_without_a_count_and_a_set_without_a_gene_have_no_score():
    members = np.array([[True, False]])
    scores = cell_scores(sparse.csr_array(np.array([[1.0], [0.0]])), np.array([10.0, 0.0]), members)
    assert np.isfinite(scores[0, 0])
    assert np.isnan(scores[1, 0])
    assert np.isnan(scores[:, 1]).all()
    assert np.isnan(pseudobulk_scores(np.array([[1.0]]), np.array([0.0]), members)).all()


@given(
    counts=arrays(np.int64, (4, 3), elements=st.integers(0, 50)),
    rest=arrays(np.int64, 4, elements=st.integers(1, 5000)),
)
def test_scores_are_those_of_a_plain_loop(counts, rest):
    library = counts.sum(axis=1) + rest
    scores = cell_scores(sparse.csr_array(counts), library.astype(float), SETS)
    for cell in range(4):
        for one in range(2):
            genes = np.flatnonzero(SETS[:, one])
            logs = [math.log1p(1e4 * counts[cell, gene] / library[cell]) for gene in genes]
            assert scores[cell, one] == pytest.approx(sum(logs) / len(logs), rel=1e-6)


def test_the_score_of_summed_counts_does_not_depend_on_how_cells_are_cut_up(rng):
    counts, library = rng.poisson(2.0, (6, 3)).astype(float), rng.integers(50, 90, 6).astype(float)
    whole = pseudobulk_scores(counts.sum(axis=0)[None], library.sum()[None], SETS)
    halves = counts.reshape(2, 3, 3).sum(axis=1)
    again = pseudobulk_scores(halves.sum(axis=0)[None], library.sum()[None], SETS)
    assert whole == pytest.approx(again)


def test_the_error_of_a_pseudobulk_is_its_spread_over_repeated_draws_of_cells(rng):
    rates = np.array([0.3, 0.05, 1.0])

    def one_draw():
        # Cells differ beyond Poisson noise.
        counts = rng.poisson(rates * rng.gamma(2.0, 0.5, (400, 1)))
        library = rng.poisson(1500.0, 400) + counts.sum(axis=1)
        parts = np.arange(400) % 20
        sums = np.array([counts[parts == part].sum(axis=0) for part in range(20)], dtype=float)
        of_parts = np.bincount(parts, weights=library, minlength=20)
        score = pseudobulk_scores(sums.sum(axis=0)[None], of_parts.sum()[None], SETS)[0]
        return score, jackknife_error(sums, of_parts, np.bincount(parts), SETS)

    scores, errors = (
        np.array(values) for values in zip(*[one_draw() for _ in range(300)], strict=True)
    )
    spread = scores.std(axis=0, ddof=1)
    # 300 draws know a standard deviation to 4 %.
    assert np.sqrt((errors**2).mean(axis=0)) == pytest.approx(spread, rel=0.15)


def test_too_few_parts_have_no_error():
    sums, library = np.ones((20, 3)), np.full(20, 10.0)
    n_cells = np.zeros(20, dtype=np.int64)
    n_cells[:4] = 1
    assert np.isnan(jackknife_error(sums, library, n_cells, SETS)).all()
