from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.predictive import METHOD, interactions, predictive_frame
from macroimmune.association.values import participant_values
from macroimmune.features import compute_features
from macroimmune.study import AnalysisSettings, study_from_frames

ARMS = ("chemotherapy", "ICI", "observation")


def analysis(**said):
    return AnalysisSettings(control_arms=("chemotherapy",), **said)


def found_for(study):
    return associate(study, compute_features(study))


def test_without_a_control_arm_nothing_is_tested_and_nothing_can_be_told(draw_study):
    found = found_for(draw_study(rng=np.random.default_rng(1)))
    assert METHOD not in found.ledger["method"]
    assert set(found.predictive["status"]) == {"no control arm"}
    assert all(verdict.startswith("cannot be told") for verdict in found.predictive["verdict"])
    assert found.predictive["interaction_hazard_ratio"].null_count() == found.predictive.height


def test_with_a_control_arm_every_baseline_feature_and_survival_endpoint_is_tested(draw_study):
    settings = analysis(treated_arms=("ICI",), randomised=True)
    study = draw_study(rng=np.random.default_rng(1), arms=ARMS, analysis=settings)
    found = found_for(study)
    tested = found.ledger.filter(method=METHOD)
    assert tested.height == found.predictive.height == 3 * 2
    assert set(tested["endpoint"]) == {"os", "pfs"}
    assert tested["q_value"].to_list() == found.predictive["q_value"].to_list()
    assert set(found.predictive["design"]) == {"randomised"}
    named = study.participants["arm"].is_in(["chemotherapy", "ICI"]).sum()
    assert set(found.predictive["n"]) == {named}


def test_all_other_arms_are_treated_where_none_is_named(draw_study):
    study = draw_study(rng=np.random.default_rng(1), arms=ARMS, analysis=analysis())
    assert set(found_for(study).predictive["n"]) == {study.participants.height}


def test_a_non_randomised_comparison_establishes_nothing(draw_study):
    study = draw_study(rng=np.random.default_rng(2), arms=ARMS[:2], analysis=analysis())
    found = found_for(study)
    for verdict in found.predictive["verdict"]:
        assert "predictive value cannot be established" in verdict


def test_the_arm_stratifies_the_models_of_a_feature_alone(draw_study):
    rng = np.random.default_rng(3)
    study = draw_study(rng=rng, arms=ARMS[:2], analysis=analysis())
    same_without = draw_study(rng=np.random.default_rng(3), arms=ARMS[:2])
    stratified, plain = found_for(study).associations, found_for(same_without).associations
    cox = "Cox model, continuous"
    assert (
        stratified.filter(method=cox)["estimate"].to_list()
        != plain.filter(method=cox)["estimate"].to_list()
    )


def test_a_feature_that_works_only_under_treatment_is_found_in_a_randomised_study(drawn_tables):
    rng = np.random.default_rng(8)
    tables = drawn_tables(600, rng=rng, arms=ARMS[:2])
    counts, outcomes = tables["blood_counts"], tables["outcomes"]
    marker = np.log2(counts["neutrophils"] / counts["lymphocytes"]).to_numpy()
    treated = (tables["participants"]["arm"] == "ICI").to_numpy()
    risk = np.where(treated, 1.2, -0.8) * (marker - marker.mean())
    death = rng.exponential(400.0 / np.exp(risk))
    outcomes = outcomes.with_columns(
        os_time_days=np.ceil(np.minimum(death, 1500.0)), os_event=death <= 1500.0
    ).drop("pfs_time_days", "pfs_event")
    study = study_from_frames(
        "predictive", analysis=analysis(randomised=True), **(tables | {"outcomes": outcomes})
    )
    found = found_for(study).predictive.filter(feature="nlr", endpoint="os")
    assert found["verdict"][0].startswith("predictive, qualitative")
    assert found["ci_low"][0] > 1.0
    assert found["hazard_ratio_treated"][0] > 1.0 > found["hazard_ratio_control"][0]


def test_no_features_make_an_empty_table(draw_study):
    study = draw_study(rng=np.random.default_rng(1))
    assert predictive_frame(study, [], found_for(study).ledger).is_empty()


@pytest.mark.parametrize("randomised", [False, True])
def test_a_control_arm_in_which_nobody_is_gives_a_status(draw_study, randomised):
    settings = AnalysisSettings(control_arms=("placebo",), randomised=randomised)
    study = draw_study(rng=np.random.default_rng(1), arms=ARMS[:2], analysis=settings)
    found = found_for(study).predictive
    assert (found["status"] != "").all()
    assert all(verdict.startswith("cannot be told") for verdict in found["verdict"])


def test_cohorts_that_differ_in_allocation_marker_and_hazard_are_no_interaction(drawn_tables):
    significant = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        tables, cohort = drawn_tables(200, rng=rng), rng.integers(0, 3, 200)
        arm = np.where(rng.random(200) < np.array([0.1, 0.5, 0.9])[cohort], "ICI", "chemotherapy")
        level = rng.normal(size=200) + np.array([1.5, 0.0, 1.5])[cohort]
        death = rng.exponential(np.array([900.0, 500.0, 150.0])[cohort])
        end = rng.uniform(100.0, 1500.0, 200)
        people = tables["participants"].with_columns(
            arm=pl.Series(arm), cohort=pl.Series([f"c{k}" for k in cohort])
        )
        outcomes = tables["outcomes"].select(
            "participant_id",
            os_time_days=pl.Series(np.ceil(np.minimum(death, end))),
            os_event=pl.Series(death <= end),
        )
        counts = tables["blood_counts"].with_columns(neutrophils=pl.Series(4.0 * 2.0**level))
        study = study_from_frames(
            "cohorts",
            participants=people,
            outcomes=outcomes,
            blood_counts=counts.drop("lymphocytes"),
            analysis=analysis(randomised=True),
        )
        data = endpoint_data(study)
        values = participant_values(
            compute_features(study), study.participants["participant_id"], window=(-42.0, 0.0)
        )
        found, _ = interactions(study, values, data)
        (fit,) = (item.fit for item in found if item.feature == "neutrophils")
        significant += fit.p_value < 0.05
    # Of 12 at 5 %, four or more are seen in 2 of 1000; without strata they are 8.
    assert significant < 4


def test_the_methods_say_why_cohorts_of_one_arm_do_not_stratify(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1), arms=ARMS[:2])
    mixed = pl.Series(["one", "two"] * 60)
    for cohort, said in ((pl.col("arm"), "no cohort holds both arms"), (mixed, "by cohort.")):
        people = tables["participants"].with_columns(cohort=cohort)
        study = study_from_frames(
            "apart", analysis=analysis(), **(tables | {"participants": people})
        )
        (sentence,) = (s for s in found_for(study).methods if "of the interaction" in s)
        assert said in sentence


def test_undetected_values_are_counted_in_the_row(draw_study):
    study = draw_study(rng=np.random.default_rng(1), arms=ARMS[:2], analysis=analysis())
    features = compute_features(study)
    hidden = (pl.col("feature") == "nlr") & (pl.col("value") < 2.0)
    frame = features.frame.with_columns(
        value=pl.when(hidden).then(2.0).otherwise("value"), below_limit=hidden
    )
    found = associate(study, replace(features, frame=frame))
    n_below = frame["below_limit"].sum()
    assert n_below > 10
    statuses = found.predictive.filter(feature="nlr")["status"]
    for status in statuses:
        assert f"{n_below} of 120 values undetected: they stand at their limits" in status
    assert "interactions with treatment" in " ".join(found.methods)
    others = found.predictive.filter(pl.col("feature") != "nlr")["status"]
    assert not any("undetected" in status for status in others)
