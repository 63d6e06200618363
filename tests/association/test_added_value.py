"""Every marker over the routine bloods that exist, and over the scores that a study names."""

import dataclasses
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.errors import InputError
from macroimmune.features import compute_features
from macroimmune.outcomes import Survival
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics import nested_cox
from macroimmune.study import AnalysisSettings, study_from_frames

NLR = "routine bloods: nlr"


@pytest.fixture(scope="module")
def analysis():
    return AnalysisSettings(endpoints=("os", "response"))


def run(study, **said):
    return associate(study, compute_features(study), **said)


def row_of(found, feature, endpoint="os", over=NLR):
    (row,) = found.added_value.filter(feature=feature, endpoint=endpoint, over=over).to_dicts()
    return row


@pytest.fixture(scope="module")
def with_albumin():
    """Return a function that adds albumin, known for a part, to drawn tables."""

    def build(tables, rng, n_known):
        counts = tables["blood_counts"]
        known = np.arange(counts.height) < n_known
        albumin = np.where(known, np.round(rng.normal(40.0, 4.0, counts.height), 1), np.nan)
        return {**tables, "blood_counts": counts.with_columns(albumin=pl.Series(albumin))}

    return build


def test_every_marker_has_a_row_over_the_bloods_that_exist(draw_study, analysis):
    study = draw_study(rng=np.random.default_rng(1), analysis=analysis, log_hazard_ratio=1.0)
    found = run(study)
    table = found.added_value
    assert table.schema == pl.Schema(RESULT_TABLES["added_value"].schema)
    assert set(table["over"]) == {NLR}
    assert set(table["absent"]) == {"LDH, albumin"}
    assert set(zip(table["feature"], table["endpoint"], strict=True)) == {
        (feature, endpoint)
        for feature in ("nlr", "neutrophils", "lymphocytes")
        for endpoint in ("os", "response")
    }
    neutrophils = row_of(found, "neutrophils")
    assert neutrophils["status"] == (
        "shares neutrophils with nlr; LDH not measured at baseline, albumin not measured at "
        "baseline: over NLR alone"
    )
    assert (neutrophils["n_resamples"], neutrophils["degrees_of_freedom"]) == (200, 1)
    assert (
        neutrophils["change_of_concordance_ci_low"]
        <= neutrophils["change_of_concordance"]
        <= neutrophils["change_of_concordance_ci_high"]
    )


def test_a_part_of_the_base_is_marked_and_not_tested(draw_study, analysis):
    found = run(draw_study(rng=np.random.default_rng(1), analysis=analysis))
    row = row_of(found, "nlr")
    assert row["status"] == f"is part of what it would be tested over ({NLR})"
    assert row["p_value"] is None
    nested = found.ledger.filter(pl.col("method").str.contains("nested"))
    assert set(nested["feature"]) == {"neutrophils", "lymphocytes"}


def test_test_and_effect_are_those_of_the_nested_models(draw_study, analysis):
    study = draw_study(rng=np.random.default_rng(2), analysis=analysis)
    found = run(study)
    counts = study.tables["blood_counts"].pivot(
        on="analyte", index="participant_id", values="value"
    )
    joined = study.participants.join(counts, on="participant_id", maintain_order="left").join(
        study.tables["outcomes"], on="participant_id", maintain_order="left"
    )
    survival = Survival(time=joined["os_time_days"].to_numpy(), event=joined["os_event"].to_numpy())
    nlr = np.log2((joined["neutrophils"] / joined["lymphocytes"]).to_numpy())
    direct = nested_cox(survival, nlr, np.log2(joined["neutrophils"].to_numpy()))
    row = row_of(found, "neutrophils")
    np.testing.assert_allclose(row["p_value"], direct.p_value, rtol=1e-9)
    np.testing.assert_allclose(row["estimate"], direct.ratio, rtol=1e-9)
    np.testing.assert_allclose(row["correlation_with_base"], direct.correlation_with_base)


def test_the_likelihood_ratios_stand_in_the_ledger_with_their_q(draw_study, analysis):
    found = run(draw_study(rng=np.random.default_rng(3), analysis=analysis))
    tested = found.added_value.filter(pl.col("p_value").is_not_null())
    keys = ["feature", "endpoint", "landmark_days", "method"]
    joined = tested.join(found.ledger, on=keys, how="left", nulls_equal=True)
    assert joined["p_value"].to_list() == joined["p_value_right"].to_list()
    assert joined["q_value"].to_list() == joined["q_value_right"].to_list()
    assert joined["q_value"].null_count() == 0


def test_the_same_seed_gives_the_same_table_and_another_seed_other_intervals(draw_study, analysis):
    study = draw_study(rng=np.random.default_rng(4), analysis=analysis)
    one, two, other = (run(study, seed=seed).added_value for seed in (5, 5, 6))
    assert one.equals(two)
    assert one["p_value"].equals(other["p_value"])
    assert not one["change_of_concordance_ci_low"].equals(other["change_of_concordance_ci_low"])


def test_a_blood_that_few_have_is_named_as_absent(drawn_tables, with_albumin, analysis):
    rng = np.random.default_rng(5)
    few = study_from_frames(
        "few", analysis=analysis, **with_albumin(drawn_tables(rng=rng), rng, 12)
    )
    row = row_of(run(few), "neutrophils")
    assert "albumin known for 12 of 120 only: over NLR alone" in row["status"]
    many = study_from_frames(
        "many", analysis=analysis, **with_albumin(drawn_tables(rng=rng), rng, 100)
    )
    row = row_of(run(many), "neutrophils", over="routine bloods: nlr, albumin")
    assert (row["absent"], row["n"], row["n_excluded"]) == ("LDH", 100, 20)


def test_a_named_score_is_a_base_of_its_own(draw_study, analysis):
    over = dataclasses.replace(analysis, added_value_over=("lymphocytes",))
    found = run(draw_study(rng=np.random.default_rng(6), analysis=over))
    assert set(found.added_value["over"]) == {NLR, "score lymphocytes"}
    row = row_of(found, "neutrophils", over="score lymphocytes")
    assert row["absent"] == ""
    assert np.isfinite(row["p_value"])
    assert "adds to others was tested over routine bloods: nlr and over score" in " ".join(
        found.methods
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lymphocyte", "did you mean one of: lymphocytes"),
        ("nlr_change", "measured after treatment start"),
    ],
)
def test_a_score_that_is_no_baseline_feature_is_refused(draw_study, analysis, name, sentence):
    over = dataclasses.replace(analysis, added_value_over=(name,))
    study = draw_study(rng=np.random.default_rng(7), analysis=over, later=True)
    with pytest.raises(InputError, match=sentence):
        run(study)


def test_horizon_and_threshold_of_the_study_are_used(draw_study, analysis):
    fixed = dataclasses.replace(
        analysis,
        horizon_days=MappingProxyType({"os": 300.0}),
        decision_thresholds=MappingProxyType({"os": 0.25, "response": 0.4}),
    )
    found = run(draw_study(rng=np.random.default_rng(8), analysis=fixed))
    survival, binary = (row_of(found, "neutrophils", one) for one in ("os", "response"))
    assert (survival["horizon_days"], survival["threshold"]) == (300.0, 0.25)
    assert (binary["horizon_days"], binary["threshold"]) == (None, 0.4)
    # The area has one value, whichever of the two concordances it is called.
    assert binary["change_of_concordance"] == binary["change_of_harrell"]


def test_a_horizon_past_the_follow_up_leaves_the_test_and_says_so(draw_study, analysis):
    fixed = dataclasses.replace(analysis, horizon_days=MappingProxyType({"os": 9000.0}))
    row = row_of(run(draw_study(rng=np.random.default_rng(9), analysis=fixed)), "neutrophils")
    assert "the horizon of 9000 days lies past the last follow-up" in row["status"]
    assert row["change_of_concordance"] is None
    assert np.isfinite(row["p_value"])


def test_within_strata_a_binary_endpoint_has_the_test_only(draw_study, analysis):
    arms = dataclasses.replace(analysis, control_arms=("A",))
    found = run(draw_study(rng=np.random.default_rng(10), analysis=arms, arms=("A", "B")))
    row = row_of(found, "neutrophils", "response")
    assert "within strata a binary endpoint has no predicted risk" in row["status"]
    assert np.isfinite(row["p_value"])
    assert row_of(found, "neutrophils")["n_resamples"] == 200


def test_a_change_is_adjusted_for_its_own_baseline_beside_the_base(draw_study, analysis):
    later = dataclasses.replace(analysis, landmarks_days=(42.0,))
    found = run(draw_study(rng=np.random.default_rng(11), analysis=later, later=True))
    at_landmark = found.added_value.filter(pl.col("landmark_days") == 42.0)
    assert "nlr_change" in set(at_landmark["feature"])
    (row,) = at_landmark.filter(feature="nlr_change", endpoint="os").to_dicts()
    assert row["status"].startswith("is the change of nlr, which is in the base")
    (row,) = at_landmark.filter(feature="neutrophils_change", endpoint="os").to_dicts()
    assert row["status"].startswith("shares neutrophils with nlr")


def test_without_routine_bloods_and_scores_the_table_is_empty(drawn_tables, analysis):
    tables = drawn_tables(rng=np.random.default_rng(12))
    tables["blood_counts"] = tables["blood_counts"].drop("neutrophils")
    found = run(study_from_frames("no nlr", analysis=analysis, **tables))
    assert found.added_value.is_empty()
    assert not any("adds to others" in sentence for sentence in found.methods)


def test_predictions_chosen_by_their_p_are_called_optimistic(draw_study, analysis, monkeypatch):
    study = draw_study(rng=np.random.default_rng(1), analysis=analysis)
    every = run(study).added_value
    assert not any("optimistic" in status for status in every["status"])
    # Four comparisons can be resampled; with fewer than that the p-values choose.
    monkeypatch.setattr("macroimmune.association.added_value.MOST_RESAMPLED", 3)
    table = run(study).added_value
    resampled = table.filter(pl.col("n_resamples") > 0)
    assert resampled.height == 3
    for status in resampled["status"]:
        assert status.endswith("because its p is among the 3 smallest: read as optimistic")
    others = table.filter(n_resamples=0)["status"]
    assert not any("optimistic" in status for status in others)


def test_the_baseline_of_a_change_counts_among_the_coefficients(draw_study, analysis):
    later = dataclasses.replace(analysis, landmarks_days=(42.0,))
    study = draw_study(40, rng=np.random.default_rng(11), analysis=later, later=True)
    found = run(study).added_value.filter(endpoint="os")
    (own,) = found.filter(feature="neutrophils_change").to_dicts()
    # NLR, neutrophils at baseline, and the change of neutrophils.
    assert f"{own['n_events']} events for 3 coefficients" in own["status"]
    (shared,) = found.filter(feature="nlr_change").to_dicts()
    assert 20 <= shared["n_events"] < 30
    assert "coefficients" not in shared["status"]


def test_undetected_values_of_marker_and_base_are_counted_in_the_row(draw_study, analysis):
    study = draw_study(rng=np.random.default_rng(1), analysis=analysis)
    features = compute_features(study)
    limits = {"nlr": 2.0, "neutrophils": 3.0}
    limit = pl.col("feature").replace_strict(limits, default=0.0)
    frame = features.frame.with_columns(
        value=pl.max_horizontal("value", limit), below_limit=pl.col("value") < limit
    )
    found = associate(study, dataclasses.replace(features, frame=frame))
    status = row_of(found, "neutrophils")["status"]
    counts = {
        name: frame.filter(feature=name)["below_limit"].sum() for name in ("nlr", "neutrophils")
    }
    assert min(counts.values()) > 10
    assert f"; {counts['neutrophils']} of 120 values undetected: they stand at their" in status
    assert f"nlr: {counts['nlr']} of 120 values undetected: they stand at their limits" in status
