import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.opening.arcsinh_loops import arcsinh, large_shift

SMALLEST_NORMAL = np.finfo(np.float32).tiny


def transformed(values, cofactor):
    inverse = np.float32(1 / cofactor)
    shift = np.float32(large_shift(1 / cofactor))
    return np.array([arcsinh(value, inverse, shift) for value in values], np.float32)


@pytest.mark.parametrize("cofactor", [1e-6, 0.1, 1.0, 5.0, 150.0, 1e9])
def test_every_part_of_single_precision_is_within_three_in_ten_million(cofactor):
    # Every 500,009th of the 2^32 bit patterns: all signs, exponents, denormals.
    values = np.arange(0, 2**32, 500_009, dtype=np.uint32).view(np.float32)
    values = values[np.isfinite(values)]
    assert len(values) > 8000
    truth = np.arcsinh(values.astype(np.float64) / cofactor)
    found = transformed(values, cofactor)
    is_normal = np.abs(truth) >= SMALLEST_NORMAL
    np.testing.assert_allclose(found[is_normal], truth[is_normal], rtol=3e-7, atol=0)
    # Below the normal numbers there are steps of 1.4e-45 only.
    np.testing.assert_allclose(found[~is_normal], truth[~is_normal], rtol=0, atol=2.9e-45)


def test_what_is_not_finite_is_missing():
    found = transformed(np.array([np.nan, np.inf, -np.inf], np.float32), 5.0)
    assert np.isnan(found).all()


@given(
    st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from([5.0, 150.0, 1e-3])
)
def test_the_scale_is_odd_and_rises(value, cofactor):
    with np.errstate(over="ignore"):
        above = np.nextafter(np.float32(value), np.float32(np.inf))
    there, mirrored, next_one = transformed(
        np.array([value, -value, above], np.float32), cofactor
    ).tolist()
    assert there == -mirrored
    if math.isfinite(above):
        assert next_one >= there - 3e-7 * abs(there)
