import numpy as np
import polars as pl
import pytest

from macroimmune.association.endpoint_data import (
    EndpointData,
    endpoint_data,
    patients_only,
    strata_columns,
    strata_labels,
)
from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

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
    study = make_study(participants=PEOPLE)
    assert strata_labels(study, strata_columns(study, of_feature=True, at_landmark=True)) is None


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
    study = make_study(participants=people, analysis=analysis)
    columns = strata_columns(study, of_feature=with_arm, at_landmark=False)
    labels = strata_labels(study, columns)
    assert np.unique(labels).size == n_strata
    assert labels[3] == labels[4]
    assert (labels[0] != labels[1]) == with_arm


def people_in(**columns):
    rows = zip(*columns.values(), strict=True)
    return [
        {"participant_id": str(k)} | dict(zip(columns, row, strict=True))
        for k, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("settings", "of_feature", "at_landmark", "columns"),
    [
        ({}, True, False, ("cohort",)),
        ({}, True, True, ("cohort", "arm")),
        ({"control_arms": ("x",)}, True, False, ("cohort", "arm")),
        ({"strata": ("sex", "cohort")}, True, False, ("sex", "cohort")),
        ({"strata": ("sex", "arm"), "control_arms": ("x",)}, False, False, ("sex", "cohort")),
        ({"control_arms": ("x",)}, False, False, ("cohort",)),
        ({"strata": ("sex",), "control_arms": ("x",)}, False, False, ("sex", "cohort")),
    ],
)
def test_cohorts_and_arms_stratify_models_of_a_feature_and_not_the_interaction(
    make_study, settings, of_feature, at_landmark, columns
):
    people = people_in(cohort=["a", "a", "b", "b"], arm=["x", "y", "x", "y"])
    study = make_study(participants=people, analysis=AnalysisSettings(**settings))
    assert strata_columns(study, of_feature=of_feature, at_landmark=at_landmark) == columns


def test_cohorts_that_hold_one_arm_each_do_not_stratify_the_interaction(make_study):
    # Within cancer types and cohorts nobody is left to compare; within cancer types there is.
    people = people_in(
        cohort=["a", "a", "b", "b"], arm=["x", "x", "y", "y"], cancer_type=["1", "2", "1", "2"]
    )
    said = AnalysisSettings(strata=("cancer_type",), control_arms=("x",))
    study = make_study(participants=people, analysis=said)
    columns = strata_columns(study, of_feature=False, at_landmark=False)
    assert columns == ("cancer_type",)


def test_late_entry_of_one_leaves_out_who_ended_on_day_zero_and_tells_of_it():
    outcomes = pl.DataFrame({
        "participant_id": list("abcd"),
        "os_time_days": [0.0, 300.0, 900.0, 0.0],
        "os_event": [True, True, False, False],
        "entry_days": [None, 30.0, None, 0.0],
    })
    study = study_from_frames("zero", participants=pl.DataFrame(PEOPLE), outcomes=outcomes)
    data = by_id(endpoint_data(study))["os"]
    np.testing.assert_array_equal(data.known, [False, True, True, False])
    np.testing.assert_array_equal(data.survival.entry, [30.0, 0.0])
    told = [item for item in study.findings if item.code == "impossible-times"]
    assert [(item.severity, item.row) for item in told] == [("warning", 2), ("warning", 5)]
    assert all("left out for this endpoint" in item.advice for item in told)


@pytest.mark.parametrize("entry", [0.0, None])
def test_an_entry_of_zero_for_all_is_no_late_entry(entry):
    outcomes = pl.DataFrame({
        "participant_id": list("abcd"),
        "os_time_days": [0.0, 300.0, 900.0, 20.0],
        "os_event": [True, True, False, False],
        "entry_days": pl.Series([0.0, 0.0, entry, 0.0], dtype=pl.Float64),
    })
    study = study_from_frames("zero", participants=pl.DataFrame(PEOPLE), outcomes=outcomes)
    data = by_id(endpoint_data(study))["os"]
    assert data.known.all()
    assert data.survival.entry is None
    assert not [item for item in study.findings if item.code == "impossible-times"]


def test_healthy_controls_and_other_species_are_no_patients(make_study):
    people = people_in(
        group=["patient", "healthy", None, None], species=["human", "human", None, "mouse"]
    )
    kept = patients_only(make_study(participants=people)).participants["participant_id"]
    assert kept.to_list() == ["0", "2"]
    mice = people_in(species=["mouse", "mouse"])
    assert patients_only(make_study(participants=mice)).participants.height == 2


def test_at_a_landmark_relapse_and_late_entry_leave_and_decided_benefit_is_no_endpoint(make_study):
    outcomes = [
        row | {"rfs_time_days": 400.0, "rfs_event": False, "durable_clinical_benefit": True}
        for row in OUTCOMES
    ]
    outcomes[3] |= {"rfs_time_days": 40.0, "rfs_event": True}
    study = make_study(participants=PEOPLE, outcomes=outcomes)
    assert not by_id(endpoint_data(study, 42.0))["response"].known[2]
    assert "durable_clinical_benefit" in by_id(endpoint_data(study, 179.0))
    assert "durable_clinical_benefit" not in by_id(endpoint_data(study, 180.0))
    late = [row | {"entry_days": 50.0 if k == 3 else 0.0} for k, row in enumerate(OUTCOMES)]
    study = make_study(participants=PEOPLE, outcomes=late)
    assert by_id(endpoint_data(study))["response"].known[2]
    assert not by_id(endpoint_data(study, 42.0))["response"].known[2]


def test_progression_before_entry_is_no_part_of_progression_free_survival(make_study):
    outcomes = [
        row | {"pfs_time_days": 20.0, "pfs_event": True, "entry_days": 25.0} for row in OUTCOMES
    ]
    study = make_study(participants=PEOPLE, outcomes=outcomes)
    checked = study_from_frames(
        "late", participants=pl.DataFrame(PEOPLE), outcomes=pl.DataFrame(outcomes)
    )
    found = [item for item in checked.findings if item.code == "impossible-times"]
    assert {(item.severity, item.column) for item in found} == {("warning", "pfs_time_days")}
    data = by_id(endpoint_data(study))
    assert not data["pfs"].known.any()
    assert data["os"].known.sum() == 3


def test_an_endpoint_gives_only_the_kind_of_outcome_that_it_has():
    known = np.array([True, False, True])
    deaths = Survival(time=np.array([5.0, 8.0]), event=np.array([True, False]))
    os = EndpointData(ENDPOINTS["os"], known, deaths, None)
    response = EndpointData(ENDPOINTS["response"], known, None, np.array([True, False]))
    last = np.array([False, False, True])
    assert os.survival_of(last).time.tolist() == [8.0]
    assert response.outcome_of(last).tolist() == [False]
    with pytest.raises(InputError, match="has times"):
        os.outcome_of(last)
    with pytest.raises(InputError, match="has no times"):
        response.survival_of(last)
