"""What a design asks for, what its cohorts look like, and the table that answers."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import OutcomesPlan
from macroimmune.simulator.power import (
    POWER_COLUMNS,
    Course,
    PowerDesign,
    course_of_plan,
    course_with_events,
    log_ratio_per_sd,
    power_rows,
    share_rejected,
)

COURSE = Course(((12.0, 1.0),), 24.0, 12.0, 0.1)
REFERENCE = Path(__file__).parents[3] / "reference" / "power" / "expected.csv"


def reference(case: str) -> float:
    with REFERENCE.open(encoding="utf-8") as stream:
        return next(float(row["value"]) for row in csv.DictReader(stream) if row["case"] == case)


def errors_apart(found: float, cohorts: int, expected: float, of: float) -> float:
    """How many standard errors two simulated shares are apart."""
    variance = found * (1 - found) / cohorts + expected * (1 - expected) / of
    return abs(found - expected) / math.sqrt(variance)


CASES = {
    "cox": (PowerDesign("os", "prognostic", COURSE), 1.4, 120),
    "cox_reliability": (PowerDesign("os", "prognostic", COURSE, reliability=0.6), 1.5, 150),
    "cox_undetected": (PowerDesign("os", "prognostic", COURSE, undetected=0.4), 1.4, 150),
    "cox_predictive": (PowerDesign("os", "predictive", COURSE, treatment_ratio=0.7), 1.6, 300),
    "logistic": (PowerDesign("response", "prognostic", 0.3), 1.5, 200),
    "logistic_predictive": (
        PowerDesign("response", "predictive", 0.3, treatment_ratio=2.0), 1.9, 300
    ),
    "null": (PowerDesign("os", "prognostic", COURSE), 1.0, 120),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_simulated_power_is_that_of_coxph_and_glm(case):
    design, ratio, patients = CASES[case]
    found = share_rejected(design, math.log(ratio), patients, cohorts=8000, seed=11)
    # Two independent simulations: four standard errors of their difference.
    assert errors_apart(found, 8000, reference(case), reference("cohorts")) < 4


@pytest.mark.slow
def test_simulated_power_of_an_adjusted_marker_is_that_of_coxph():
    design = PowerDesign("os", "prognostic", COURSE, reliability=0.7, adjusted_r2=0.3)
    found = share_rejected(design, math.log(1.5), 200, cohorts=3000, seed=11)
    expected = reference("cox_adjusted")
    assert errors_apart(found, 3000, expected, reference("cohorts")) < 4


def test_the_same_seed_gives_the_same_answer_and_blocks_do_not_matter(monkeypatch):
    design = PowerDesign("os", "prognostic", 0.6)
    first = share_rejected(design, 0.4, 50, cohorts=200, seed=3)
    assert first == share_rejected(design, 0.4, 50, cohorts=200, seed=3)
    assert first != share_rejected(design, 0.4, 50, cohorts=200, seed=4)


def test_a_stated_share_of_events_is_what_the_cohorts_have():
    rng = np.random.default_rng(2)
    for share, sd in ((0.1, 0.0), (0.6, 0.5), (0.95, 0.5), (1.0, 1.0)):
        course = course_with_events(share, ((1.0, 0.0, sd),))
        assert course.share_with_event(0.0, sd) == pytest.approx(share, abs=1e-6)
        _, event = course.draw(sd * rng.normal(size=40_000), rng)
        assert event.mean() == pytest.approx(share, abs=0.011)


def test_a_stated_share_of_events_is_that_of_both_arms_together():
    design = PowerDesign("os", "predictive", 0.5, treated_share=0.3, treatment_ratio=0.5)
    assert design.events(math.log(1.6)) == pytest.approx(0.5, abs=1e-6)


def test_the_plan_gives_progression_free_survival_both_hazards():
    plan = OutcomesPlan(os_median_months=20, os_shape=1, progression_median_months=5,
                        progression_shape=1, lost_per_year=0.0)  # fmt: skip
    both = course_of_plan(plan, "pfs")
    # Constant hazards add: 1/20 + 1/5 = 1/4.
    alone = Course(((4.0, 1.0),), plan.enrolment_months, plan.follow_up_months, 0.0)
    assert both.share_with_event() == pytest.approx(alone.share_with_event())
    assert course_of_plan(plan, "os").events == ((20, 1),)


def test_a_ratio_per_doubling_is_one_per_sd_by_the_sd_of_the_logarithm():
    assert log_ratio_per_sd(1.5, sd_of_log2=2.0) == pytest.approx(2 * math.log(1.5))
    assert log_ratio_per_sd(0.5) == pytest.approx(-math.log(2))


def test_rows_tell_the_patients_of_each_power_and_then_what_they_reach():
    design = PowerDesign("os", "prognostic", 0.6)
    rows = list(power_rows(design, math.log(1.5), (0.5, 0.8), cohorts=4000))
    assert all(list(row) == list(POWER_COLUMNS) for row in rows)
    # By hand: (1.959964 + 0.841621)^2 / (0.405465^2 x 0.6) = 79.6.
    assert [row["patients"] for row in rows] == [39, 80]
    for row in rows:
        assert row["events"] == pytest.approx(0.6 * row["patients"], abs=1e-3)
        assert row["ci_low"] < row["simulated_power"] < row["ci_high"]
        assert row["patients_by_simulation"] >= row["patients"] * 0.95
        assert row["power_checked"] == pytest.approx(row["power"], abs=0.03)


def test_a_number_of_patients_is_answered_with_ratios():
    design = PowerDesign("os", "prognostic", 0.6)
    own, *others = power_rows(design, math.log(1.5), (0.5, 0.8), patients=80, cohorts=0)
    assert own["power"] == pytest.approx(0.8, abs=0.005)
    assert others[1]["ratio"] == pytest.approx(1.5, abs=0.005)
    assert 1 < others[0]["ratio"] < others[1]["ratio"]
    assert own["simulated_power"] is None


def test_a_ratio_that_nobody_would_believe_is_left_empty():
    design = PowerDesign("os", "prognostic", 0.01)
    *_, row = power_rows(design, math.log(1.5), (0.8,), patients=10, cohorts=50)
    assert (row["power"], row["ratio"], row["simulated_power"]) == (0.8, None, None)


def test_tests_of_a_family_share_their_level():
    one = PowerDesign("os", "prognostic", 0.6)
    many = PowerDesign("os", "prognostic", 0.6, tests=20)
    assert many.alpha_of_each == pytest.approx(0.0025)
    (few,) = power_rows(one, 0.4, (0.8,), cohorts=0)
    (more,) = power_rows(many, 0.4, (0.8,), cohorts=0)
    assert more["patients"] > 1.5 * few["patients"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PowerDesign("oss", "prognostic", 0.6), "Did you mean 'os'"),
        (lambda: PowerDesign("os", "predictve", 0.6), "Did you mean 'predictive'"),
        (lambda: PowerDesign("os", "prognostic", 0.0), "share with the event 0"),
        (lambda: PowerDesign("response", "prognostic", 1.0), "probability of response 1"),
        (lambda: PowerDesign("os", "prognostic", 0.6, tests=0), "0 tests"),
        (lambda: PowerDesign("os", "prognostic", 0.6, treated_share=1.0), "treated share"),
        (lambda: PowerDesign("os", "prognostic", 0.6, treatment_ratio=0.0), "treatment ratio"),
        (lambda: PowerDesign("os", "prognostic", 0.6, reliability=2.0), "reliability 2"),
        (lambda: Course(((12.0, 1.0),), 1.0, 1.0, -0.1), "loss of -0.1 per year"),
        (lambda: Course(((-1.0, 1.0),), 1.0, 1.0, 0.1), "median -1"),
        (lambda: log_ratio_per_sd(0.0), "ratio 0"),
        (lambda: log_ratio_per_sd(1.5, sd_of_log2=0.0), "SD of the log2"),
        (
            lambda: list(power_rows(PowerDesign("os", "prognostic", 0.6), 1e-9, (0.8,))),
            "more than a million",
        ),
        (
            lambda: list(power_rows(PowerDesign("os", "prognostic", 0.6), 1, (0.8,), patients=3)),
            "3 patients",
        ),
    ],
)
def test_impossible_requests_are_one_line(make, words):
    with pytest.raises(InputError, match=words) as refused:
        make()
    assert "\n" not in str(refused.value)
