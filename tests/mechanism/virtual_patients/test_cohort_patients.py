import polars as pl
import pytest
from polars.testing import assert_frame_equal

from macroimmune.mechanism.model import Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario
from macroimmune.mechanism.virtual_patients import CohortPlan, cohort_patients
from macroimmune.mechanism.virtual_patients.cohort_frame import drawn_patients

SCENARIO = Scenario(
    "anti-G-CSF",
    species="human",
    tumour="generic",
    days=40,
    interventions=(Intervention("anti_GCSF", day=0, every=21, times=2),),
)
PLAN = CohortPlan(SCENARIO, patients=16, seed=2021, days=(0, 40))


def test_who_is_left_out_is_not_followed_and_nothing_else_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last_days = []
    run = Engine.run

    def watched(*args, **kwargs):
        course = run(*args, **kwargs)
        last_days.append(course.days[-1])
        return course

    monkeypatch.setattr(Engine, "run", watched)
    drawn = drawn_patients(PLAN)
    found = cohort_patients.run_patients(PLAN, drawn)
    is_left_out = (found.patients["status"] != "").to_list()
    assert 0 < sum(is_left_out) < PLAN.patients
    assert last_days == [-1.0 if left_out else 40.0 for left_out in is_left_out]
    monkeypatch.setattr(cohort_patients, "_stop", lambda *_: "")
    followed = cohort_patients.run_patients(PLAN, drawn)
    assert_frame_equal(found.patients, followed.patients, rel_tol=1e-12)
    assert_frame_equal(found.courses, followed.courses)
    assert_frame_equal(found.outcomes, followed.outcomes)
    assert (
        found.courses["patient"].n_unique() == found.patients.filter(pl.col("status") == "").height
    )
