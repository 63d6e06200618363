import numpy as np
import pytest

from macroimmune.response.dose_response import fitted_series

DOSES = np.array([0.0, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0])


def series(dose, ec50, *, noise=0.02, hill=1.0, n=3, seed=1, **words):
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore"):
        curve = 1 / (1 + (ec50 / dose) ** hill)
    value = np.concatenate([
        scale * (curve + noise * rng.normal(size=dose.size)) - 0.1 for scale in range(1, n + 1)
    ])
    batch = np.repeat([f"plate {one}" for one in range(n)], dose.size)
    return fitted_series(np.tile(dose, n), value, batch, rng=rng, **words)


def test_a_whole_curve_has_an_ec50_with_an_interval_and_both_levels():
    found = series(DOSES, 0.5)
    assert found.ec50_ci_low < 0.5 < found.ec50_ci_high
    assert found.is_plateau_reached
    # Plates of one, two and three times the scale, less 0.1.
    assert found.bottom == pytest.approx(-0.1, abs=0.1)
    assert found.top == pytest.approx(1.9, abs=0.1)
    assert found.monotone_p < 0.01
    assert found.status == ""


def test_doses_that_stop_on_the_slope_leave_the_plateau_open():
    found = series(DOSES[:5], 1.0)
    assert found.is_plateau_reached is False
    assert found.top is found.ec50_ci_high is None
    assert "the plateau is not reached" in found.status
    assert found.bottom is not None
    assert np.isfinite(found.fitted).all()


def test_doses_that_begin_above_the_slope_leave_the_level_without_stimulus_open():
    found = series(DOSES[4:], 0.3)
    assert found.bottom is None
    assert "the level without stimulus is not reached and no well is without" in found.status


def test_an_ec50_beyond_the_doses_is_not_a_number():
    found = series(DOSES[:5], 30.0, noise=0.001)
    assert found.ec50 is None
    assert "EC50 lies above the highest dose, 1" in found.status


def test_a_falling_curve_has_its_top_below_its_bottom():
    rng = np.random.default_rng(2)
    value = 5.0 - 4.0 * DOSES / (0.5 + DOSES) + 0.05 * rng.normal(size=DOSES.size)
    found = fitted_series(DOSES, value, ["a"] * DOSES.size, rng=rng)
    assert found.bottom > 4.5
    assert found.top < 1.5
    assert "one batch: the interval holds the scatter of wells alone" in found.status


def test_levels_that_do_not_follow_the_dose_give_no_curve():
    rng = np.random.default_rng(3)
    found = fitted_series(
        np.tile(DOSES, 3), rng.normal(size=24), np.repeat(["a", "b", "c"], 8), rng=rng
    )
    assert found.ec50 is found.hill is found.top is found.is_plateau_reached is None
    assert found.status.startswith("no response")
    assert found.monotone_p > 0.05
    assert np.isnan(found.fitted).all()


@pytest.mark.parametrize(
    ("dose", "value", "said"),
    [
        ([0, 1, 2], [1, 2, 3], "no EC50: 3 doses: a curve needs 4"),
        ([0, 1, 2, 3], [1, 2, 3, 4], "cannot tell a rise or fall from chance (p of 0.083 at best)"),
        ([0, 1, 2, 3, 4], [1, 1, 1, 1, 1], "no EC50: the values do not vary"),
    ],
)
def test_too_little_gives_a_reason_in_the_place_of_a_curve(dose, value, said):
    found = fitted_series(dose, value, ["a"] * len(dose), rng=np.random.default_rng(1))
    assert said in found.status
    assert found.ec50 is None


def test_a_problem_of_the_values_is_the_status():
    found = series(DOSES, 0.5, problem="doses in several units (nM, pM)")
    assert found.status == "no EC50: doses in several units (nM, pM)"
    assert found.ec50 is None


def test_participants_are_named_where_they_are_the_replicates():
    found = series(DOSES, 0.5, n=2, replicate="participant")
    assert found.status == "two participants: the interval holds the scatter of wells alone"
