"""Participants: ids, arms, what the clinic knows, and the same ones from the same seed."""

import dataclasses

import numpy as np
import pytest

from macroimmune.simulator.people import draw_arms, draw_people
from macroimmune.simulator.plan import ArmPlan, ClinicPlan, StudyPlan


def test_the_same_seed_gives_the_same_people_and_another_seed_gives_others():
    plan = StudyPlan(patients=50, healthy=10)
    first, again = draw_people(plan), draw_people(plan)
    other = draw_people(dataclasses.replace(plan, seed=plan.seed + 1))
    for field in dataclasses.fields(first):
        if field.name == "baseline":
            for name, values in first.baseline.items():
                np.testing.assert_array_equal(values, again.baseline[name])
        else:
            np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))
    assert not np.array_equal(first.age_years, other.age_years)
    assert not np.array_equal(first.baseline["ldh"], other.baseline["ldh"])


def test_healthy_people_stand_after_the_patients_without_arm_tumour_or_performance_status():
    people = draw_people(StudyPlan(patients=3, healthy=2))
    assert people.participant_ids.tolist() == ["V001", "V002", "V003", "H001", "H002"]
    assert people.is_patient.tolist() == [True, True, True, False, False]
    assert (people.arm == "").tolist() == [False, False, False, True, True]
    assert people.cancer_type[3:].tolist() == ["", ""]
    assert np.isnan(people.performance_status[3:]).all()
    assert not people.has_prior_therapy[3:].any()
    assert people.baseline["ldh"].shape == people.age_years.shape == (5,)


def test_fractions_are_shares_of_the_whole_and_leukocytes_the_sum_of_their_kinds():
    people = draw_people(StudyPlan(patients=200, healthy=50))
    np.testing.assert_allclose(people.fractions.sum(axis=1), 1.0)
    assert (people.fractions > 0).all()
    kinds = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
    total = np.sum([people.baseline[kind] for kind in kinds], axis=0)
    np.testing.assert_allclose(people.baseline["leukocytes"], total)


def test_permuted_blocks_hold_every_arm_its_share_of_times():
    arms = (ArmPlan("a", 2.0), ArmPlan("b", 1.0), ArmPlan("c", 1.0))
    arm = draw_arms(400, arms, is_randomised=True, rng=np.random.default_rng(3))
    for block in arm.reshape(-1, 4):
        assert sorted(block) == ["a", "a", "b", "c"]
    assert len({tuple(block) for block in arm.reshape(-1, 4)}) > 6


def test_shares_that_no_block_holds_are_met_over_a_thousand_patients():
    arms = (ArmPlan("a", 0.637), ArmPlan("b", 0.363))
    arm = draw_arms(1000, arms, is_randomised=True, rng=np.random.default_rng(3))
    assert (arm == "a").sum() == 637


def test_without_randomisation_the_share_varies_by_chance():
    arms = (ArmPlan("a"), ArmPlan("b"))
    drawn = [
        (draw_arms(400, arms, is_randomised=False, rng=np.random.default_rng(k)) == "a").sum()
        for k in range(40)
    ]
    # The SD of 40 draws is itself off by a ninth.
    assert np.std(drawn) == pytest.approx(10.0, rel=3 / 9)
    assert np.mean(drawn) == pytest.approx(200.0, abs=8.0)


def test_the_clinic_follows_its_shares():
    clinic = ClinicPlan(
        cancer_types={"breast": 3.0, "colon": 1.0, "none of these": 0.0}, prior_therapy=0.25
    )
    people = draw_people(StudyPlan(patients=4000, clinic=clinic))
    assert (people.cancer_type == "breast").mean() == pytest.approx(0.75, abs=0.03)
    assert set(people.cancer_type) == {"breast", "colon"}
    assert people.has_prior_therapy.mean() == pytest.approx(0.25, abs=0.03)
    assert set(people.performance_status) == {0.0, 1.0, 2.0}
