import numpy as np
import pytest
from scipy import stats

from macroimmune.statistics import left_censored_regression
from macroimmune.statistics.imputation_draws import (
    draw_below_limits,
    draw_continuous,
    draw_yes_or_no,
    independent_columns,
)

DRAWS = 400


def test_columns_that_repeat_others_or_do_not_vary_are_left_out():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 30))
    columns = np.column_stack([a, np.full(30, 3.0), 2 * a - 1, b, a + b])
    assert independent_columns(columns).tolist() == [0, 3]
    assert independent_columns(np.empty((30, 0))).size == 0


def test_draws_of_continuous_values_have_the_spread_of_prediction_not_of_the_mean():
    # y = 2 x + noise of SD 1: what is drawn lies around the line with SD 1, not on it.
    rng = np.random.default_rng(2)
    x = rng.normal(size=600)
    y = 2 * x + rng.normal(size=600)
    missing = np.arange(600) >= 400
    drawn = np.array([draw_continuous(y, x[:, None], missing, rng) for _ in range(20)])
    residual = drawn - 2 * x[missing]
    assert abs(residual.mean()) < 0.15
    assert 0.85 < residual.std() < 1.15
    assert np.isin(drawn, y[~missing]).all()


def test_draws_of_yes_or_no_have_the_frequency_of_their_group():
    # 30 of 40 yes where x = 1, 10 of 40 where x = 0.
    rng = np.random.default_rng(3)
    x = np.append(np.repeat([1.0, 0.0], 40), [1.0, 0.0])
    y = np.array([1.0] * 30 + [0.0] * 10 + [1.0] * 10 + [0.0] * 30 + [0.0, 0.0])
    missing = np.arange(82) >= 80
    draws = np.array([draw_yes_or_no(y, x[:, None], missing, rng) for _ in range(DRAWS)])
    np.testing.assert_allclose(draws.mean(axis=0), [0.75, 0.25], atol=0.08)


def test_a_separated_predictor_gives_draws_that_follow_it():
    rng = np.random.default_rng(4)
    x = np.append(np.repeat([0.0, 1.0], 10), 1.0)
    y = np.append(np.repeat([0.0, 1.0], 10), 0.0)
    missing = np.arange(21) == 20
    draws = np.array([draw_yes_or_no(y, x[:, None], missing, rng) for _ in range(100)])
    assert draws.mean() > 0.75


@pytest.mark.parametrize("limit", [-1.0, 0.0, 1.0])
def test_draws_below_a_limit_follow_the_cut_normal_distribution(limit):
    # Many values, so that the parameters are all but certain: mean 0, SD 1.
    rng = np.random.default_rng(5)
    values = rng.normal(size=20_000)
    fit = left_censored_regression(values, values < -9, None, distribution="normal")
    drawn = draw_below_limits(fit, np.full(20_000, limit), np.empty((20_000, 0)), rng)
    assert (drawn <= limit).all()
    # E(x | x < l) = - phi(l) / Phi(l).
    expected = -stats.norm.pdf(limit) / stats.norm.cdf(limit)
    np.testing.assert_allclose(drawn.mean(), expected, atol=0.04)


def test_a_limit_far_below_the_rest_still_gives_finite_draws():
    rng = np.random.default_rng(6)
    values = rng.normal(size=50)
    fit = left_censored_regression(values, values < -9, None, distribution="normal")
    drawn = draw_below_limits(fit, np.full(50, -40.0), np.empty((50, 0)), rng)
    assert np.isfinite(drawn).all()
    assert (drawn <= -40).all()
