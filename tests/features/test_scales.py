import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.features.scales import SCALE_LABELS, is_standardised, natural_scale, scaled


def test_twice_the_value_is_one_more_on_the_doubling_scale():
    steps = np.diff(scaled(np.array([2.0, 4.0, 8.0]), "doubling"))
    np.testing.assert_array_equal(steps, [1.0, 1.0])


def test_a_share_of_zero_keeps_a_place_and_one_above_a_hundred_has_none():
    on_scale = scaled(np.array([0.0, 50.0, 100.0, 101.0]), "share")
    np.testing.assert_allclose(on_scale[:3], [0.0, np.pi / 4, np.pi / 2])
    assert np.isnan(on_scale[3])


def test_negative_values_have_no_root():
    assert np.isnan(scaled(np.array([-1.0]), "root")[0])


def test_an_undeclared_scale_is_refused():
    with pytest.raises(InputError, match="not declared"):
        scaled(np.ones(2), "cubic")


def test_effects_are_per_sd_only_where_the_label_says_so():
    for scale, label in SCALE_LABELS.items():
        assert is_standardised(scale) == label.startswith("per SD")


@pytest.mark.parametrize(
    ("unit", "scale"),
    [("percent", "share"), ("NPX", "npx"), ("pg/mL", "doubling"), ("10^9/L", "root"), ("", "sd")],
)
def test_each_unit_has_its_natural_scale(unit, scale):
    assert natural_scale(unit) == scale


@given(
    st.lists(st.floats(0.001, 100), min_size=2, max_size=20),
    st.sampled_from(["doubling", "share", "root"]),
)
def test_scales_keep_the_order_of_values(values, scale):
    ordered = np.sort(np.array(values))
    assert (np.diff(scaled(ordered, scale)) >= 0).all()


def test_ratios_enter_models_per_doubling():
    assert natural_scale("ratio") == "doubling"
