import json

import numpy as np
import pytest

from macroimmune.association import study_summary
from macroimmune.outcomes import Survival
from macroimmune.statistics import kaplan_meier
from macroimmune.study import AnalysisSettings


def test_a_study_is_described_by_hand_counts(make_study):
    people = [
        {"participant_id": "a", "arm": "x", "sex": "male", "age_years": 50.0},
        {"participant_id": "b", "arm": "x", "sex": "male", "age_years": 60.0},
        {"participant_id": "c", "arm": "y", "sex": None, "age_years": None},
    ]
    outcomes = [
        {"participant_id": "a", "os_time_days": 100.0, "os_event": True, "response": True},
        {"participant_id": "b", "os_time_days": 500.0, "os_event": True, "response": False},
        {"participant_id": "c", "os_time_days": 900.0, "os_event": False},
    ]
    found = study_summary(make_study(participants=people, outcomes=outcomes))
    assert found["n_participants"] == 3
    assert found["arms"] == {"x": 2, "y": 1}
    assert found["sex"] == {"male": 2}
    assert found["cancer_types"] == {}
    assert found["age"] == {"median": 55.0, "q1": 52.5, "q3": 57.5, "n": 2}
    assert found["design"] == "no control arm"
    survival, response = found["endpoints"]
    assert (survival["n"], survival["n_events"], survival["median_days"]) == (3, 2, 500.0)
    assert survival["median_follow_up_days"] == 900.0
    assert [(arm["arm"], arm["n"], arm["survival"]) for arm in survival["one_year"]] == [
        ("x", 2, 0.5),
        ("y", 1, 1.0),
    ]
    assert (response["n"], response["n_events"]) == (2, 1)
    assert "median_days" not in response


def test_what_is_unknown_is_null_and_the_summary_is_plain_json(draw_study):
    found = study_summary(draw_study(rng=np.random.default_rng(1)))
    assert found["age"] == {"median": None, "q1": None, "q3": None, "n": 0}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_medians_are_those_of_kaplan_meier_and_of_its_reverse(draw_study):
    study = draw_study(rng=np.random.default_rng(2))
    outcomes = study.tables["outcomes"]
    time, event = (outcomes[name].to_numpy() for name in ("os_time_days", "os_event"))
    described = study_summary(study)["endpoints"][0]
    assert described["median_days"] == kaplan_meier(Survival(time=time, event=event)).median
    follow_up = kaplan_meier(Survival(time=time, event=~event)).median
    assert described["median_follow_up_days"] == follow_up


@pytest.mark.parametrize("days", [(), (21.0, 42.0)])
def test_the_decisions_of_the_analysis_are_told(draw_study, days):
    analysis = AnalysisSettings(landmarks_days=days, strata=("sex",), control_arms=("x",))
    found = study_summary(draw_study(rng=np.random.default_rng(1), analysis=analysis))
    assert found["landmarks_days"] == list(days)
    assert found["strata"] == ["sex"]
    assert found["control_arms"] == ["x"]
    assert found["baseline_window_days"] == [-42.0, 0.0]
