from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from macroimmune.errors import InputError
from macroimmune.statistics import isotonic_regression

FOLDER = Path(__file__).parents[2] / "reference" / "dose_response"
values = arrays(float, st.integers(1, 12), elements=st.floats(-1e3, 1e3))


def test_two_violators_share_their_weighted_mean():
    np.testing.assert_allclose(isotonic_regression([1, 4, 2, 5], [1, 1, 3, 1]), [1, 2.5, 2.5, 5])


def test_values_that_fall_throughout_become_their_mean():
    np.testing.assert_allclose(isotonic_regression([5.0, 3.0, 1.0]), 3.0)
    np.testing.assert_allclose(isotonic_regression([5.0, 3.0, 1.0], rising=False), [5, 3, 1])


def test_isoreg_of_r_gives_the_same(expected):
    values = pl.read_csv(FOLDER / "falling.csv").sort("dose", descending=True, maintain_order=True)
    np.testing.assert_allclose(
        isotonic_regression(values["value"]), expected("dose_response", "isotonic", "fitted")
    )


@given(values)
def test_the_fit_is_monotone_keeps_the_mean_and_fits_itself(y):
    fitted = isotonic_regression(y)
    assert (np.diff(fitted) >= -1e-9).all()
    assert fitted.mean() == pytest.approx(y.mean(), abs=1e-9)
    np.testing.assert_allclose(isotonic_regression(fitted), fitted, atol=1e-9)


@given(values)
def test_the_falling_fit_is_the_rising_one_of_the_reversed_order(y):
    falling = isotonic_regression(y, rising=False)
    np.testing.assert_allclose(falling, isotonic_regression(y[::-1])[::-1], atol=1e-9)


@pytest.mark.parametrize(("y", "w"), [([1.0, np.nan], [1, 1]), ([1, 2], [1, 0]), ([1, 2], [1])])
def test_missing_values_and_weights_of_nothing_are_refused(y, w):
    with pytest.raises(InputError, match="one finite value and one positive weight"):
        isotonic_regression(y, w)
