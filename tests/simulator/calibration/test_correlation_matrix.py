import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.calibration.correlation_matrix import (
    assembled_correlations,
    latent_correlation,
    nearest_correlations,
)
from macroimmune.simulator.calibration.summaries import rank_correlation


@pytest.mark.parametrize(("r", "share"), [(0.3, 0.5), (-0.4, 0.35), (0.5, 0.6)])
def test_the_latent_correlation_behind_a_threshold_is_recovered(r, share):
    rng = np.random.default_rng(3)
    scores = rng.standard_normal((200_000, 2)) @ np.linalg.cholesky([[1, r], [r, 1]]).T
    is_above = scores[:, 0] > np.quantile(scores[:, 0], 1 - share)
    rho = rank_correlation(is_above.astype(float), scores[:, 1])
    assert latent_correlation(rho, share, None) == pytest.approx(r, abs=0.02)
    assert latent_correlation(rho, None, share) == latent_correlation(rho, share, None)


def test_stated_goes_before_measured_and_measured_before_inflammation():
    names = ("a", "b", "c", "d")
    first = (names, {frozenset(("a", "b")): 0.1, frozenset(("a", "c")): 0.2})
    second = (names, {frozenset(("a", "c")): 0.9, frozenset(("b", "c")): 0.3})
    stated = {frozenset(("a", "b")): -0.5}
    found = assembled_correlations(names, (0.5, 0.5, 0.5, 0.4), [first, second], stated)
    assert found[0, 1] == -0.5
    assert found[0, 2] == 0.2
    assert found[1, 2] == 0.3
    assert found[0, 3] == pytest.approx(0.2)
    np.testing.assert_array_equal(found, found.T)


def test_a_variable_that_stands_for_another_is_not_correlated_with_itself():
    found = assembled_correlations(
        ("a", "b"), (0.0, 0.0), [(("x", "x"), {frozenset(("x",)): 0.7})], {}
    )
    assert found[0, 1] == 0.0


def test_highams_example_has_the_published_nearest_matrix():
    # Higham 2002, section 1: the tridiagonal matrix of ones.
    given_matrix = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    found = nearest_correlations(given_matrix)
    expected = np.array([[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]])
    np.testing.assert_allclose(found, expected, atol=5e-4)


@given(st.integers(0, 10_000))
def test_the_nearest_matrix_can_be_drawn_from_and_a_good_one_stays(seed):
    rng = np.random.default_rng(seed)
    wild = np.tril(rng.uniform(-1, 1, (5, 5)), -1)
    wild = wild + wild.T + np.eye(5)
    found = nearest_correlations(wild)
    np.linalg.cholesky(found)
    np.testing.assert_allclose(np.diag(found), 1.0)
    np.testing.assert_allclose(nearest_correlations(found), found, atol=1e-3)
