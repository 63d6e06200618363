import dataclasses
import math

import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario
from macroimmune.mechanism.virtual_patients import (
    CohortArm,
    CohortPlan,
    OutcomeRules,
    cohort_frame,
    physiological_ranges,
    run_patients,
)
from macroimmune.mechanism.virtual_patients.allocation import arms_of
from macroimmune.mechanism.virtual_patients.cohort_frame import drawn_patients

SCENARIO = Scenario(
    "pancreatic tumour",
    species="human",
    tumour="pancreatic_human",
    tumour_days=200,
    settle_days=5,
    days=120,
)
BLOCKED = CohortArm("anti-G-CSF", (Intervention("anti_GCSF", day=0),))


@pytest.fixture(scope="module")
def cohort():
    return cohort_frame(SCENARIO, 12, 5, ["Neu_bl"], [30])


def test_a_cohort_has_a_row_per_patient_that_is_drawn(cohort):
    assert cohort["patient"].to_list() == list(range(1, 13))
    assert {"growth_Tum", "Neu_bl", "Neu_bl@30", "pfs_days", "os_days"} <= set(cohort.columns)
    followed = cohort.filter(pl.col("status") == "")
    assert followed.height > 3
    assert (
        followed.select("response", "pfs_days", "os_days", "Neu_bl@30").null_count().row(0)
        == (0,) * 4
    )
    assert (followed["pfs_days"] <= followed["os_days"]).all()


def test_a_patient_is_the_run_of_the_scenario_with_the_patients_inputs(cohort):
    one = cohort.row(0, named=True)
    inputs = drawn_patients(CohortPlan(SCENARIO, patients=12, seed=5)).row(0, named=True)
    inputs.pop("patient")
    course = run_scenario(SCENARIO, values=inputs).course
    by_day = dict(zip(course["day"], course["Neu_bl"], strict=True))
    assert one["Neu_bl"] == pytest.approx(by_day[-1.0], rel=1e-4)
    assert one["Neu_bl@30"] == pytest.approx(by_day[30.0], rel=1e-4)


def test_every_patient_runs_in_every_arm_with_the_same_inputs_before_treatment():
    arms = (CohortArm("none"), BLOCKED)
    plan = CohortPlan(SCENARIO, arms, patients=4, observables=("Neu_bl",), days=(-1, 10))
    found = run_patients(plan, drawn_patients(plan))
    assert found.outcomes["arm"].to_list() == ["none", "anti-G-CSF"] * (found.outcomes.height // 2)
    before = found.courses.filter(pl.col("day") == -1).partition_by("patient")
    assert all(one["Neu_bl"].n_unique() == 1 for one in before)
    after = found.courses.filter(pl.col("day") == 10).pivot("arm", index="patient", values="Neu_bl")
    assert (after["anti-G-CSF"] < after["none"]).all()


def test_randomised_arms_are_filled_block_by_block():
    arms = (CohortArm("a"), CohortArm("b"), CohortArm("c"))
    plan = CohortPlan(SCENARIO, arms, allocation="randomised")
    drawn = [arms_of(plan, number) for number in range(1, 61)]
    assert all(len(one) == 1 for one in drawn)
    for first in range(0, 60, 3):
        assert {arm for (arm,) in drawn[first : first + 3]} == {"a", "b", "c"}
    assert len({tuple(drawn[first : first + 3]) for first in range(0, 60, 3)}) > 1


def test_a_patient_who_is_unlike_people_is_a_row_with_the_reason():
    everybody = cohort_frame(SCENARIO, 8, 1, ["neutrophils"], ranges=())
    assert set(everybody["status"]) == {""}
    least = float(everybody["neutrophils"].median())
    narrow = dataclasses.replace(physiological_ranges()[0], low=least, high=math.inf)
    cohort = cohort_frame(SCENARIO, 8, 1, ["neutrophils"], ranges=[narrow])
    is_below = pl.col("neutrophils") < least
    assert set(cohort.filter(is_below)["status"]) == {f"neutrophils below {least:g} 10^9/L"}
    assert set(cohort.filter(~is_below)["status"]) == {""}
    assert cohort.filter(is_below)["response"].null_count() == 4


def test_a_host_without_a_lesion_to_measure_is_left_out():
    cohort = cohort_frame(dataclasses.replace(SCENARIO, tumour_days=0.0), 2, 1)
    assert set(cohort["status"]) == {"no lesion to measure before treatment"}


def test_a_run_that_fails_is_a_row_with_its_status(monkeypatch):
    whole = Engine.run

    def failing(self, values, actions, days, columns=None, stop=None):
        course = whole(self, values, actions, days, columns, stop)
        reached = 40
        return dataclasses.replace(
            course, days=course.days[:reached], values=course.values[:reached], status="it stopped"
        )

    monkeypatch.setattr(Engine, "run", failing)
    cohort = cohort_frame(SCENARIO, 3, 1, ["Neu_bl"], [30, 60], ranges=())
    assert cohort["status"].to_list() == ["it stopped"] * 3
    assert cohort.null_count()["response"].item() == 3
    assert cohort.null_count()["Neu_bl"].item() == 0


def test_an_unknown_observable_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="Did you mean 'Neu_bl'"):
        cohort_frame(SCENARIO, 1, 1, ["Neu_blod"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"allocation": "randomized"}, "Did you mean 'randomised'"),
        ({"arms": (CohortArm("a"), CohortArm("a"))}, "arm 'a': given twice"),
        ({"days": (-5,)}, "day -5"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(asked, said):
    with pytest.raises(InputError, match=said):
        CohortPlan(SCENARIO, **asked)


def test_later_scans_find_progression_later():
    often = cohort_frame(SCENARIO, 6, 2, rules=OutcomeRules(scan_every=10))
    seldom = cohort_frame(SCENARIO, 6, 2, rules=OutcomeRules(scan_every=60))
    both = often.join(seldom, on="patient").filter(
        pl.col("progressed") & pl.col("progressed_right")
    )
    assert both.height > 0
    assert (both["pfs_days"] <= both["pfs_days_right"]).all()
