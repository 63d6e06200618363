"""Undetected values in a run: drawn below their limits, one estimate and one test for each."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.completed_models import Imputing
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.survival_association import METHOD, NONLINEARITY, survival_effect
from macroimmune.association.undetected import IMPUTED, undetected_imputed
from macroimmune.association.values import participant_values
from macroimmune.features import compute_features, feature_list
from macroimmune.statistics import cox
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

N = 160
EFFECT = 0.8


def drawn(limits=(2.0,), *, unit="pg/mL", seed=1, analysis=None, cohorts=()):
    """A cohort in which IL-6 per doubling multiplies the hazard, and its values without limits."""
    rng = np.random.default_rng(seed)
    ids = [f"P{number:03d}" for number in range(N)]
    log2 = 1.5 + rng.normal(0.0, 1.0, N)
    death = 500.0 * rng.exponential(np.exp(-EFFECT * (log2 - 1.5)))
    end = rng.uniform(200.0, 1500.0, N)
    people = pl.DataFrame({"participant_id": ids})
    if cohorts:
        people = people.with_columns(cohort=pl.Series(rng.choice(list(cohorts), N)))
    outcomes = pl.DataFrame({
        "participant_id": ids,
        "os_time_days": np.minimum(death, end) + 0.01,
        "os_event": death <= end,
        "response": rng.random(N) < 1.0 / (1.0 + np.exp(log2 - 1.5)),
    })
    whole = log2 if unit == "NPX" else np.exp2(log2)
    limit = rng.choice(limits, N)
    below = whole < limit
    proteins = pl.DataFrame({
        "participant_id": ids,
        "days_from_treatment_start": 0.0,
        "analyte": "IL-6",
        "value": np.where(below, limit, whole),
        "unit": unit,
        "limit_of_detection": limit,
        "below_limit": below,
    })
    study = study_from_frames(
        "limits", participants=people, outcomes=outcomes, proteins=proteins, analysis=analysis
    )
    return study, log2, below


def of_il6(found, effect="hazard_ratio"):
    of_protein = pl.col("feature").is_in(["serum_il6", "serum_il6_npx"])
    return found.associations.filter(of_protein, effect=effect).row(0, named=True)


@pytest.fixture(scope="module")
def run():
    study, log2, below = drawn()
    return study, log2, below, associate(study, compute_features(study), seed=3)


def test_the_estimate_is_nearer_to_that_of_the_full_data_than_with_values_at_the_limit(run):
    study, log2, below, found = run
    row = of_il6(found)
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    truth = cox(data.survival, log2).coefficients[0]
    at_limit = cox(data.survival, np.where(below, 1.0, log2)).coefficients[0]
    assert abs(np.log(row["estimate"]) - truth) < abs(at_limit - truth) / 2
    assert row["method"] == METHOD + IMPUTED
    assert row["scale"] == "per doubling"
    assert f"the ratio would be {np.exp(at_limit):.3g}" in row["status"]
    assert f"{below.sum()} of {N} values undetected" in row["status"]
    assert "20 imputations" in row["status"]
    # Per SD: of the completed values, whose SD is near the true one of 1.
    assert row["log_effect_per_sd"] == pytest.approx(np.log(row["estimate"]), rel=0.15)


def test_one_test_counts_for_a_feature_and_endpoint_and_none_is_hidden(run):
    *_, found = run
    of_os = found.ledger.filter(feature="serum_il6", endpoint="os")
    assert of_os.filter(method=METHOD).is_empty()
    assert of_os.filter(method=NONLINEARITY).is_empty()
    row = of_os.filter(method=METHOD + IMPUTED).row(0, named=True)
    assert row["p_value"] == pytest.approx(of_il6(found)["p_value"])
    assert row["q_value"] is not None
    assert of_il6(found)["nonlinearity_p_value"] is None


def test_response_is_imputed_given_the_response_and_the_area_tells_how_it_ranked(run):
    *_, found = run
    odds = of_il6(found, "odds_ratio")
    assert odds["method"].endswith(IMPUTED)
    assert odds["estimate"] < 1
    assert "share the lowest rank" in of_il6(found, "auc")["status"]


def test_the_methods_paragraph_names_what_was_done(run):
    *_, found = run
    text = " ".join(found.methods)
    assert "imputed 20 times" in text
    assert "Rubin" in text
    assert "took undetected values at their limits" in text
    assert "Cox proportional hazards model" in text


def test_the_share_undetected_stands_in_the_list_and_each_value_is_marked(run):
    study, _, below, _ = run
    features = compute_features(study)
    listed = feature_list(features).filter(feature="serum_il6").row(0, named=True)
    assert listed["undetected_percent"] == pytest.approx(100 * below.mean())
    marked = features.frame.filter(feature="serum_il6")["below_limit"]
    assert marked.sum() == below.sum()


def test_the_same_seed_gives_the_same_tables_and_another_does_not(run):
    study, *_, found = run
    again, other = (associate(study, compute_features(study), seed=seed) for seed in (3, 4))
    assert again.associations.equals(found.associations)
    assert again.ledger.equals(found.ledger)
    assert of_il6(other)["estimate"] != of_il6(found)["estimate"]
    assert of_il6(other)["estimate"] == pytest.approx(of_il6(found)["estimate"], rel=0.1)


def test_npx_is_imputed_as_it_is():
    study, log2, below = drawn((1.0,), unit="NPX")
    row = of_il6(associate(study, compute_features(study), seed=3))
    assert row["scale"] == "per NPX"
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    truth = cox(data.survival, log2).coefficients[0]
    assert np.log(row["estimate"]) == pytest.approx(truth, abs=0.1)


def test_several_limits_and_strata_by_cohort():
    study, *_ = drawn((1.2, 2.0), cohorts=("A", "B"))
    found = associate(study, compute_features(study), seed=3)
    assert of_il6(found)["method"].endswith(IMPUTED)
    assert "2 limits, so the area is approximate" in of_il6(found, "auc")["status"]


def test_the_declared_number_of_imputations_is_taken():
    study, *_ = drawn(analysis=AnalysisSettings(multiple_imputation=5))
    row = of_il6(associate(study, compute_features(study), seed=3))
    assert "5 imputations" in row["status"]


def test_more_than_half_undetected_is_detected_or_not():
    study, _, below = drawn((4.0,))
    assert below.mean() > 0.5
    found = associate(study, compute_features(study), seed=3)
    assert of_il6(found)["method"] == METHOD
    assert of_il6(found)["scale"] == "detected v not"


def test_without_undetected_values_nothing_is_imputed():
    study, *_ = drawn((1e-6,))
    found = associate(study, compute_features(study), seed=3)
    assert of_il6(found)["method"] == METHOD
    assert "imputed" not in " ".join(found.methods)


def test_a_feature_whose_few_detected_values_do_not_vary_stays_at_the_limit():
    study, *_ = drawn()
    features = compute_features(study)
    people = study.participants["participant_id"]
    (values,) = [
        item
        for item in participant_values(features, people, window=(-42.0, 0.0))
        if item.definition.id == "serum_il6"
    ]
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    flat = type(values)(
        values.definition,
        None,
        np.where(values.below, 2.0, 4.0),
        np.where(values.below, 1.0, 2.0),
        below=values.below,
    )
    plain, _ = survival_effect(flat, data, None)
    kept = undetected_imputed(plain, flat, data, None, Imputing(1, 5))
    assert kept.method == METHOD
    assert "stand at their limits, because the detected values do not vary" in kept.status


def test_a_pooled_ratio_too_large_to_be_written_leaves_the_values_at_their_limits():
    study, *_ = drawn()
    people = study.participants["participant_id"]
    (values,) = [
        item
        for item in participant_values(compute_features(study), people, window=(-42.0, 0.0))
        if item.definition.id == "serum_il6"
    ]
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    plain, _ = survival_effect(values, data, None)
    near = replace(values, on_scale=1.0 + 1e-4 * values.on_scale)
    kept = undetected_imputed(plain, near, data, None, Imputing(1, 5))
    assert kept.method == METHOD
    assert kept.estimate == plain.estimate
    assert "because the pooled ratio or its interval is too large" in kept.status
