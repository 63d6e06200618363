"""From paired responses over scores and features to effects on outcome, in one go."""

import numpy as np
import polars as pl
import pytest
from tests.response.score.made_responses import made_responses

from macroimmune.association import associate
from macroimmune.features import compute_features, responsiveness_features
from macroimmune.response import score_responses
from macroimmune.study import study_from_frames

SCORE = "ifn1_responsiveness_effector_cd4"


def drawn(batch_of_outcome, controls=False, supplied=False):
    """Return a study of 80 people and its features, whose answers go with short survival.

    One bridging control in two batches leaves one degree of freedom for their variance.
    """
    rng = np.random.default_rng(77)
    true = rng.normal(size=80)
    differences = 1.0 + 0.4 * true[:, None] + rng.normal(0.0, 0.15, (80, 5))
    death = rng.exponential(400.0 / np.exp(0.7 * true))
    response = rng.random(80) < 0.4
    plates = np.where(response, "B1", "B2") if batch_of_outcome else rng.choice(["B1", "B2"], 80)
    levels = rng.normal(size=(80, 5))
    responses = made_responses(differences, levels=levels, batch=plates.tolist())
    if controls:
        twice = 1.0 + np.array([[0.05], [-0.05]]) + rng.normal(0.0, 0.05, (2, 5))
        of_control = {"control": "bridge", "participant_id": "", "batch": ["B1", "B2"]}
        responses = pl.concat([responses, made_responses(twice, **of_control, sample_id=["", ""])])
    people = [f"P{row:03d}" for row in range(80)]
    outcomes = pl.DataFrame({
        "participant_id": people,
        "os_time_days": np.minimum(death, 900.0) + 1.0,
        "os_event": death < 900.0,
        "response": response,
    })
    scores = pl.DataFrame({
        "participant_id": people,
        "sample_id": people,
        "days_from_treatment_start": -1.0,
        "feature": SCORE,
        "value": true,
    })
    study = study_from_frames(
        "made",
        participants=pl.DataFrame({"participant_id": people}),
        outcomes=outcomes,
        **({"supplied_features": scores} if supplied else {}),
    )
    scored = score_responses(responses, study=study)
    extra = responsiveness_features(scored.responsiveness, responses, study=study)
    return study, compute_features(study, extra=extra)


def test_a_score_of_paired_wells_is_corrected_adjusted_and_judged():
    found = associate(*drawn(batch_of_outcome=False))
    rows = found.corrected_effects.filter(feature=SCORE, endpoint="os")
    assert rows["model"].to_list() == ["naive", "corrected", "adjusted", "corrected and adjusted"]
    assert rows["estimate"].null_count() == 0
    corrected = rows.filter(model="corrected").row(0, named=True)
    assert 0.0 < corrected["reliability"] < 1.0
    assert corrected["estimate"] > rows["estimate"][0] > 1.0
    (line,) = found.agreement.filter(feature=SCORE).iter_rows(named=True)
    assert (line["verdict"], line["observed_direction"]) == ("agrees", "low")


def test_a_measured_score_beside_a_supplied_one_is_adjusted_for_its_unstimulated_level():
    found = associate(*drawn(batch_of_outcome=False, supplied=True)).corrected_effects
    rows = found.filter(feature=f"{SCORE}_responsiveness", endpoint="os")
    assert rows["model"].to_list() == ["naive", "corrected", "adjusted", "corrected and adjusted"]
    assert rows["estimate"].null_count() == 0


def test_a_score_whose_plates_are_the_response_is_refused():
    found = associate(*drawn(batch_of_outcome=True))
    rows = found.associations.filter(feature=SCORE)
    assert rows["estimate"].null_count() == rows.height == 2
    assert rows["status"].str.starts_with("refused: batch is confounded with response").all()
    assert found.refusals[0].code == "batch-confounded"


@pytest.mark.parametrize("confounded", [True, False])
def test_the_batches_of_scores_reach_the_features(confounded):
    _, features = drawn(batch_of_outcome=confounded)
    batches = features.batches.filter(feature=SCORE)
    assert batches.height == 80
    assert set(batches["batch"]) == {"B1", "B2"}


def test_errors_of_scores_are_standard_errors_though_their_intervals_are_by_t():
    study, features = drawn(batch_of_outcome=False, controls=True)
    errors = features.errors.filter(feature=SCORE)
    assert errors["is_batch_included"].all()
    both = features.frame.filter(feature=SCORE).join(
        errors, on=["feature", "participant_id", "days_from_treatment_start"]
    )
    assert both.height == 80
    by_normal = (both["ci_high"] - both["ci_low"]) / (2 * 1.959964)
    assert (by_normal > 1.2 * both["standard_error"]).all()
    rows = associate(study, features).corrected_effects.filter(feature=SCORE, endpoint="os")
    (reliability,) = rows.filter(model="corrected")["reliability"]
    variance = both["value"].var() - (both["standard_error"] ** 2).mean()
    assert reliability == pytest.approx(variance / both["value"].var(), abs=0.02)
    assert not rows["status"].str.contains("batch not included").any()


def test_a_correction_without_the_variance_between_batches_says_so():
    found = associate(*drawn(batch_of_outcome=False))
    rows = found.corrected_effects.filter(feature=SCORE, endpoint="os")
    said = "batch not included in the errors: the reliability is at most this"
    for row in rows.iter_rows(named=True):
        assert (said in row["status"]) == row["model"].startswith("corrected"), row["model"]
    assert found.detectable_effects.filter(feature=SCORE)["status"].str.contains(said).all()
    shared = rows.filter(pl.col("status").str.contains("taken as measured without error"))
    assert shared["model"].to_list() == ["corrected and adjusted"]
