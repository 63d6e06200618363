import numpy as np
import polars as pl
import pytest
from tests.response.score.made_responses import (
    EARLY,
    drawn_differences,
    made_responses,
    study_of,
)

from macroimmune.features import compute_features, responsiveness_features
from macroimmune.response import score_responses

PEOPLE = [f"P{row:03d}" for row in range(30)]
INDUCED_IN_EFFECTOR = "ifn1_responsiveness_effector_cd4"


def features_of(responses: pl.DataFrame, **settings: object) -> dict:
    study = study_of(PEOPLE, **settings)
    scored = score_responses(responses, study=study)
    found = responsiveness_features(scored.responsiveness, responses, study=study)
    return {definition.id: (definition, rows) for definition, rows in found}


@pytest.fixture(scope="module")
def responses() -> pl.DataFrame:
    _, differences = drawn_differences(30, 1)
    _, early = drawn_differences(30, 2, markers=3)
    levels = np.random.default_rng(3).standard_normal(differences.shape)
    return pl.concat([
        made_responses(differences, levels=levels),
        made_responses(differences, levels=levels, population="em_cd4"),
        made_responses(early, markers=EARLY, marker_list="ifn1_early"),
    ])


def test_each_list_and_population_is_a_score_and_an_unstimulated_level(responses):
    features = features_of(responses)
    assert list(features) == [
        "ifn1_early_responsiveness_effector_cd4",
        "ifn1_early_responsiveness_effector_cd4_unstimulated_level",
        INDUCED_IN_EFFECTOR,
        f"{INDUCED_IN_EFFECTOR}_unstimulated_level",
        "ifn1_responsiveness_em_cd4",
        "ifn1_responsiveness_em_cd4_unstimulated_level",
    ]
    served = [one.id for one, _ in features.values() if one.evidence]
    assert served == [INDUCED_IN_EFFECTOR]
    definition, rows = features[INDUCED_IN_EFFECTOR]
    assert definition.family == "responsiveness"
    assert "IFN-alpha, 360 min, cytometry T" in definition.name
    assert rows["sample_id"].is_unique().all()
    assert (rows["ci_low"] < rows["value"]).all()
    assert (rows["value"] < rows["ci_high"]).all()
    assert rows["batch"].null_count() == 0


def test_the_feature_is_the_series_with_the_most_samples(responses):
    induced = responses.filter(pl.col("population") == "effector_cd4")
    beta = induced.with_columns(
        stimulus=pl.lit("IFN-beta"), difference=2 * pl.col("difference")
    ).filter(pl.col("participant_id") != PEOPLE[0])
    definition, rows = features_of(pl.concat([beta, induced]))[INDUCED_IN_EFFECTOR]
    assert "IFN-alpha" in definition.name
    assert rows.height == 30


def test_controls_are_no_samples(responses):
    control = responses.filter(pl.col("participant_id") == PEOPLE[0]).with_columns(
        pl.lit("").alias("participant_id"), pl.lit("Control A").alias("control")
    )
    _, rows = features_of(pl.concat([responses, control]))[INDUCED_IN_EFFECTOR]
    assert sorted(rows["participant_id"]) == PEOPLE


def test_without_a_reference_the_markers_are_features(responses):
    few = responses.filter(pl.col("participant_id").is_in(PEOPLE[:10]))
    features = features_of(few)
    names = [f"response_{one.lower()}_type_1_interferon_effector_cd4" for one in EARLY]
    assert list(features)[:3] == names
    assert len(features) == 8
    definition, rows = features[names[0]]
    assert (definition.family, definition.evidence) == ("stimulation response", ())
    assert definition.unit == "arcsinh / 5, stimulated less unstimulated"
    assert rows["value"].null_count() == 0


def test_lists_without_a_score_give_the_answer_of_each_marker():
    responses = made_responses(
        np.array([[0.5, 0.2], [0.3, 0.1], [0.4, 0.3]]),
        markers=("pSTAT1", "pSTAT3"),
        marker_list="il6_early",
        stimulus="IL-6",
        stimulus_minutes=15.0,
        population="cd4_t",
        use=["score", "effect size", "none"],
        status=["", "", "3 stimulated cells: fewer than 20 give no effect size"],
    )
    features = features_of(responses)
    assert list(features) == ["response_pstat1_il6_cd4_t", "response_pstat3_il6_cd4_t"]
    _, rows = features["response_pstat1_il6_cd4_t"]
    assert rows["value"].to_list() == [0.5, 0.3, None]
    assert "fewer than 20" in rows["status"][2]


def test_the_declared_population_is_the_primary_one(responses):
    features = features_of(responses, population="em_cd4")
    assert INDUCED_IN_EFFECTOR in features
    others = features_of(responses.filter(pl.col("population") == "em_cd4"), population="em_cd4")
    assert list(others)[0] == "ifn1_responsiveness_em_cd4"


def test_the_engine_takes_them_and_the_line_of_evidence_is_served(responses):
    study = study_of(PEOPLE)
    scored = score_responses(responses, study=study)
    extra = responsiveness_features(scored.responsiveness, responses)
    table = compute_features(study, None, extra)
    values = table.frame.filter(pl.col("feature") == INDUCED_IN_EFFECTOR)
    assert values["value"].len() == 30
    assert values["ci_low"].null_count() == 0
    assert INDUCED_IN_EFFECTOR not in [one.id for one, _ in table.missing]
    nothing = compute_features(study, None, ())
    assert INDUCED_IN_EFFECTOR in [one.id for one, _ in nothing.missing]


def test_no_responses_give_no_features():
    assert features_of(made_responses(np.zeros((1, 5))).clear()) == {}
