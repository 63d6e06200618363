"""Samples: who comes when, in which batch, and what the cells truly are then."""

import dataclasses

import numpy as np
import pytest

from macroimmune.simulator.people import LEAVES, draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import ArmPlan, EffectPlan, SamplesPlan, StudyPlan, VisitPlan

KI67 = list(LEAVES).index("ki67_cd8")


def drawn(plan):
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    return people, outcomes, draw_samples(plan, people, outcomes)


def test_the_same_seed_gives_the_same_samples():
    plan = StudyPlan(patients=40, healthy=5)
    first, again = drawn(plan)[2], drawn(plan)[2]
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))


def test_draws_lie_in_their_windows_and_none_after_death_or_the_end_of_observation():
    plan = StudyPlan(patients=2000, effects=(EffectPlan("serum_ldh", 20.0, 1.0),))
    _, outcomes, samples = drawn(plan)
    for planned in plan.visits:
        days = samples.days[samples.visit == planned.name]
        assert days.min() == planned.day - planned.window_days
        assert days.max() == planned.day + planned.window_days
    end = np.minimum(outcomes.death_days, outcomes.last_seen_days)[samples.participant]
    assert (samples.days[samples.days > 0] <= end[samples.days > 0]).all()
    assert (end < 42).any()


def test_a_stated_share_of_visits_is_missed():
    visits = (VisitPlan("baseline", -7, 7, 0.0), VisitPlan("later", 21, 0, 0.25))
    _, outcomes, samples = drawn(StudyPlan(patients=4000, visits=visits))
    could_come = np.minimum(outcomes.death_days, outcomes.last_seen_days) >= 21
    came = (samples.visit == "later").sum()
    assert came / could_come.sum() == pytest.approx(0.75, abs=0.03)
    assert (samples.visit == "baseline").sum() == 4000


def test_healthy_people_come_once_on_day_0_unless_a_visit_is_for_them():
    visits = (
        VisitPlan("baseline", -7, 7),
        VisitPlan("week 3", 21, 2),
        VisitPlan("week 6", 42, 2, is_for_healthy=True),
    )
    _, _, samples = drawn(StudyPlan(patients=5, healthy=2, visits=visits))
    healthy = samples.participant >= 5
    assert samples.visit[healthy].tolist() == ["baseline", "week 6"] * 2
    assert samples.days[healthy].tolist() == [0, 42] * 2


def test_sample_ids_are_unique_and_name_person_and_visit():
    _, _, samples = drawn(StudyPlan(patients=30, healthy=4))
    assert np.unique(samples.sample_ids).size == samples.sample_ids.size
    assert samples.sample_ids[0] == "V001-baseline"


def test_all_samples_of_a_person_are_in_one_batch_and_batches_hold_every_visit():
    plan = StudyPlan(patients=200, samples=SamplesPlan(per_batch=30))
    _, _, samples = drawn(plan)
    for person in range(200):
        assert np.unique(samples.batch[samples.participant == person]).size == 1
    sizes = np.bincount(samples.batch)
    # A person who begins a batch below its size may carry it over by the other two draws.
    assert sizes.min() > 0
    assert sizes.max() <= 32
    for batch in range(sizes.size - 1):
        assert np.unique(samples.visit[samples.batch == batch]).size == 3


def test_the_first_draw_shows_the_baseline_and_every_draw_is_a_composition():
    people, _, samples = drawn(StudyPlan(patients=100, healthy=10))
    first = np.flatnonzero(np.diff(samples.participant, prepend=-1))
    np.testing.assert_allclose(samples.fractions[first], people.fractions)
    np.testing.assert_allclose(samples.fractions.sum(axis=1), 1.0)


def log_ratio(people, samples, visit, leaf):
    """Return the log change of a leaf against a leaf that no treatment moves."""
    rows = samples.visit == visit
    other = list(LEAVES).index("naive_b")
    now = np.log(samples.fractions[rows, leaf] / samples.fractions[rows, other])
    before = people.fractions[samples.participant[rows]]
    return now - np.log(before[:, leaf] / before[:, other]), samples.participant[rows]


def test_proliferating_cd8_cells_rise_under_immunotherapy_and_more_in_responders():
    arms = (ArmPlan("anti-PD1"), ArmPlan("chemotherapy", is_immunotherapy=False))
    plan = StudyPlan(patients=2000, arms=arms, samples=SamplesPlan(ki67_rise=1.6))
    people, outcomes, samples = drawn(plan)
    change, who = log_ratio(people, samples, "week 3", KI67)
    is_treated = people.arm[who] == "anti-PD1"
    responds = outcomes.response[who]
    assert np.exp(np.median(change[is_treated & ~responds])) == pytest.approx(1.6, rel=0.08)
    assert np.exp(np.median(change[is_treated & responds])) == pytest.approx(1.6 * 1.8, rel=0.12)
    assert np.exp(np.median(change[~is_treated])) == pytest.approx(1.0, abs=0.02)


def test_nothing_moves_where_nothing_is_stated_to_move():
    still = SamplesPlan(drift=0.0, ki67_rise=1.0, ki67_rise_of_responders=1.0, ki67_spread=0.0)
    plan = StudyPlan(patients=50, samples=dataclasses.replace(still, other_moves=0.0))
    people, _, samples = drawn(plan)
    np.testing.assert_allclose(samples.fractions, people.fractions[samples.participant])


def test_populations_wander_with_the_root_of_time():
    visits = (VisitPlan("baseline", 0, 0), VisitPlan("later", 100, 0), VisitPlan("last", 400, 0))
    plan = StudyPlan(
        patients=3000,
        visits=visits,
        arms=(ArmPlan("none", is_immunotherapy=False),),
        samples=SamplesPlan(drift=0.1),
    )
    people, _, samples = drawn(plan)
    early, _ = log_ratio(people, samples, "later", KI67)
    late, _ = log_ratio(people, samples, "last", KI67)
    # Two leaves wander, each with 0.1 per root month.
    assert early.std() == pytest.approx(0.1 * np.sqrt(2 * 100 / 30.4375), rel=0.05)
    assert late.std() / early.std() == pytest.approx(2.0, rel=0.05)


def test_where_nobody_comes_there_are_no_samples():
    people, _, samples = drawn(StudyPlan(patients=5, visits=(VisitPlan("a", -3, 3, missed=1.0),)))
    assert samples.sample_ids.size == samples.batch.size == 0
    assert samples.fractions.shape == (0, len(LEAVES))
    assert people.arm.size == 5
