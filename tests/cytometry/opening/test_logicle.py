import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.opening import Logicle, inverse_logicle, logicle
from macroimmune.cytometry.opening.logicle import fitted_logicle, logicle_width, put_on_logicle
from macroimmune.errors import InputError

SCALES = [
    (262_144.0, 0.5, 4.5, 0.0),
    (10_000.0, 1.0, 4.0, 0.5),
    (1000.0, 0.0, 4.5, 0.0),
    (262_144.0, 2.25, 4.5, 0.0),
    (4_194_304.0, 1.1, 4.5, 0.3),
    (1000.0, 1.0, 4.0, -0.9),
]
VALUES = np.concatenate([[-5000, -100, -1e-3, 0, 1e-3, 10, 1e3, 1e6], np.geomspace(1, 2e5, 99)])


@pytest.mark.parametrize("parameters", SCALES)
def test_the_scale_is_that_of_flowkit(parameters):
    flowkit = pytest.importorskip("flowkit")
    peer = flowkit.transforms.LogicleTransform(*parameters).apply(VALUES)
    unit = parameters[2] + parameters[3]
    np.testing.assert_allclose(
        logicle(VALUES, Logicle(*parameters)) / unit, peer, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("parameters", SCALES)
def test_there_and_back_is_the_same(parameters):
    scale = Logicle(*parameters)
    back = inverse_logicle(logicle(VALUES, scale), scale)
    np.testing.assert_allclose(back, VALUES, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("parameters", SCALES)
def test_a_column_is_placed_as_value_by_value(parameters):
    scale = Logicle(*parameters)
    for values in (VALUES[np.abs(VALUES) < 8 * parameters[0]], VALUES):
        column = np.append(values, np.nan).astype(np.float32)
        truth = logicle(column, scale)
        put_on_logicle(column, scale)
        np.testing.assert_allclose(column, truth, rtol=1.2e-7, atol=1e-8)


@given(st.floats(-1e6, 1e6), st.floats(0, 2), st.floats(0, 1))
def test_the_scale_rises_and_is_mirrored_at_zero(value, width, negative):
    scale = Logicle(262_144.0, width, 4.5, negative if negative <= 4.5 - 2 * width else 0.0)
    there, mirrored, above, zero = logicle(
        np.array([value, -value, value + abs(value) / 100 + 1, 0.0]), scale
    ).tolist()
    assert there + mirrored == pytest.approx(2 * zero, abs=1e-9)
    assert above > there
    assert zero == pytest.approx(scale.negative + scale.width, abs=1e-9)


def test_the_width_is_that_of_the_fifth_percentile_below_zero():
    # |r| = 100 and T = 262144: (4.5 - log10(2621.44)) / 2 = 0.54073.
    values = np.concatenate([np.full(1000, -100.0), np.full(9, 50.0)]).astype(np.float32)
    assert logicle_width(values, 262_144.0) == pytest.approx(0.54073, abs=1e-5)
    # Nineteen values below zero tell nothing: the usual width.
    assert logicle_width(values[990:], 262_144.0) == 0.5
    # Tiny values below zero need no room, very low ones at most half of the scale.
    assert logicle_width(values * 1e-6, 262_144.0) == 0.0
    assert logicle_width(values * 1e6, 262_144.0) == 2.25


def test_a_channel_without_a_range_ends_at_its_largest_value():
    values = np.array([1, 2, 5000, np.nan], np.float32)
    assert fitted_logicle(values, np.nan).top == 5000
    assert fitted_logicle(values[:0], np.nan).top == 262_144
    assert fitted_logicle(values, 1024.0).top == 1024


@pytest.mark.parametrize(
    "parameters",
    [(0.0, 0.5, 4.5, 0.0), (1e5, -0.1, 4.5, 0.0), (1e5, 2.3, 4.5, 0.0), (1e5, 0.5, 4.5, -0.6)],
)
def test_parameters_that_make_no_scale_are_refused(parameters):
    with pytest.raises(InputError, match="expected T and M above 0"):
        Logicle(*parameters)
