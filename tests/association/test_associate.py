from itertools import product

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from macroimmune.association import associate
from macroimmune.association.each_feature import REFUSED
from macroimmune.errors import InputError
from macroimmune.features import compute_features
from macroimmune.outcomes import Survival
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics import cox
from macroimmune.study import AnalysisSettings, study_from_frames

ENDPOINTS = ("os", "pfs", "response")


@pytest.fixture(scope="module")
def later_analysis():
    return AnalysisSettings(landmarks_days=(42.0,), endpoints=ENDPOINTS)


def run(study):
    features = compute_features(study)
    return features, associate(study, features)


def test_each_feature_meets_each_endpoint(draw_study):
    analysis = AnalysisSettings(endpoints=ENDPOINTS)
    features, found = run(draw_study(rng=np.random.default_rng(1), analysis=analysis))
    pairs = found.associations.select("feature", "endpoint", "effect")
    survival = [
        (item.id, end, "hazard_ratio") for item in features.computed for end in ("os", "pfs")
    ]
    binary = product([item.id for item in features.computed], ["response"], ["odds_ratio", "auc"])
    assert sorted(pairs.rows()) == sorted([*survival, *binary])
    assert found.associations["landmark_days"].null_count() == found.associations.height


def test_all_tables_are_as_the_contract_declares_them(draw_study, later_analysis):
    study = draw_study(rng=np.random.default_rng(1), later=True, analysis=later_analysis)
    _, found = run(study)
    for name in ("associations", "predictive", "agreement", "ledger", "curves"):
        assert getattr(found, name).schema == pl.Schema(RESULT_TABLES[name].schema), name


def test_every_p_and_q_of_the_associations_stands_in_the_ledger(draw_study, later_analysis):
    study = draw_study(rng=np.random.default_rng(1), later=True, analysis=later_analysis)
    _, found = run(study)
    keys = ["feature", "endpoint", "landmark_days", "method"]
    joined = found.associations.join(found.ledger, on=keys, how="left", nulls_equal=True)
    assert joined.height == found.associations.height
    assert joined["p_value"].to_list() == joined["p_value_right"].to_list()
    assert joined["q_value"].to_list() == joined["q_value_right"].to_list()
    assert not found.ledger.select(keys).is_duplicated().any()
    assert found.ledger["order"].to_list() == list(range(1, found.ledger.height + 1))


def test_without_a_landmark_features_on_treatment_are_refused_with_a_status(draw_study):
    features, found = run(draw_study(rng=np.random.default_rng(1), later=True))
    later = [item.id for item in features.computed if item.timing != "baseline"]
    assert later
    refused = found.associations.filter(pl.col("feature").is_in(later))
    assert refused.height >= len(later) * 3
    assert set(refused["status"]) == {REFUSED}
    assert refused["estimate"].null_count() == refused["p_value"].null_count() == refused.height
    assert not set(later) & set(found.ledger["feature"])
    assert not set(later) & set(found.curves["feature"])


def test_at_a_landmark_they_are_tested_among_those_who_still_live(draw_study, later_analysis):
    study = draw_study(rng=np.random.default_rng(1), later=True, analysis=later_analysis)
    features, found = run(study)
    later = {item.id for item in features.computed if item.timing != "baseline"}
    rows = found.associations.filter(landmark_days=42.0)
    assert set(rows["feature"]) == later
    alive = (study.tables["outcomes"]["os_time_days"] > 42).sum()
    assert set(rows.filter(endpoint="os")["n"]) == {alive}
    assert (
        not found.associations
        .filter(pl.col("landmark_days").is_null())["feature"]
        .is_in(list(later))
        .any()
    )


def test_a_feature_without_a_baseline_value_has_a_row_that_says_so(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    late = tables["blood_counts"].with_columns(days_from_treatment_start=pl.lit(21.0))
    _, found = run(study_from_frames("late", **(tables | {"blood_counts": late})))
    rows = found.associations.filter(feature="nlr")
    assert set(rows["endpoint"]) >= set(ENDPOINTS)
    assert set(rows["n"]) == {0}
    assert set(rows["n_excluded"]) == {120}
    expected = "no participant with this endpoint has a value in the baseline window"
    assert set(rows["status"]) == {expected}


def test_a_feature_that_is_constant_has_a_status_and_no_estimate(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    same = tables["blood_counts"].with_columns(neutrophils=pl.lit(4.0), lymphocytes=pl.lit(2.0))
    _, found = run(study_from_frames("same", **(tables | {"blood_counts": same})))
    rows = found.associations.filter(pl.col("effect") != "auc")
    assert rows["estimate"].null_count() == rows.height > 0
    assert (rows["status"] != "").all()


def test_a_cut_that_was_fixed_beforehand_stands_beside_the_continuous_effect(draw_study):
    analysis = AnalysisSettings(cut_points={"nlr": 3.0}, endpoints=ENDPOINTS)
    _, found = run(draw_study(rng=np.random.default_rng(1), analysis=analysis))
    methods = found.associations.filter(feature="nlr", endpoint="os")["method"].to_list()
    assert methods == ["Cox model, continuous", "log-rank test, cut fixed beforehand"]
    assert "log-rank test, cut fixed beforehand" in found.ledger["method"]


def test_the_same_study_gives_the_same_tables(draw_study, later_analysis):
    first, second = (
        run(draw_study(rng=np.random.default_rng(1), later=True, analysis=later_analysis))[1]
        for _ in range(2)
    )
    for name in ("associations", "predictive", "agreement", "ledger", "curves", "cut_points"):
        assert_frame_equal(getattr(first, name), getattr(second, name))


def test_the_order_of_the_rows_changes_no_estimate(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    shuffled = {name: frame.reverse() for name, frame in tables.items()}
    first, second = (
        run(study_from_frames("x", **some))[1].associations for some in (tables, shuffled)
    )
    assert_frame_equal(first, second, rel_tol=1e-7)


def test_a_study_without_outcomes_has_empty_tables_and_a_verdict_on_no_line(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    del tables["outcomes"]
    _, found = run(study_from_frames("nothing", **tables))
    assert found.associations.is_empty()
    assert found.ledger.is_empty()
    assert set(found.agreement["verdict"]) == {"not measured"}


def test_progress_is_told_from_the_first_to_the_last_feature(draw_study):
    study, told = draw_study(rng=np.random.default_rng(1)), []
    features = compute_features(study)
    associate(study, features, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, len(features.computed)) for done in range(1, len(features.computed) + 1)]


def test_a_change_is_adjusted_for_the_baseline_that_it_started_from(draw_study, later_analysis):
    study = draw_study(rng=np.random.default_rng(1), later=True, analysis=later_analysis)
    features, found = run(study)
    row = found.associations.filter(feature="nlr_change", endpoint="os").row(0, named=True)
    assert row["method"] == "Cox model, continuous, adjusted for baseline"
    assert any("adjusted for the baseline value" in said for said in found.methods)
    nlr = features.frame.filter(pl.col("feature") == "nlr")
    wide = (
        study
        .tables["outcomes"]
        .filter(pl.col("os_time_days") > 42)
        .join(nlr.filter(pl.col("days_from_treatment_start") <= 0), on="participant_id")
        .join(nlr.filter(pl.col("days_from_treatment_start") > 0), on="participant_id")
    )
    before, after = np.log2(wide["value"].to_numpy()), np.log2(wide["value_right"].to_numpy())
    survival = Survival(
        time=wide["os_time_days"].to_numpy() - 42.0, event=wide["os_event"].to_numpy()
    )
    fit = cox(survival, np.column_stack([after - before, before]))
    assert row["estimate"] == pytest.approx(fit.hazard_ratios[0], rel=1e-6)
    assert row["n"] == fit.n


def test_cohorts_that_differ_in_marker_and_outcome_give_no_association(drawn_tables):
    tables = drawn_tables(300, rng=np.random.default_rng(1))
    second = np.arange(300) >= 150
    rng = np.random.default_rng(2)
    people = tables["participants"].with_columns(cohort=pl.Series(np.where(second, "b", "a")))
    outcomes = tables["outcomes"].with_columns(
        response=pl.Series(rng.random(300) < np.where(second, 0.7, 0.1)),
        os_time_days=pl.col("os_time_days") * pl.Series(np.where(second, 3.0, 1.0)),
    )
    counts = tables["blood_counts"].with_columns(
        neutrophils=pl.col("neutrophils") * pl.Series(np.where(second, 4.0, 1.0))
    )
    tables |= {"participants": people, "outcomes": outcomes, "blood_counts": counts}
    analysis = AnalysisSettings(endpoints=("os", "response"))
    _, found = run(study_from_frames("two", analysis=analysis, **tables))
    rows = found.associations.filter(feature="nlr")
    assert set(rows["effect"]) == {"hazard_ratio", "odds_ratio", "auc"}
    assert (rows["p_value"] > 0.05).all()
    assert any("stratified by cohort" in said for said in found.methods)


def test_healthy_controls_enter_no_model_and_are_counted(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    group = pl.Series(["healthy"] * 20 + ["patient"] * 100)
    tables["participants"] = tables["participants"].with_columns(group=group)
    _, found = run(study_from_frames("controls", **tables))
    assert set(found.associations["n"]) == {100}
    assert any("other species (20) entered no model" in said for said in found.methods)


def test_a_cut_of_an_unknown_feature_is_refused_with_the_nearest_names(draw_study):
    analysis = AnalysisSettings(cut_points={"nrl": 3.0}, endpoints=ENDPOINTS)
    with pytest.raises(InputError, match=r"names 'nrl'.*did you mean one of: nlr"):
        run(draw_study(rng=np.random.default_rng(1), analysis=analysis))
