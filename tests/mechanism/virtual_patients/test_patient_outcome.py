import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.mechanism.virtual_patients import (
    Chance,
    OutcomeRules,
    day_of_death,
    lesion_diameter_mm,
    patient_outcome,
    read_scans,
)
from macroimmune.outcomes import BestResponse

NEVER = Chance(death=math.inf, scans=np.zeros(20))
DAYS = np.arange(-1.0, 401.0)
RULES = OutcomeRules(scan_every=50)


def ball(diameter_mm):
    """Return 10^9 cells in a ball of tumour at 10^9 cells per mL."""
    return np.pi / 6.0 * (np.asarray(diameter_mm) / 10.0) ** 3


def outcome_of(diameters_mm, chance=NEVER, rules=RULES):
    """Return the outcome of one lesion with these diameters on the days of the scans."""
    at = [-1.0, *(50.0 * np.arange(1, len(diameters_mm)))]
    course = ball(np.interp(DAYS, at, diameters_mm))
    return patient_outcome(DAYS, course[:, None], chance, rules)


def test_a_tumour_of_one_litre_is_a_ball_of_124_mm():
    assert lesion_diameter_mm(np.array([1000.0]), 1.0, 5.0)[0] == pytest.approx(124.07, abs=0.01)


@settings(deadline=None)
@given(st.floats(0.1, 500.0), st.floats(1.01, 50.0))
def test_eight_times_the_cells_are_twice_the_diameter(cells, density):
    small, large = lesion_diameter_mm(np.array([cells, 8 * cells]), density, 0.0)
    assert large == pytest.approx(2 * small)


@pytest.mark.parametrize(
    ("sums", "best", "progression", "change"),
    [
        ([70.0, 70.0], BestResponse.PARTIAL_RESPONSE, None, -30.0),
        ([70.1, 75.0], BestResponse.STABLE_DISEASE, None, -29.9),
        ([119.9], BestResponse.STABLE_DISEASE, None, 19.9),
        ([120.0], BestResponse.PROGRESSIVE_DISEASE, 0, 20.0),
        ([60.0, 71.9, 72.0], BestResponse.PARTIAL_RESPONSE, 2, -40.0),
        ([0.0, 0.0, 5.0], BestResponse.COMPLETE_RESPONSE, 2, -100.0),
        ([150.0, 10.0], BestResponse.PROGRESSIVE_DISEASE, 0, 50.0),
    ],
)
def test_sums_of_diameters_are_read_by_hand(sums, best, progression, change):
    reading = read_scans(100.0, np.array(sums), np.zeros(len(sums), dtype=bool))
    assert (reading.best, reading.progression_scan) == (best, progression)
    assert reading.best_change == pytest.approx(change)


def test_growth_by_a_fifth_but_less_than_5_mm_is_no_progression():
    reading = read_scans(20.0, np.array([24.9]), np.zeros(1, dtype=bool))
    assert reading.best is BestResponse.STABLE_DISEASE


def test_a_new_lesion_is_progression_whatever_the_others_do():
    reading = read_scans(50.0, np.array([20.0, 10.0]), np.array([False, True]))
    assert (reading.best, reading.progression_scan) == (BestResponse.PARTIAL_RESPONSE, 1)


@settings(deadline=None)
@given(st.lists(st.floats(6.0, 300.0), min_size=1, max_size=8), st.floats(0.3, 3.0))
def test_the_reading_of_large_sums_does_not_depend_on_the_unit_of_length(sums, factor):
    sizes = 100.0 * np.array(sums)
    none = np.zeros(sizes.size, dtype=bool)
    one, other = read_scans(9000.0, sizes, none), read_scans(9000.0 * factor, factor * sizes, none)
    assert one.best is other.best
    assert one.progression_scan == other.progression_scan


def test_a_shrinking_tumour_is_a_response_that_lasts_to_the_last_scan():
    found = outcome_of([50, 40, 30, 30, 30, 30, 30, 30, 30])
    assert (found.response, found.pfs_days, found.progressed) == ("PR", 400.0, False)
    assert found.best_change == pytest.approx(-40.0)
    assert (found.os_days, found.died, found.durable_benefit) == (400.0, False, True)


def test_a_growing_tumour_progresses_at_the_first_scan_that_shows_it():
    found = outcome_of([50, 55, 62, 70, 80, 90, 90, 90, 90])
    assert (found.response, found.pfs_days, found.progressed) == ("SD", 100.0, True)
    assert found.durable_benefit is False


def test_death_ends_progression_free_survival_and_the_scans():
    hazard = dataclasses.replace(RULES, death_hazard=0.0, other_hazard=0.01)
    found = outcome_of([50] * 9, Chance(death=1.2, scans=np.zeros(20)), hazard)
    assert (found.pfs_days, found.progressed) == (pytest.approx(120.0), True)
    assert (found.os_days, found.died) == (pytest.approx(120.0), True)
    assert found.response == "SD"


def test_death_before_the_first_scan_is_progressive_disease():
    hazard = dataclasses.replace(RULES, death_hazard=0.0, other_hazard=0.1)
    found = outcome_of([50] * 9, Chance(death=1.0, scans=np.zeros(20)), hazard)
    assert (found.response, found.best_change) == ("PD", None)
    assert found.durable_benefit is False


def test_observation_that_ends_before_the_first_scan_tells_no_response():
    days = DAYS[:30]
    found = patient_outcome(days, np.full((30, 1), 10.0), NEVER, RULES)
    assert (found.response, found.pfs_days, found.progressed) == ("NE", 0.0, False)
    assert found.durable_benefit is None


def test_a_metastasis_that_appears_is_a_new_lesion():
    metastasis = ball(np.interp(DAYS, [-1, 200, 400], [0.0, 9.9, 40.0]))
    found = patient_outcome(
        DAYS, np.column_stack((ball(np.full(402, 30.0)), metastasis)), NEVER, RULES
    )
    assert (found.response, found.pfs_days, found.progressed) == ("SD", 250.0, True)
    assert found.baseline_mm == pytest.approx(30.0)


def test_a_lethal_burden_kills_on_its_day():
    burden = np.linspace(0.0, 1000.0, 101)
    rules = OutcomeRules(death_hazard=0.0, other_hazard=0.0, lethal=505.0)
    assert day_of_death(np.arange(101.0), burden, math.inf, rules) == pytest.approx(50.5)


@settings(deadline=None)
@given(st.floats(0.0, 900.0), st.floats(0.001, 0.9))
def test_at_a_constant_burden_survival_is_exponential(burden, threshold):
    rules = OutcomeRules(death_hazard=0.01, half_hazard=300.0, other_hazard=0.001)
    hazard = 0.001 + 0.01 * burden / (300.0 + burden)
    day = day_of_death(np.arange(1001.0), np.full(1001, burden), threshold, rules)
    assert day == pytest.approx(threshold / hazard)


@pytest.mark.parametrize("rule", [{"scan_every": 0}, {"scan_error": -0.1}, {"half_hazard": 0.0}])
def test_rules_that_cannot_be_are_refused(rule):
    with pytest.raises(InputError, match=f"outcomes.{next(iter(rule))}"):
        OutcomeRules(**rule)
