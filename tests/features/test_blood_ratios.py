import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from macroimmune.errors import InputError
from macroimmune.features import blood_ratios as ratios

# Counts as analysers give them: zero, or at least 0.001 x 10^9/L.
COUNTS = arrays(float, 5, elements=st.just(0.0) | st.floats(0.001, 100))


def test_the_ratio_of_six_and_one_and_a_half_is_four():
    assert ratios.neutrophil_lymphocyte_ratio(np.array([6.0]), np.array([1.5]))[0] == 4.0


def test_zero_lymphocytes_are_missing_and_never_infinite():
    assert np.isnan(ratios.neutrophil_lymphocyte_ratio(np.array([6.0]), np.array([0.0]))[0])


def test_negative_counts_are_refused():
    with pytest.raises(InputError, match="cannot be negative"):
        ratios.neutrophil_lymphocyte_ratio(np.array([-1.0]), np.array([1.0]))


def test_arrays_of_different_length_are_refused():
    with pytest.raises(InputError, match="one denominator per numerator"):
        ratios.platelet_lymphocyte_ratio(np.ones(3), np.ones(2))


def test_derived_ratio_is_missing_where_neutrophils_exceed_leukocytes():
    derived = ratios.derived_neutrophil_lymphocyte_ratio(np.array([4.0, 7.0]), np.array([6.0, 6.0]))
    assert derived[0] == 2.0
    assert np.isnan(derived[1])


def test_a_part_larger_than_the_whole_has_no_share():
    share = ratios.share_of_leukocytes(np.array([1.5, 9.0]), np.array([6.0, 6.0]))
    assert share[0] == 25.0
    assert np.isnan(share[1])


def test_ldh_of_twice_the_upper_limit_is_two():
    assert ratios.ratio_to_upper_limit(np.array([500.0]), np.array([250.0]))[0] == 2.0


@given(COUNTS, COUNTS, st.floats(0.001, 1000))
def test_a_change_of_unit_leaves_ratios_as_they_are(neutrophils, lymphocytes, factor):
    once = ratios.neutrophil_lymphocyte_ratio(neutrophils, lymphocytes)
    again = ratios.neutrophil_lymphocyte_ratio(neutrophils * factor, lymphocytes * factor)
    known = ~np.isnan(once) & ~np.isnan(again)
    np.testing.assert_allclose(once[known], again[known], rtol=1e-9)


@given(COUNTS, COUNTS, COUNTS)
def test_the_index_is_platelets_times_the_ratio(neutrophils, platelets, lymphocytes):
    index = ratios.systemic_immune_inflammation_index(neutrophils, platelets, lymphocytes)
    ratio = ratios.neutrophil_lymphocyte_ratio(neutrophils, lymphocytes)
    np.testing.assert_allclose(index, platelets * ratio, rtol=1e-9)


@given(COUNTS, COUNTS)
def test_lymphocyte_monocyte_ratio_is_the_inverse_of_its_mirror(lymphocytes, monocytes):
    forth = ratios.lymphocyte_monocyte_ratio(lymphocytes, monocytes)
    back = ratios.lymphocyte_monocyte_ratio(monocytes, lymphocytes)
    known = ~np.isnan(forth) & ~np.isnan(back) & (forth > 0) & (back > 0)
    np.testing.assert_allclose(forth[known] * back[known], 1.0, rtol=1e-9)
