import numpy as np
import pytest

from macroimmune.association.endpoint_data import endpoint_data, strata_labels
from macroimmune.study import AnalysisSettings

PEOPLE = [{"participant_id": one} for one in "abcd"]
OUTCOMES = [
    {"participant_id": "d", "os_time_days": 900.0, "os_event": False, "response": True},
    {"participant_id": "a", "os_time_days": 30.0, "os_event": True, "response": False},
    {"participant_id": "b", "os_time_days": 300.0, "os_event": True, "response": None},
    {"participant_id": "c", "os_time_days": None, "os_event": False, "response": True},
]


def by_id(data):
    return {item.endpoint.id: item for item in data}


def test_outcomes_stand_in_the_order_of_the_participants(make_study):
    data = by_id(endpoint_data(make_study(participants=PEOPLE, outcomes=OUTCOMES)))
    assert list(data) == ["os", "response"]
    np.testing.assert_array_equal(data["os"].known, [True, True, False, True])
    np.testing.assert_array_equal(data["os"].survival.time, [30.0, 300.0, 900.0])
    np.testing.assert_array_equal(data["os"].survival.event, [True, True, False])
    np.testing.assert_array_equal(data["response"].known, [True, False, True, True])
    np.testing.assert_array_equal(data["response"].outcome, [False, True, True])


def test_at_a_landmark_the_dead_leave_and_time_counts_from_it(make_study):
    data = by_id(endpoint_data(make_study(participants=PEOPLE, outcomes=OUTCOMES), 42.0))
    np.testing.assert_array_equal(data["os"].known, [False, True, False, True])
    np.testing.assert_array_equal(data["os"].survival.time, [258.0, 858.0])
    assert data["os"].landmark_days == 42.0


def test_at_a_landmark_those_who_progressed_or_died_before_have_no_response_to_come(make_study):
    outcomes = [row | {"pfs_time_days": 60.0, "pfs_event": True} for row in OUTCOMES]
    outcomes[0]["pfs_time_days"] = 42.0
    study = make_study(participants=PEOPLE, outcomes=outcomes)
    data = by_id(endpoint_data(study, 42.0))
    np.testing.assert_array_equal(data["response"].known, [False, False, True, False])


def test_left_truncation_reaches_the_survival(make_study):
    outcomes = [row | {"entry_days": 10.0} for row in OUTCOMES[:3]]
    study = make_study(participants=PEOPLE, outcomes=outcomes)
    survival = by_id(endpoint_data(study))["os"].survival
    np.testing.assert_array_equal(survival.entry, [10.0, 10.0, 10.0])


def test_only_the_endpoints_that_were_chosen_are_given(make_study):
    analysis = AnalysisSettings(endpoints=("response",))
    study = make_study(participants=PEOPLE, outcomes=OUTCOMES, analysis=analysis)
    assert list(by_id(endpoint_data(study))) == ["response"]


def test_nothing_stratifies_unless_it_was_declared(make_study):
    assert strata_labels(make_study(participants=PEOPLE), with_arm=True) is None


@pytest.mark.parametrize(("with_arm", "n_strata"), [(True, 4), (False, 3)])
def test_a_missing_value_is_a_stratum_of_its_own_and_the_arm_joins(make_study, with_arm, n_strata):
    people = [
        {"participant_id": "a", "cancer_type": "lung", "arm": "x"},
        {"participant_id": "b", "cancer_type": "lung", "arm": "y"},
        {"participant_id": "c", "cancer_type": None, "arm": "x"},
        {"participant_id": "d", "cancer_type": "skin", "arm": "x"},
        {"participant_id": "e", "cancer_type": "skin", "arm": "x"},
    ]
    analysis = AnalysisSettings(strata=("cancer_type",), control_arms=("x",))
    labels = strata_labels(make_study(participants=people, analysis=analysis), with_arm=with_arm)
    assert np.unique(labels).size == n_strata
    assert labels[3] == labels[4]
    assert (labels[0] != labels[1]) == with_arm
