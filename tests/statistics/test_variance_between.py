"""The variance between repeated measurements beyond their known errors."""

import numpy as np
import pytest

from macroimmune.statistics.variance_between import variance_between


def test_with_equal_errors_it_is_the_variance_of_values_less_that_of_errors():
    values, errors = np.array([1.0, 2.0, 4.0]), np.full(3, 0.4)
    found, freedom = variance_between(values, errors, np.zeros(3, int))
    assert found == pytest.approx(np.var(values, ddof=1) - 0.4)
    assert freedom == 2


def test_each_thing_has_a_mean_of_its_own():
    values = np.array([1.0, 2.0, 101.0, 104.0])
    found, freedom = variance_between(values, np.full(4, 0.1), np.array([0, 0, 1, 1]))
    assert found == pytest.approx((0.5 + 4.5) / 2 - 0.1)
    assert freedom == 2


def test_values_that_agree_better_than_their_errors_have_none():
    assert variance_between(np.array([1.0, 1.1]), np.ones(2), np.zeros(2, int)) == (0.0, 1)


def test_a_thing_measured_once_tells_nothing():
    found, freedom = variance_between(np.array([1.0, 5.0]), np.ones(2), np.array([0, 1]))
    assert np.isnan(found)
    assert freedom == 0


def test_with_unequal_errors_the_weighted_sum_of_squares_equals_its_freedom():
    values, errors = np.array([0.2, 1.4, 3.0, 0.9]), np.array([0.05, 0.2, 0.1, 0.4])
    found, freedom = variance_between(values, errors, np.zeros(4, int))
    weights = 1 / (errors + found)
    mean = weights @ values / weights.sum()
    assert weights @ (values - mean) ** 2 == pytest.approx(freedom)
