import numpy as np
import pytest

from macroimmune.response.score.measurement_error import error_of_mean


def test_a_value_that_is_not_in_the_mean_has_no_part_in_its_error():
    errors = np.array([[0.3, 0.4, np.nan], [np.nan, np.nan, np.nan]])
    assert error_of_mean(errors, 0.0)[0] == pytest.approx(0.25)
    assert np.isnan(error_of_mean(errors, 0.0)[1])


@pytest.mark.parametrize("correlation", [0.0, 0.25, 1.0])
def test_the_error_is_that_of_drawn_means(correlation):
    errors = np.array([0.2, 0.5, 0.9])
    shape = correlation + (1 - correlation) * np.eye(3)
    drawn = np.random.default_rng(1).multivariate_normal(
        np.zeros(3), shape * np.outer(errors, errors), size=200_000
    )
    # 1 % is six standard errors of an SD of 200,000 draws.
    expected = pytest.approx(drawn.mean(axis=1).std(), rel=0.01)
    assert error_of_mean(errors[None], correlation)[0] == expected
