import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.cells.wells import chosen_samples, draw_wells, response_of_leaves
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan


def wells(people, **settings):
    return draw_wells(StudyPlan(expression=ExpressionPlan(is_written=True, **settings)), *people)


def test_the_first_patients_and_healthy_people_are_taken_with_every_condition(donors):
    found = wells(donors(6, healthy=3), participants=2, healthy=1)
    assert [(well.participant_id, well.condition) for well in found] == [
        ("V00001", "unstimulated"),
        ("V00001", "IFN-beta"),
        ("V00002", "unstimulated"),
        ("V00002", "IFN-beta"),
        ("V00007", "unstimulated"),
        ("V00007", "IFN-beta"),
    ]
    assert [well.number for well in found] == [1, 2, 3, 4, 5, 6]
    assert [well.ncr for well in found] == [0.7] * 4 + [1.0] * 2


def test_both_wells_of_a_sample_are_in_one_batch(donors):
    found = wells(donors(5), participants=5, samples_per_batch=2)
    assert [well.batch for well in found] == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3]


def test_visits_are_those_that_were_asked_for(donors):
    people, samples, _ = donors(2, visits=("baseline", "week 3"))
    chosen = {"patients": 9, "healthy": 0, "section": "chromatin"}
    plan = StudyPlan()
    assert chosen_samples(plan, people, samples, visits=(), **chosen).tolist() == [0, 2]
    assert chosen_samples(plan, people, samples, visits=("week 3",), **chosen).tolist() == [1, 3]
    with pytest.raises(
        InputError,
        match="^chromatin.visits names 'Week3', which is none of the plan. Did you mean 'week 3'",
    ):
        chosen_samples(plan, people, samples, visits=("Week3",), **chosen)


def test_unstimulated_wells_do_not_respond_and_others_do(donors):
    for well in wells(donors(3), participants=3):
        assert (well.response > 0).all() == (well.condition == "IFN-beta")
        assert well.response.shape == (len(LEAVES),)


def test_the_response_rises_with_responsiveness_and_stops_at_zero():
    plan = ExpressionPlan(response_type_spread=0.0, response_per_sd=0.25, response=2.0)
    found = [response_of_leaves(1, plan, "V1", value)[0] for value in (-9.0, -1.0, 0.0, 2.0)]
    assert found == pytest.approx([0.0, 1.5, 2.0, 3.0])


def test_cell_classes_of_a_donor_differ_by_the_stated_spread():
    plan = ExpressionPlan(response_type_spread=0.1)
    leaf = list(LEAVES).index("naive_b")
    found = [response_of_leaves(1, plan, f"V{number}", 0.0)[leaf] for number in range(2000)]
    # Three standard errors.
    assert np.std(found) == pytest.approx(0.1, abs=3 * 0.1 / np.sqrt(4000))


def test_responders_have_fewer_exhausted_cells_where_the_plan_says_so(donors):
    people, samples, outcomes = donors(400)
    found = wells((people, samples, outcomes), participants=400, conditions=("unstimulated",))
    share = np.array([well.exhausted for well in found])
    log_odds = np.log(share / (1 - share))
    difference = log_odds[outcomes.response].mean() - log_odds[~outcomes.response].mean()
    # Four standard errors of a difference between groups of about 160 and 240.
    assert difference == pytest.approx(np.log(0.5), abs=4 * 0.5 * np.sqrt(1 / 160 + 1 / 240))
    assert np.median(share[~outcomes.response]) == pytest.approx(0.1, abs=0.015)
