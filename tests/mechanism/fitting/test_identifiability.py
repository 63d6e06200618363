"""What the data fix, of straight toys whose answer is known."""

import numpy as np
import pytest

from macroimmune.mechanism.fitting import (
    RISE,
    Objective,
    ParameterSpace,
    Terms,
    identified,
    slopes_along,
)

WIDE = 3.0
SPACE = ParameterSpace(
    ("fixed", "pair_one", "pair_two", "free", "hinged"),
    np.zeros(5),
    np.full(5, -WIDE),
    np.full(5, WIDE),
    np.zeros(5),
    np.full(5, 1e3),
)
TERMS = Terms(
    ("level", "sum", "claim"),
    ("toy",) * 3,
    np.array([False, False, True]),
    np.array([0.0, 0.0, np.nan]),
    np.array([0.1, 0.1, np.nan]),
    np.array([np.nan, np.nan, -1.0]),
    np.array([np.nan, np.nan, np.inf]),
    np.array([1.0, 1.0, 10.0]),
)


def measured(values):
    log = {name: np.log(value) for name, value in values.items()}
    return np.array([log["fixed"], log["pair_one"] + log["pair_two"], 2 * log["hinged"]])


@pytest.fixture(scope="module")
def ranges():
    objective = Objective(SPACE, TERMS, measured)
    start = np.zeros(5)
    slopes = slopes_along(objective, start, np.arange(5))
    return {
        one.name: one for one in identified(objective, start, objective.measured(start), slopes)
    }


def test_slopes_of_a_straight_toy_are_its_coefficients():
    slopes = slopes_along(Objective(SPACE, TERMS, measured), np.zeros(5), np.arange(5))
    assert slopes == pytest.approx(
        np.array([[1, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 0, 2.0]]), abs=1e-12
    )


def test_slopes_at_an_end_of_the_range_are_one_sided():
    slopes = slopes_along(Objective(SPACE, TERMS, measured), np.full(5, WIDE), np.arange(5))
    assert slopes[0, 0] == pytest.approx(1.0)


def test_a_measured_parameter_is_fixed_within_the_root_of_the_rise(ranges):
    one = ranges["fixed"]
    step = 2 * WIDE / 80
    assert np.log(one.high) == pytest.approx(0.1 * np.sqrt(RISE), abs=step)
    assert one.joint_sd == pytest.approx(0.1, rel=1e-3)
    assert one.held_by == "level"
    assert one.verdict.startswith("fixed by the data")


def test_two_parameters_that_are_measured_as_a_sum_are_fixed_only_together(ranges):
    for name in ("pair_one", "pair_two"):
        assert ranges[name].joint_sd > 100
        assert ranges[name].verdict.startswith("fixed only together")


def test_a_parameter_without_effect_is_not_fixed(ranges):
    one = ranges["free"]
    assert (np.log(one.low), np.log(one.high)) == pytest.approx((-WIDE, WIDE))
    assert one.held_by == ""
    assert one.verdict.startswith("not fixed")


def test_a_claim_bounds_the_side_that_it_sees_beyond_its_edge(ranges):
    one = ranges["hinged"]
    # The claim passes down to -0.5 and costs 10 d / (d + 0.05) below, d twice what it is below.
    distance = 0.05 * RISE / (10 - RISE)
    assert np.log(one.low) == pytest.approx(-0.5 - distance / 2, abs=2 * WIDE / 80)
    assert np.log(one.high) == pytest.approx(WIDE)
    assert one.held_by == "claim"
    assert one.verdict.startswith("bounded on the side")
