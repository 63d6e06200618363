"""A batch that is an outcome in disguise: no ratio, no q, a status and a finding."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.confounded_batches import why_confounded
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.study import AnalysisSettings

SCORE = "ifn1_responsiveness_effector_cd4"
LEVEL = f"{SCORE}_unstimulated_level"


@pytest.fixture
def rng():
    return np.random.default_rng(23)


def by_response(outcomes, rng):
    return ["plate 1" if yes else "plate 2" for yes in outcomes["response"]]


def by_survival(outcomes, rng):
    late = outcomes["os_time_days"] > outcomes["os_time_days"].median()
    mixed = rng.random(outcomes.height) < 0.15
    return ["plate 1" if yes else "plate 2" for yes in (late.to_numpy() ^ mixed)]


def at_random(outcomes, rng):
    return rng.choice(["plate 1", "plate 2", "plate 3"], outcomes.height).tolist()


def of_each(outcomes, rng):
    return outcomes["participant_id"].to_list()


@pytest.mark.parametrize(
    ("batch", "named"), [(by_response, "response"), (by_survival, "overall survival")]
)
def test_a_score_whose_batch_goes_with_outcome_is_tested_against_nothing(
    draw_responsiveness, rng, batch, named
):
    study, features = draw_responsiveness(80, rng=rng, log_hazard_ratio=1.0, batch=batch)
    found = associate(study, features)
    rows = found.associations.filter(feature=SCORE)
    assert set(rows["endpoint"]) == {"os", "response"}
    assert set(rows["method"]) == {"none"}
    for name in ("estimate", "ci_low", "p_value", "q_value", "log_effect_per_sd"):
        assert rows[name].null_count() == rows.height, name
    assert rows["status"].str.starts_with(f"refused: batch is confounded with {named}").all()
    assert found.ledger.filter(pl.col("feature").str.starts_with(SCORE)).is_empty()
    assert found.trajectories.filter(feature=SCORE).is_empty()
    assert found.curves.filter(feature=SCORE).is_empty()


def test_the_other_tables_say_why(draw_responsiveness, rng):
    study, features = draw_responsiveness(80, rng=rng, batch=by_response)
    found = associate(study, features)
    for frame in (found.corrected_effects, found.detectable_effects):
        assert frame.height == 2
        assert frame["status"].str.starts_with("refused: batch is confounded").all()
    assert found.corrected_effects["estimate"].null_count() == 2
    line = found.agreement.filter(feature=SCORE)
    assert line["verdict"].to_list() == ["not measured"]
    assert line["reason"][0].startswith("refused: batch is confounded with response")
    (finding,) = found.refusals
    assert (finding.severity, finding.code) == ("warning", "batch-confounded")
    assert SCORE in finding.found
    assert "Measure samples with good and bad outcomes in each batch" in finding.advice


def test_settings_that_name_a_refused_score_do_not_stop_the_run(draw_responsiveness, rng):
    analysis = AnalysisSettings(
        added_value_over=(SCORE,), cut_points={SCORE: 0.0}, search_cut_points=(LEVEL,)
    )
    study, features = draw_responsiveness(60, rng=rng, batch=by_response, analysis=analysis)
    found = associate(study, features)
    assert found.ledger.is_empty()
    assert found.cut_points.is_empty()
    assert found.added_value.is_empty()


@pytest.mark.parametrize("batch", [at_random, of_each, None])
def test_batches_that_tell_nothing_of_outcome_refuse_nothing(draw_responsiveness, rng, batch):
    study, features = draw_responsiveness(80, rng=rng, batch=batch)
    found = associate(study, features)
    assert found.refusals == ()
    assert found.associations.filter(feature=SCORE)["estimate"].null_count() == 0


def test_a_batch_for_each_cohort_is_no_reason_where_models_stay_within_cohorts(
    draw_responsiveness, rng
):
    # Cohort B responds more often and was measured elsewhere; models compare within cohorts.
    cohort = np.repeat(["A", "B"], 60)

    def of_cohort(outcomes, rng):
        return [f"plate of {name}" for name in cohort]

    study, features = draw_responsiveness(
        120, rng=rng, batch=of_cohort, people={"cohort": pl.Series(cohort)}
    )
    yes = pl.Series(np.where(cohort == "B", rng.random(120) < 0.8, rng.random(120) < 0.2))
    outcomes = study.tables["outcomes"].with_columns(response=yes)
    study = type(study)(**{
        name: {**study.tables, "outcomes": outcomes} if name == "tables" else getattr(study, name)
        for name in study.__dataclass_fields__
    })
    assert associate(study, features).refusals == ()


def test_the_change_of_a_refused_score_is_refused(draw_responsiveness, rng):
    study, features = draw_responsiveness(
        80,
        rng=rng,
        batch=by_response,
        on_treatment=True,
        analysis=AnalysisSettings(landmarks_days=(30.0,), time_dependent=True),
    )
    rows = associate(study, features).associations.filter(
        pl.col("feature").str.starts_with(f"{SCORE}_change")
    )
    assert rows["estimate"].null_count() == rows.height > 0
    assert rows["status"].str.starts_with("refused: batch is confounded").all()


def test_random_batches_are_seldom_refused(draw_responsiveness, rng):
    study, _ = draw_responsiveness(40, rng=rng)
    data = endpoint_data(study)
    plates = [f"plate {number % 3}" for number in range(40)]
    refused = [
        why_confounded(tuple(rng.permutation(plates)), data, None, seed) != ""
        for seed in range(150)
    ]
    # 5 % over both endpoints together; of 150 more than 16 with a chance of 0.1 %.
    assert sum(refused) <= 16
