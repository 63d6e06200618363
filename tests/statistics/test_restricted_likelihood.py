import numpy as np
import pytest
from scipy.optimize import approx_fprime

from macroimmune.statistics.restricted_likelihood import repeated_blocks, restricted_likelihood


@pytest.fixture
def blocks():
    rng = np.random.default_rng(5)
    who = np.sort(rng.integers(0, 9, 40))
    who = np.unique(who, return_inverse=True)[1]
    months = rng.uniform(0, 4, 40)
    x = np.column_stack([np.ones(40), months])
    return repeated_blocks(x, rng.normal(size=40), x, who)


def test_the_deviance_is_that_of_the_whole_covariance_matrix(blocks):
    v = np.array([0.8, 0.5, 0.2, 0.1])
    real = np.arange(blocks.x.shape[1]) < blocks.sizes[:, None]
    x, y = blocks.x[real], blocks.y[real]
    who = np.repeat(np.arange(blocks.sizes.size), blocks.sizes)
    same = who[:, None] == who
    z = x[:, 1]
    whole = v[0] * np.eye(40) + same * (
        v[1] + v[2] * np.outer(z, z) + v[3] * (z[:, None] + z[None, :])
    )
    inverse = np.linalg.inv(whole)
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ y)
    residual = y - x @ beta
    by_hand = (
        np.linalg.slogdet(whole)[1]
        + np.linalg.slogdet(information)[1]
        + residual @ inverse @ residual
        + 38 * np.log(2 * np.pi)
    )
    found = restricted_likelihood(blocks, v)
    assert found.deviance == pytest.approx(by_hand, rel=1e-12)
    np.testing.assert_allclose(found.coefficients, beta)


def test_the_derivatives_are_those_of_differences(blocks):
    v = np.array([0.8, 0.5, 0.2, 0.1])
    found = restricted_likelihood(blocks, v)
    slope = approx_fprime(v, lambda at: restricted_likelihood(blocks, at).deviance, 1e-7)
    np.testing.assert_allclose(found.gradient, slope, rtol=1e-4, atol=1e-4)
    bend = approx_fprime(v, lambda at: restricted_likelihood(blocks, at).gradient, 1e-7)
    np.testing.assert_allclose(found.hessian, bend, rtol=1e-4, atol=1e-4)
    moved = approx_fprime(v, lambda at: restricted_likelihood(blocks, at).covariance.ravel(), 1e-7)
    np.testing.assert_allclose(
        found.covariance_slopes.reshape(4, -1).T, moved, rtol=1e-4, atol=1e-5
    )


def test_variances_that_make_no_covariance_have_no_likelihood(blocks):
    assert restricted_likelihood(blocks, np.array([0.1, 0.0, 0.0, 5.0])) is None
