import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from macroimmune.simulator.cells.umi_counts import CellContents, _quantile, draw_umi_counts


def contents(count, umis, **others):
    parts = {
        "first": np.zeros(count, dtype=np.int64),
        "second": np.full(count, -1),
        "first_umis": np.full(count, float(umis)),
        "second_umis": np.zeros(count),
        "ambient_umis": np.zeros(count),
        "deviation": np.zeros(count),
    }
    return CellContents(**{**parts, **others})


def counts_of(cells, *, profiles, responses=None, ambient=None, dispersion=0.0, seed=1):
    genes = profiles.shape[1]
    drawn = draw_umi_counts(
        cells,
        profiles,
        np.zeros_like(profiles) if responses is None else responses,
        np.zeros(genes) if ambient is None else ambient,
        np.full(genes, dispersion),
        rng=np.random.default_rng(seed),
    )
    return drawn.toarray()


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-6, 1 - 1e-9), st.floats(1e-4, 500.0), st.floats(0.01, 10.0))
def test_a_count_is_the_quantile_of_the_negative_binomial(chance, mean, phi):
    found = _quantile(chance, mean, phi)
    size = 1.0 / phi
    share = size / (size + mean)
    # Two programs may differ by rounding where the cumulative probability is the chance itself.
    assert nbinom.cdf(found, size, share) >= chance - 1e-9
    assert found == 0 or nbinom.cdf(found - 1, size, share) < chance + 1e-9


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_mean_and_variance_are_those_of_the_negative_binomial(dispersion):
    shares = np.array([[0.001, 0.009, 0.19, 0.8]])
    found = counts_of(contents(40_000, 100.0), profiles=shares, dispersion=dispersion)
    mean = 100.0 * shares[0]
    variance = mean + max(dispersion, 0.01) * mean**2
    # Five standard errors of a mean, and of a variance with a long tail.
    assert np.all(np.abs(found.mean(axis=0) - mean) < 5 * np.sqrt(variance / 40_000))
    assert found.var(axis=0) == pytest.approx(variance, rel=0.1)


def test_two_cells_in_a_droplet_and_free_rna_add_up():
    profiles = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    cells = contents(
        5_000,
        50.0,
        second=np.ones(5_000, dtype=np.int64),
        second_umis=np.full(5_000, 20.0),
        ambient_umis=np.full(5_000, 5.0),
    )
    found = counts_of(cells, profiles=profiles, ambient=np.array([0.0, 0.0, 1.0])).mean(axis=0)
    assert found == pytest.approx([50.0, 20.0, 5.0], rel=0.03)


def test_a_cell_that_responds_more_strongly_has_more_of_the_genes_that_respond():
    profiles, responses = np.array([[0.5, 0.5]]), np.array([[np.log(4.0), 0.0]])
    cells = contents(5_000, 20.0, deviation=np.full(5_000, 0.5))
    found = counts_of(cells, profiles=profiles, responses=responses).mean(axis=0)
    assert found == pytest.approx([20.0, 10.0], rel=0.03)


def test_a_gene_that_is_not_there_is_never_counted():
    found = counts_of(contents(600, 1e4), profiles=np.array([[1.0, 0.0]]), dispersion=3.0)
    assert found[:, 1].sum() == 0
    assert found[:, 0].sum() > 0
