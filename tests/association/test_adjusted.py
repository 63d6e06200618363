"""Effects adjusted for declared columns: complete cases, or missing columns imputed."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.adjusting_columns import adjusting_columns
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.survival_association import METHOD
from macroimmune.features import compute_features
from macroimmune.statistics import cox, logistic
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

N = 180
FOR_BOTH = "Cox model, continuous, adjusted for age years, sex"


def drawn(*, missing=0.0, seed=2, people=None, **said):
    """A cohort in which age raises both the marker and the hazard, and the marker does nothing."""
    rng = np.random.default_rng(seed)
    ids = [f"P{number:03d}" for number in range(N)]
    age = rng.normal(65.0, 8.0, N)
    male = rng.random(N) < 0.6
    marker = np.exp(1.4 + 0.05 * (age - 65.0) + rng.normal(0.0, 0.3, N))
    death = 500.0 * rng.exponential(np.exp(-0.08 * (age - 65.0)))
    end = rng.uniform(200.0, 1500.0, N)
    columns = {
        "participant_id": ids,
        "age_years": np.where(rng.random(N) < missing, np.nan, age),
        "sex": np.where(male, "male", "female"),
    }
    outcomes = pl.DataFrame({
        "participant_id": ids,
        "os_time_days": np.minimum(death, end) + 0.01,
        "os_event": death <= end,
        "response": rng.random(N) < 0.4,
    })
    counts = pl.DataFrame({
        "participant_id": ids,
        "days_from_treatment_start": 0.0,
        "neutrophils": marker,
    })
    analysis = AnalysisSettings(**({"adjust_for": ("age_years", "sex")} | said))
    study = study_from_frames(
        "adjusted",
        participants=pl.DataFrame(columns | (people or {})).fill_nan(None),
        outcomes=outcomes,
        blood_counts=counts,
        analysis=analysis,
    )
    return study, np.log2(marker), age, male


def of(found, method, endpoint="os"):
    rows = found.associations.filter(feature="neutrophils", endpoint=endpoint)
    return rows.filter(pl.col("method").str.starts_with(method)).row(-1, named=True)


def run(study):
    return associate(study, compute_features(study), seed=5)


@pytest.fixture(scope="module")
def complete():
    study, level, age, male = drawn()
    return study, level, age, male, run(study)


def test_the_adjusted_effect_stands_beside_the_other_and_equals_the_model(complete):
    study, level, age, male, found = complete
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    fit = cox(data.survival, np.column_stack([level, age, male]))
    row = of(found, FOR_BOTH)
    assert row["estimate"] == pytest.approx(fit.hazard_ratios[0])
    assert row["p_value"] == pytest.approx(fit.p_values[0])
    assert (row["n"], row["n_excluded"], row["status"]) == (N, 0, "")
    # Confounded by age: without adjustment the marker seems to shorten survival.
    unadjusted = found.associations.filter(method=METHOD, endpoint="os").row(0, named=True)
    assert unadjusted["ci_low"] > 1
    assert row["ci_low"] < 1 < row["ci_high"]


def test_response_is_adjusted_too_and_every_adjusted_test_is_in_the_ledger(complete):
    study, level, age, male, found = complete
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "response"]
    fit = logistic(data.outcome, np.column_stack([level, age, male]))
    row = of(found, "logistic model, continuous, adjusted for age years, sex", "response")
    assert row["estimate"] == pytest.approx(fit.odds_ratios[0])
    adjusted = found.ledger.filter(pl.col("method").str.contains("adjusted for age years, sex"))
    assert set(adjusted["endpoint"]) == {"os", "response"}
    assert adjusted["q_value"].is_not_null().all()
    assert "adjusted for age years, sex, tests of their own" in " ".join(found.methods)


def test_without_imputation_participants_who_lack_a_column_are_left_out_and_counted():
    study, *_ = drawn(missing=0.2)
    lacking = study.participants["age_years"].null_count()
    row = of(run(study), FOR_BOTH)
    assert row["n"] == N - lacking
    assert row["n_excluded"] == lacking
    assert f"{lacking} left out who lack age years" in row["status"]


def test_missing_columns_are_imputed_where_asked_and_counted():
    study, *_ = drawn(missing=0.2, multiple_imputation=10)
    lacking = study.participants["age_years"].null_count()
    found = run(study)
    row = of(found, FOR_BOTH)
    assert row["method"] == FOR_BOTH + ", missing values imputed"
    assert (row["n"], row["n_excluded"]) == (N, 0)
    assert f"imputed 10 times: age years in {lacking}" in row["status"]
    # Confounding is taken off although a fifth of the ages are unknown.
    assert row["ci_low"] < 1 < row["ci_high"]
    assert "imputed 10 times by chained equations" in " ".join(found.methods)
    assert run(study).associations.equals(found.associations)


def test_a_column_that_is_mostly_missing_is_not_imputed():
    study, *_ = drawn(missing=0.6, multiple_imputation=5)
    row = of(run(study), FOR_BOTH)
    assert row["estimate"] is None
    assert "age years is missing in" in row["status"]
    assert "more than half: not imputed" in row["status"]


def test_a_column_that_does_not_vary_is_left_out_and_said():
    study, *_ = drawn(people={"sex": ["male"] * N})
    assert "sex does not vary" in of(run(study), FOR_BOTH)["status"]
    study, *_ = drawn(people={"sex": ["male"] * N}, adjust_for=("sex",))
    row = of(run(study), "Cox model, continuous, adjusted for sex")
    assert row["estimate"] is None
    assert "no column to adjust for varies" in row["status"]


def test_categories_become_indicators_and_are_never_imputed():
    stage = ["II", "III", "IV"] * (N // 3)
    stage[:6] = [None] * 6
    study, *_ = drawn(
        people={"stage": stage}, adjust_for=("stage", "age_years"), multiple_imputation=5
    )
    (item, _), _ = adjusting_columns(study, ())
    assert item.values.shape == (N, 2)
    assert item.missing.sum() == 6
    row = of(run(study), "Cox model, continuous, adjusted for stage, age years")
    assert "6 left out who lack stage" in row["status"]
    assert row["n"] == N - 6


def test_a_column_that_stratifies_is_not_adjusted_for_again():
    cohorts = ["A", "B"] * (N // 2)
    study, *_ = drawn(people={"cohort": cohorts}, adjust_for=("cohort", "age_years"))
    columns, already = adjusting_columns(study, ("cohort",))
    assert [item.name for item in columns] == ["age years"]
    assert already == ("cohort",)
    found = run(study)
    assert of(found, "Cox model, continuous, adjusted for age years")["estimate"] is not None
    told = " ".join(found.methods)
    assert "adjusted for age years, tests of their own" in told
    assert "asks to adjust for cohort too, by which the models are stratified already" in told


def test_a_wish_to_adjust_for_strata_alone_is_told_and_makes_no_model():
    study, *_ = drawn(adjust_for=("sex",), strata=("sex",), endpoints=("os",))
    found = run(study)
    assert not found.associations["method"].str.contains("adjusted").any()
    told = " ".join(found.methods)
    assert "asks to adjust for sex too, by which the models are stratified already" in told
    assert "stand effects adjusted" not in told


@pytest.mark.parametrize("times", [0, 3])
def test_the_methods_leave_out_whom_the_models_left_out(times):
    study, *_ = drawn(missing=0.1, multiple_imputation=times, endpoints=("os",))
    told = " ".join(run(study).methods)
    assert ("missing value that was not imputed were left out" in told) == (times > 0)
    assert ("with a missing value were left out" in told) == (times == 0)


def test_undetected_markers_and_missing_columns_are_imputed_together():
    study, level, age, male = drawn(missing=0.1, multiple_imputation=5)
    limit = float(np.quantile(np.exp2(level), 0.3))
    ids = study.participants["participant_id"]
    proteins = pl.DataFrame({
        "participant_id": ids,
        "days_from_treatment_start": 0.0,
        "analyte": "IL-6",
        "value": np.maximum(np.exp2(level), limit),
        "unit": "pg/mL",
        "limit_of_detection": limit,
        "below_limit": np.exp2(level) < limit,
    })
    both = study_from_frames(
        "both",
        participants=study.participants,
        outcomes=study.tables["outcomes"],
        proteins=proteins,
        analysis=study.analysis,
    )
    found = associate(both, compute_features(both), seed=5)
    row = found.associations.filter(
        pl.col("method").str.starts_with(FOR_BOTH), feature="serum_il6"
    ).row(0, named=True)
    assert row["method"].endswith(", missing values imputed, undetected values imputed")
    assert "undetected values in 54" in row["status"]
    (data,) = [item for item in endpoint_data(study) if item.endpoint.id == "os"]
    truth = cox(data.survival, np.column_stack([level, age, male])).coefficients[0]
    assert np.log(row["estimate"]) == pytest.approx(truth, abs=0.35)
