"""The smallest effect a cohort could have seen: by hand, and in cohorts drawn with that effect."""

import math

import numpy as np
import pytest

from macroimmune.association import associate
from macroimmune.results import RESULT_TABLES

SCORE = "ifn1_responsiveness_effector_cd4"


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def test_the_numbers_by_hand(draw_responsiveness, rng):
    study, features = draw_responsiveness(100, rng=rng)
    found = associate(study, features)
    assert found.detectable_effects.schema == RESULT_TABLES["detectable_effects"].schema
    rows = {row["endpoint"]: row for row in found.detectable_effects.iter_rows(named=True)}
    survival, response = rows["os"], rows["response"]
    reach = 1.959964 + 0.841621
    by_hand = math.exp(reach / math.sqrt(survival["n_events"]))
    assert survival["detectable"] == pytest.approx(by_hand, rel=1e-6)
    assert survival["detectable_protective"] == pytest.approx(1.0 / by_hand, rel=1e-6)
    share = response["n_events"] / response["n"]
    by_hand = math.exp(reach / math.sqrt(response["n"] * share * (1.0 - share)))
    assert response["detectable"] == pytest.approx(by_hand, rel=1e-6)
    corrected = found.corrected_effects.filter(model="corrected", endpoint="os")
    true = survival["detectable"] ** (1.0 / math.sqrt(corrected["reliability"][0]))
    assert survival["detectable_true"] == pytest.approx(true, rel=1e-6)
    assert "80 % power" in survival["status"]


def test_nobody_with_the_event_is_a_status(draw_responsiveness, rng):
    study, features = draw_responsiveness(30, rng=rng, log_odds_ratio=0.0)
    outcomes = study.tables["outcomes"].with_columns(response=np.zeros(30, dtype=bool))
    tables = {**study.tables, "outcomes": outcomes}
    study = type(study)(**{
        name: tables if name == "tables" else getattr(study, name)
        for name in study.__dataclass_fields__
    })
    rows = associate(study, features).detectable_effects.filter(endpoint="response")
    assert rows["detectable"].null_count() == 1
    assert rows["status"][0] == "nobody has the event, or everybody: no effect can be seen"


def test_a_baseline_in_the_model_leaves_less_to_see(draw_responsiveness, rng):
    from macroimmune.study import AnalysisSettings

    study, features = draw_responsiveness(
        120, rng=rng, on_treatment=True, analysis=AnalysisSettings(landmarks_days=(60.0,))
    )
    rows = associate(study, features).detectable_effects.filter(endpoint="os")
    change = rows.filter(feature=f"{SCORE}_change").row(0, named=True)
    alone = math.exp((1.959964 + 0.841621) / math.sqrt(change["n_events"]))
    assert change["detectable"] >= alone
    assert change["detectable_true"] is None
    assert "the reliability is not known" in change["status"]
