"""Corrected beside naive: which rows, in which unit, what stands in the ledger, what is refused."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.each_feature import REFUSED
from macroimmune.results import RESULT_TABLES
from macroimmune.study import AnalysisSettings

SCORE = "ifn1_responsiveness_effector_cd4"
MODELS = ["naive", "corrected", "adjusted", "corrected and adjusted"]


@pytest.fixture
def rng():
    return np.random.default_rng(41)


@pytest.fixture
def found(draw_responsiveness, rng):
    study, features = draw_responsiveness(
        160, rng=rng, log_hazard_ratio=0.5, log_odds_ratio=-0.6, level_slope=0.4
    )
    return associate(study, features)


def of(found, endpoint):
    rows = found.corrected_effects.filter(endpoint=endpoint)
    return {row["model"]: row for row in rows.iter_rows(named=True)}


@pytest.mark.parametrize("endpoint", ["os", "response"])
def test_four_models_stand_beside_each_other(found, endpoint):
    frame = found.corrected_effects
    assert frame.schema == RESULT_TABLES["corrected_effects"].schema
    assert frame["feature"].unique().to_list() == [SCORE]
    assert list(of(found, endpoint)) == MODELS
    assert of(found, endpoint)["naive"]["effect"] == (
        "hazard_ratio" if endpoint == "os" else "odds_ratio"
    )


@pytest.mark.parametrize("endpoint", ["os", "response"])
@pytest.mark.parametrize(("plain", "corrected"), [MODELS[:2], MODELS[2:]])
def test_the_corrected_ratio_lies_further_from_one_by_about_the_reliability(
    found, endpoint, plain, corrected
):
    rows = of(found, endpoint)
    logs = np.log([rows[plain]["estimate"], rows[corrected]["estimate"]])
    assert 0.3 < rows[corrected]["reliability"] < 0.9
    assert rows[plain]["reliability"] is None
    assert logs[0] / logs[1] == pytest.approx(rows[corrected]["reliability"], abs=0.05)
    assert rows[corrected]["ci_low"] < rows[corrected]["estimate"] < rows[corrected]["ci_high"]


@pytest.mark.parametrize("endpoint", ["os", "response"])
def test_naive_and_adjusted_are_those_of_the_associations(found, endpoint):
    rows = of(found, endpoint)
    main = found.associations.filter(pl.col("effect") != "auc", feature=SCORE, endpoint=endpoint)
    for model, said in (("naive", "continuous"), ("adjusted", "for the unstimulated level")):
        twin = main.filter(pl.col("method").str.ends_with(said)).row(0, named=True)
        for name in ("estimate", "ci_low", "ci_high", "p_value", "n", "n_events"):
            assert rows[model][name] == pytest.approx(twin[name], rel=1e-9), (model, name)
        assert twin["q_value"] is not None


def test_the_adjusted_effect_is_a_test_of_the_ledger_and_the_corrected_ones_are_not(found):
    methods = found.ledger.filter(feature=SCORE)["method"].to_list()
    assert "Cox model, continuous, adjusted for the unstimulated level" in methods
    assert "logistic model, continuous, adjusted for the unstimulated level" in methods
    assert not any("corrected" in method for method in methods)


def test_the_methods_tell_of_level_and_correction(found):
    said = " ".join(found.methods)
    assert "adjusted for the unstimulated level" in said
    assert "regression calibration" in said
    assert "adjusted for ," not in said


def test_the_published_line_is_judged_by_the_score(draw_responsiveness, rng):
    # Published: low responsiveness goes with long survival under anti-PD1.
    people = {"cancer_type": pl.lit("melanoma"), "immunotherapy": pl.lit(value=True)}
    verdicts = {}
    for log_ratio in (0.6, -0.6, 0.0):
        study, features = draw_responsiveness(
            150, rng=rng, log_hazard_ratio=log_ratio, people=people
        )
        agreement = associate(study, features).agreement
        (line,) = agreement.filter(feature=SCORE).iter_rows(named=True)
        assert (line["endpoint"], line["published_direction"]) == ("os", "low")
        assert line["setting"] == "same tumour and therapy"
        verdicts[log_ratio] = (line["verdict"], line["observed_direction"])
    assert verdicts[0.6] == ("agrees", "low")
    assert verdicts[-0.6] == ("contradicts", "high")
    assert verdicts[0.0][0] in {"no effect of that size", "underpowered"}


def test_a_ceiling_that_looks_like_a_weak_response_goes_when_the_level_is_in_the_model(
    draw_responsiveness, rng
):
    # The score does nothing; a high unstimulated level lowers it and shortens life.
    study, features = draw_responsiveness(
        300, rng=rng, error=0.05, level_slope=-0.8, level_effect=0.6
    )
    rows = of(associate(study, features), "os")
    assert rows["naive"]["ci_high"] < 1.0
    assert rows["adjusted"]["ci_low"] < 1.0 < rows["adjusted"]["ci_high"]


def test_declared_columns_have_a_pair_of_their_own(draw_responsiveness, rng):
    age = np.where(rng.random(120) < 0.1, np.nan, rng.normal(65.0, 8.0, 120))
    study, features = draw_responsiveness(
        120,
        rng=rng,
        log_hazard_ratio=0.5,
        people={"age_years": pl.Series(age).fill_nan(None)},
        analysis=AnalysisSettings(adjust_for=("age_years",)),
    )
    rows = of(associate(study, features), "os")
    assert list(rows) == [*MODELS, "naive, with age years", "corrected, with age years"]
    naive, corrected = rows["naive, with age years"], rows["corrected, with age years"]
    assert naive["n"] == corrected["n"] == 120 - np.isnan(age).sum()
    assert f"{np.isnan(age).sum()} left out who lack age years" in naive["status"]
    assert np.log(corrected["estimate"]) / np.log(naive["estimate"]) > 1.05


def test_a_change_is_tested_at_the_landmark_and_not_corrected(draw_responsiveness, rng):
    study, features = draw_responsiveness(
        rng=rng, on_treatment=True, analysis=AnalysisSettings(landmarks_days=(60.0,))
    )
    rows = associate(study, features).corrected_effects.filter(feature=f"{SCORE}_change")
    os = {row["model"]: row for row in rows.filter(endpoint="os").iter_rows(named=True)}
    assert set(rows["landmark_days"]) == {60.0}
    assert os["naive"]["estimate"] is not None
    assert os["adjusted"]["estimate"] is not None
    assert os["corrected"]["estimate"] is None
    assert "the interval of a value is not that of a change" in os["corrected"]["status"]


def test_without_a_landmark_a_score_on_treatment_is_refused(draw_responsiveness, rng):
    study, features = draw_responsiveness(rng=rng, on_treatment=True)
    found = associate(study, features)
    rows = found.corrected_effects.filter(feature=f"{SCORE}_change")
    assert set(rows["status"]) == {REFUSED}
    assert rows["estimate"].null_count() == rows.height > 0
    main = found.associations.filter(feature=f"{SCORE}_change")
    assert set(main["status"]) == {REFUSED}
    assert found.ledger.filter(feature=f"{SCORE}_change")["q_value"].null_count() == 0


def test_scores_without_intervals_are_not_corrected(draw_responsiveness, rng, make_features):
    study, _ = draw_responsiveness(40, rng=rng)
    ids = study.participants["participant_id"].to_list()
    features = make_features(*[(name, SCORE, -3.0, rng.normal()) for name in ids])
    definition = features.computed[0]
    features = make_features(
        *[(name, SCORE, -3.0, rng.normal()) for name in ids],
        definitions=(type(definition)(SCORE, SCORE, "responsiveness", "z", "sd", SCORE),),
    )
    rows = of(associate(study, features), "os")
    assert rows["corrected"]["estimate"] is None
    assert rows["corrected"]["status"].startswith("no value has an interval")
    assert rows["adjusted"]["status"] == "the unstimulated level is not a feature of this study"


def test_a_study_without_scores_has_no_such_rows(draw_study, rng):
    from macroimmune.features import compute_features

    study = draw_study(40, rng=rng)
    found = associate(study, compute_features(study))
    assert found.corrected_effects.is_empty()
    assert found.detectable_effects.is_empty()
    assert found.refusals == ()
