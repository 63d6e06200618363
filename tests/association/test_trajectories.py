from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.trajectories import METHOD
from macroimmune.features import compute_features
from macroimmune.statistics import mixed_model, q_values
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

UNTIL = AnalysisSettings(trajectories_until_days=90.0)


def drawn(n=40, *, trend=0.0, arms=("A", "B"), analysis=UNTIL, seed=1, later=(14.0, 42.0, 84.0)):
    """A cohort whose neutrophils rise in arm B by `trend` doublings a month, with samples."""
    rng = np.random.default_rng(seed)
    ids = [f"P{k:03d}" for k in range(n)]
    arm = np.array([arms[k % len(arms)] for k in range(n)])
    level, own = rng.normal(2.0, 0.5, n), rng.normal(0.0, 0.1, n)
    rows = [
        (ids[k], day, float(2 ** (level[k] + (own[k] + trend * (arm[k] == "B")) * max(day, 0) / 30
                                  + rng.normal(0, 0.2))))
        for k in range(n) for day in (-3.0, *later)
    ]  # fmt: skip
    counts = pl.DataFrame(
        rows, schema=["participant_id", "days_from_treatment_start", "neutrophils"], orient="row"
    )
    people = pl.DataFrame({"participant_id": ids, "arm": arm})
    outcomes = pl.DataFrame({
        "participant_id": ids,
        "os_time_days": rng.uniform(100, 900, n).round(),
        "os_event": rng.random(n) < 0.5,
        "response": [k % 3 == 0 for k in range(n)],
    })
    return study_from_frames(
        "drawn", analysis=analysis, participants=people, outcomes=outcomes, blood_counts=counts
    )


def of(study, comparison) -> dict:
    found = associate(study, compute_features(study)).trajectories
    rows = found.filter((pl.col("feature") == "neutrophils") & (pl.col("comparison") == comparison))
    return rows.row(0, named=True)


def test_the_row_is_the_mixed_model_of_the_samples():
    study = drawn(arms=("A",))
    row = of(study, "change with time")
    counts = study.tables["blood_counts"].sort("participant_id", "days_from_treatment_start")
    months = counts["days_from_treatment_start"].clip(0.0).to_numpy() / 30
    expected = mixed_model(
        np.log2(counts["value"].to_numpy()),
        months,
        counts["participant_id"].to_numpy(),
        slope=months,
    )
    assert row["estimate"] == pytest.approx(expected.coefficients[1], rel=1e-6)
    assert row["p_value"] == pytest.approx(expected.p_values[1], rel=1e-5)
    assert (row["n"], row["n_samples"]) == (40, 160)
    assert row["scale"] == "doublings per 30 days"


def test_a_difference_between_arms_is_found_and_a_difference_by_response_is_not():
    study = drawn(trend=0.4, seed=5)
    arms = of(study, "B against A")
    assert arms["ci_low"] < 0.4 < arms["ci_high"]
    assert arms["q_value"] < 0.01
    response = of(study, "responders against others")
    assert response["endpoint"] == "response"
    assert "not assigned at random" in arms["status"]
    assert "not assigned at random" not in response["status"]
    assert response["q_value"] > 0.05


def test_the_control_arm_is_what_others_are_compared_with():
    analysis = AnalysisSettings(
        trajectories_until_days=90.0, control_arms=("B",), treated_arms=("A",)
    )
    assert of(drawn(analysis=analysis), "A against B")["n"] == 40


def test_arms_that_were_assigned_at_random_need_no_word_of_it():
    said = AnalysisSettings(trajectories_until_days=90.0, randomised=True)
    assert "at random" not in of(drawn(analysis=said), "B against A")["status"]


def test_samples_after_the_day_that_was_fixed_are_not_used():
    analysis = AnalysisSettings(trajectories_until_days=50.0)
    assert of(drawn(analysis=analysis), "change with time")["n_samples"] == 120


def test_every_question_stands_in_the_ledger_with_its_q_value():
    study = drawn()
    found = associate(study, compute_features(study))
    asked = found.ledger.filter(pl.col("method").str.starts_with(METHOD))
    assert asked.height == found.trajectories.height > 0
    joined = found.trajectories.join(asked, on=["feature", "endpoint", "method"], suffix="_ledger")
    assert joined.height == asked.height
    assert joined["q_value"].to_list() == joined["q_value_ledger"].to_list()
    assert any("linear mixed models" in sentence for sentence in found.methods)


def test_nothing_is_fitted_without_the_day():
    study = drawn(analysis=AnalysisSettings())
    found = associate(study, compute_features(study))
    assert found.trajectories.is_empty()
    assert not any("linear mixed models" in sentence for sentence in found.methods)


def test_a_feature_without_repeated_samples_has_no_row():
    study = drawn(later=())
    assert associate(study, compute_features(study)).trajectories.is_empty()


def test_undetected_samples_are_counted_in_the_row():
    study = drawn()
    features = compute_features(study)
    counted = pl.col("feature") == "neutrophils"
    frame = features.frame.with_columns(
        value=pl.when(counted).then(pl.max_horizontal("value", 3.5)).otherwise("value"),
        below_limit=counted & (pl.col("value") < 3.5),
    )
    found = associate(study, replace(features, frame=frame))
    n_below = frame["below_limit"].sum()
    assert n_below > 10
    rows = found.trajectories.filter(feature="neutrophils", endpoint="course")
    assert rows.height == 2
    for status in rows["status"]:
        assert f"{n_below} of 160 values undetected: they stand at their limits" in status
    assert "models of repeated samples and tests" in " ".join(found.methods)


def test_what_treatment_does_is_a_family_of_its_own():
    study = drawn(trend=0.4, seed=5)
    found = associate(study, compute_features(study))
    course = found.ledger.filter(pl.col("method").str.starts_with(METHOD))
    families = dict(zip(course["method"], course["family"], strict=True))
    assert families == {
        f"{METHOD}, change with time": "treatment",
        f"{METHOD}, B against A": "treatment",
        f"{METHOD}, responders against others": "outcome",
    }
    # Courses that are plainly there do not touch the q-values of outcomes.
    for name in ("treatment", "outcome"):
        family = found.ledger.filter(pl.col("family") == name)
        alone = q_values(family["p_value"].fill_null(np.nan).to_numpy())
        np.testing.assert_allclose(family["q_value"].fill_null(np.nan).to_numpy(), alone)
    assert any("a family of their own" in sentence for sentence in found.methods)
