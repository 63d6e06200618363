import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, cox_spline, natural_spline_basis

GRID = np.arange(0, 4.25, 0.5)


def test_knots_and_basis_equal_r(cohort, tied, expected):
    effect = cox_spline(tied, cohort["x2"], GRID)
    np.testing.assert_allclose(effect.knots, expected("spline", "knots", "knots"))
    columns = expected("spline", "basis", "columns").reshape(2, -1).T
    np.testing.assert_allclose(natural_spline_basis(GRID, effect.knots), columns, atol=1e-12)


@pytest.mark.parametrize(("case", "reference"), [("plain", None), ("strata", 1.0)])
def test_the_curve_equals_r(case, reference, cohort, tied, expected):
    strata = cohort["stratum"] if case == "strata" else None
    effect = cox_spline(tied, cohort["x2"], GRID, strata=strata, reference=reference)
    for name in ("log_hazard_ratio", "ci_low", "ci_high"):
        answer = expected("spline", case, name)
        np.testing.assert_allclose(getattr(effect, name), answer, rtol=1e-6, atol=1e-9)


def test_the_tests_equal_rms(cohort, tied, expected):
    effect = cox_spline(tied, cohort["x2"], GRID)
    # rms stops its search earlier than we do.
    for name in ("p_overall", "p_nonlinear"):
        answer = expected("spline", "plain", name)[0]
        np.testing.assert_allclose(getattr(effect, name), answer, rtol=1e-5)


def test_a_curved_effect_is_found_and_a_straight_one_is_not_called_curved():
    rng = np.random.default_rng(11)
    x, event = rng.normal(size=800), np.ones(800, bool)
    bowl = Survival(time=rng.exponential(np.exp(-(x**2))), event=event)
    line = Survival(time=rng.exponential(np.exp(-x)), event=event)
    assert cox_spline(bowl, x, [0.0]).p_nonlinear < 1e-6
    straight = cox_spline(line, x, [0.0, 1.0])
    assert straight.p_nonlinear > 0.01
    assert straight.ci_low[1] < np.e < straight.ci_high[1]


def test_the_basis_is_straight_beyond_the_outer_knots():
    beyond = natural_spline_basis([3.0, 4.0, 5.0, 6.0], [0.0, 1.0, 2.0])
    np.testing.assert_allclose(np.diff(beyond, n=2, axis=0), 0, atol=1e-12)
    before = natural_spline_basis([-3.0, -2.0], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(before[:, 1], 0)


@pytest.mark.parametrize(
    "x", [np.repeat([0.0, 1.0], 20), np.zeros(40), np.append(np.zeros(39), 1.0)]
)
def test_too_few_different_values_are_a_status(x):
    survival = Survival(time=np.arange(1.0, 41), event=np.ones(40, bool))
    effect = cox_spline(survival, x, GRID)
    assert "too few different values" in effect.status
    assert np.isnan(effect.hazard_ratio).all()
    assert np.isnan(effect.p_nonlinear)


def test_no_participants_are_a_status():
    effect = cox_spline(Survival(time=np.array([]), event=np.array([], bool)), [], GRID)
    assert "no participants" in effect.status


@pytest.mark.parametrize("knots", [[1.0, 2.0], [1.0, 1.0, 2.0]])
def test_knots_that_do_not_ascend_are_refused(knots):
    with pytest.raises(InputError, match="ascending knots"):
        natural_spline_basis([1.0], knots)


def test_two_markers_at_once_are_refused(tied, cohort):
    with pytest.raises(InputError, match="one marker"):
        cox_spline(tied, cohort["x"], GRID)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-100, 100))
def test_the_curve_does_not_depend_on_the_unit_of_the_marker(seed, factor, shift):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=60)
    survival = Survival(time=rng.exponential(size=60), event=rng.random(60) < 0.8)
    one = cox_spline(survival, x, GRID)
    other = cox_spline(survival, x * factor + shift, GRID * factor + shift)
    np.testing.assert_allclose(other.log_hazard_ratio, one.log_hazard_ratio, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(other.p_nonlinear, one.p_nonlinear, rtol=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_curve_never_fits_worse_than_the_line(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=60)
    survival = Survival(time=rng.exponential(size=60), event=rng.random(60) < 0.8)
    line = cox(survival, x)
    knots = cox_spline(survival, x, GRID).knots
    curve = cox(survival, natural_spline_basis(x, knots))
    assert curve.log_likelihood >= line.log_likelihood - 1e-9
