from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import hill_curve

FOLDER = Path(__file__).parents[2] / "reference" / "dose_response"
DOSES = np.array([0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0])
BATCHES = np.repeat(["a", "b", "c"], DOSES.size)


def curve(dose, ec50, hill, bottom, top):
    with np.errstate(divide="ignore"):
        return bottom + (top - bottom) / (1 + (ec50 / dose) ** hill)


def three_plates(seed=1, noise=0.03):
    rng = np.random.default_rng(seed)
    parts = [
        curve(DOSES, 0.4, 1.3, -5 * scale, 100 * scale)
        + 100 * scale * noise * rng.normal(size=DOSES.size)
        for scale in (1.0, 6.0, 0.3)
    ]
    return np.tile(DOSES, 3), np.concatenate(parts)


def test_nls_of_r_gives_the_same_curve_of_one_plate(expected):
    assay = pl.read_csv(FOLDER / "dnase.csv").filter(pl.col("run") == 1)
    found = hill_curve(assay["conc"], assay["density"], ["run 1"] * assay.height)
    answer = expected("dose_response", "run 1", "curve")
    curve = [found.bottoms[0], found.tops[0], np.log(found.ec50), 1 / found.hill]
    # nls stops at changes of a millionth; its interval is read off a spline.
    np.testing.assert_allclose(curve, answer, rtol=2e-5)
    interval = [found.ci_low, found.ci_high]
    np.testing.assert_allclose(interval, expected("dose_response", "run 1", "interval"), rtol=2e-4)
    sd = expected("dose_response", "run 1", "residual_sd")
    assert found.residual_sd == pytest.approx(float(np.squeeze(sd)), rel=1e-6)


def test_nls_of_r_gives_the_same_falling_curve_with_wells_without_a_stimulus(expected):
    wells = pl.read_csv(FOLDER / "falling.csv")
    found = hill_curve(wells["dose"], wells["value"], ["a"] * wells.height, rising=False)
    answer = expected("dose_response", "falling", "curve")
    curve = [found.bottoms[0], found.tops[0], np.log(found.ec50), found.hill]
    np.testing.assert_allclose(curve, answer, rtol=2e-5)
    interval = [found.ci_low, found.ci_high]
    np.testing.assert_allclose(
        interval, expected("dose_response", "falling", "interval"), rtol=2e-4
    )


def test_optim_of_r_gives_the_same_curve_of_eleven_plates(expected):
    assay = pl.read_csv(FOLDER / "dnase.csv")
    found = hill_curve(assay["conc"], assay["density"], assay["run"])
    answer = expected("dose_response", "runs in proportion", "curve")
    assert found.is_noise_in_proportion
    squares = found.residual_sd**2 * found.degrees_of_freedom
    # The simplex of optim finds the place of the minimum to some six digits.
    np.testing.assert_allclose([found.ec50, found.hill, squares], answer, rtol=1e-5)
    assert found.degrees_of_freedom == 176 - 2 * 11 - 2
    assert found.n_batches == 11


def test_plates_of_different_scale_share_one_ec50():
    dose, value = three_plates(noise=0.0)
    found = hill_curve(dose, value, BATCHES)
    assert found.ec50 == pytest.approx(0.4, rel=1e-5)
    assert found.hill == pytest.approx(1.3, rel=1e-5)
    np.testing.assert_allclose(found.bottoms, [-5, -30, -1.5], rtol=1e-4)
    np.testing.assert_allclose(found.tops, [100, 600, 30], rtol=1e-5)
    np.testing.assert_allclose(found.fitted, value, atol=1e-2)


def test_the_interval_of_three_plates_is_the_jackknife_over_them():
    dose, value = three_plates()
    found = hill_curve(dose, value, BATCHES)
    left = [
        np.log10(hill_curve(dose[k], value[k], BATCHES[k]).ec50)
        for k in (name != BATCHES for name in ("a", "b", "c"))
    ]
    error = np.sqrt(2 / 3 * np.sum((left - np.mean(left)) ** 2))
    assert found.between_batches_se == pytest.approx(error, rel=1e-6)
    # The 97.5th percentile of t with two degrees of freedom.
    assert np.log10(found.ci_high / found.ec50) == pytest.approx(4.302653 * error, rel=1e-5)


def test_of_many_batches_groups_are_left_out():
    rng = np.random.default_rng(8)
    dose, batch = np.tile(DOSES, 30), np.repeat(np.arange(30), DOSES.size)
    value = curve(dose, 0.4, 1.3, 0.0, 100.0) + rng.normal(0, 5, dose.size)
    found = hill_curve(dose, value, batch)
    left = [
        np.log10(hill_curve(dose[k], value[k], batch[k]).ec50)
        for k in (batch % 20 != group for group in (0, 7))
    ]
    assert np.ptp(left) > 0
    # The 97.5th percentile of t with 19 degrees of freedom.
    reach = 2.093024 * found.between_batches_se
    assert np.log10(found.ci_high / found.ec50) == pytest.approx(reach, rel=1e-5)
    assert found.ci_low < 0.4 < found.ci_high


def test_a_step_between_two_doses_is_told_by_the_bound_of_the_coefficient():
    found = hill_curve([0, 1, 2, 3, 4, 5], [0, 0, 0, 9, 9, 9], ["a"] * 6)
    assert "at its bound of 8" in found.status


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 100), st.floats(-50, 50), st.floats(1e-6, 1e6), st.integers(0, 9))
def test_units_of_value_and_dose_change_nothing_else(scale, level, unit, seed):
    dose, value = three_plates(seed)
    one = hill_curve(dose, value, BATCHES)
    other = hill_curve(dose * unit, level + scale * value, BATCHES)
    # The search lies on a grid of log dose that moves with the unit.
    assert other.ec50 / unit == pytest.approx(one.ec50, rel=1e-4)
    assert other.ci_high / other.ec50 == pytest.approx(one.ci_high / one.ec50, rel=1e-3)


def test_a_rising_curve_turned_over_is_the_falling_one():
    dose, value = three_plates()
    up, down = hill_curve(dose, value, BATCHES), hill_curve(dose, -value, BATCHES, rising=False)
    assert down.ec50 == up.ec50
    np.testing.assert_allclose(down.tops, -up.tops)


def test_an_interval_has_no_end_where_the_doses_stop_on_the_slope():
    rng = np.random.default_rng(6)
    dose = np.tile(DOSES[:6], 3)
    value = curve(dose, 3.0, 1.0, 0.0, 100.0) + rng.normal(0, 1.5, dose.size)
    found = hill_curve(dose, value, np.repeat(["a", "b", "c"], 6))
    assert found.ci_high == np.inf
    assert 0 < found.ci_low < found.ec50


def test_as_many_values_as_parameters_give_no_interval():
    found = hill_curve([0, 1, 3, 10], [1, 2, 5, 6], ["a"] * 4)
    assert "no interval" in found.status
    assert (found.ci_low, found.ci_high) == (0.0, np.inf)


@pytest.mark.parametrize(
    ("dose", "value", "reason"),
    [([0, 1, 2, 2], [1, 2, 3, 4], "3 doses"), ([0, 1, 2, 3], [1, 1, 1, 1], "do not vary")],
)
def test_where_there_is_no_curve_the_status_says_why(dose, value, reason):
    found = hill_curve(dose, value, ["a"] * 4)
    assert reason in found.status
    assert np.isnan([found.ec50, found.ci_low, found.hill]).all()


def test_doses_given_as_logarithms_and_missing_values_are_refused():
    with pytest.raises(InputError, match="not as logarithms"):
        hill_curve([-9, -8, -7, -6], [1, 2, 3, 4], ["a"] * 4)
    with pytest.raises(InputError, match="leave out missing"):
        hill_curve([0, 1, 2, 3], [1, 2, np.nan, 4], ["a"] * 4)
