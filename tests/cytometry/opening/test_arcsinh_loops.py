import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.opening.arcsinh_loops import arcsinh_piece, large_shift

SMALLEST_NORMAL = np.finfo(np.float32).tiny


def transformed(values, cofactor):
    """Return the transformed values; huge ones apart, as they have a loop of their own."""
    inverse = np.float32(1 / cofactor)
    shift = np.float32(large_shift(1 / cofactor))
    found = np.empty_like(values)
    is_plain = np.abs(values.astype(np.float64)) / cofactor < 9e8
    for chosen in (is_plain, ~is_plain):
        part = values[chosen]
        target = np.empty_like(part)
        n_missing = arcsinh_piece(part, inverse, shift, target)
        assert n_missing == np.isnan(target).sum()
        found[chosen] = target
    return found


@pytest.mark.parametrize("cofactor", [1e-6, 0.1, 1.0, 5.0, 150.0, 1e9])
def test_every_part_of_single_precision_is_within_five_in_ten_million(cofactor):
    # Every 100,003rd of the 2^32 bit patterns: all signs, exponents, denormals.
    values = np.arange(0, 2**32, 100_003, dtype=np.uint32).view(np.float32)
    values = values[np.isfinite(values)]
    assert len(values) > 40_000
    truth = np.arcsinh(values.astype(np.float64) / cofactor)
    found = transformed(values, cofactor)
    is_normal = np.abs(truth) >= SMALLEST_NORMAL
    np.testing.assert_allclose(found[is_normal], truth[is_normal], rtol=5e-7, atol=0)
    # Below the normal numbers there are steps of 1.4e-45 only.
    np.testing.assert_allclose(found[~is_normal], truth[~is_normal], rtol=0, atol=2.9e-45)


def test_what_is_not_finite_is_missing():
    found = transformed(np.array([np.nan, np.inf, -np.inf], np.float32), 5.0)
    assert np.isnan(found).all()


def test_rare_values_change_none_of_those_beside_them():
    values = np.array([1.0, np.nan, -3.0, 1e30, 0.0, -0.0, np.inf, 250.0], np.float32)
    target = np.empty_like(values)
    inverse, shift = np.float32(0.2), np.float32(large_shift(0.2))
    assert arcsinh_piece(values, inverse, shift, target) == 2
    usual = np.isfinite(values) & (np.abs(values) < 1e9)
    np.testing.assert_array_equal(target[usual], transformed(values[usual], 5.0))


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
        assert next_one >= there - 5e-7 * abs(there)
