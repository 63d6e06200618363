"""Limits of design that a run must not pass over: committed on tables, read in the folder."""

import json

import numpy as np
import polars as pl
import pytest

from macroimmune.results import open_results
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames
from macroimmune.workflow.pipeline import run_study

N = 160


@pytest.fixture
def results(tmp_path):
    """Return a function that runs tables and gives the folder as it can be read afterwards."""

    def run(tables, **settings):
        study = study_from_frames("limits", analysis=AnalysisSettings(**settings), **tables)
        made = run_study(study, tmp_path / "results", command="run", last_stage="associate")
        return open_results(made.path)

    return run


@pytest.fixture
def tables(drawn_tables):
    """Return the tables of a cohort of two arms, without any effect."""
    return drawn_tables(N, rng=np.random.default_rng(10), arms=("chemotherapy", "ICI"))


def with_samples(tables, batch, days=None):
    """Return the tables with a sample each, or one on every day, and its batch."""
    ids = tables["participants"]["participant_id"]
    samples = pl.DataFrame({
        "sample_id": [f"{one}-s" for one in ids],
        "participant_id": ids,
        "days_from_treatment_start": 0.0 if days is None else days,
        "batch": batch,
    })
    counts = tables["blood_counts"].with_columns(
        samples["sample_id"], samples["days_from_treatment_start"]
    )
    return tables | {"samples": samples, "blood_counts": counts}


def of_code(folder, code):
    return folder.table("findings").filter(code=code, severity="warning")["found"].to_list()


def coin(words=("b1", "b2")):
    return np.random.default_rng(3).choice(list(words), N)


@pytest.mark.parametrize("factor", ["response", "arm", "sampling time", "overall survival"])
def test_a_batch_that_goes_with_outcome_arm_or_time_is_a_finding(results, tables, factor):
    response, arm = tables["outcomes"]["response"], tables["participants"]["arm"]
    days = None
    if factor == "response":
        batch = np.where(response, "b1", "b2")
    elif factor == "arm":
        batch = np.where(arm == "ICI", "b1", "b2")
    elif factor == "sampling time":
        batch = coin()
        days = np.where(batch == "b1", 0.0, 21.0)
    else:
        # Everyone dies, those of one batch early: event flags say nothing of it.
        batch = coin()
        late = pl.Series(np.where(batch == "b1", 1.0, 4.0))
        died = {"os_event": pl.lit(value=True), "os_time_days": pl.col("os_time_days") * late}
        kept = tables["outcomes"].drop("pfs_time_days", "pfs_event").with_columns(**died)
        tables = tables | {"outcomes": kept}
    folder = results(with_samples(tables, batch, days))
    found = of_code(folder, "batch-confounded")
    assert [one for one in found if one.startswith(f"batch goes with {factor}")], found
    assert len(found) == 1


def test_a_batch_that_goes_with_nothing_is_no_finding(results, tables):
    assert of_code(results(with_samples(tables, coin())), "batch-confounded") == []


def test_a_batch_with_one_outcome_each_cannot_be_adjusted_for(results, tables):
    response = tables["outcomes"]["response"]
    people = tables["participants"].with_columns(cohort=pl.Series(np.where(response, "b1", "b2")))
    folder = results(tables | {"participants": people}, endpoints=("response",))
    rows = folder.table("associations")
    assert rows.height > 0
    # Within a batch nobody differs in the outcome: no number, and a sentence in its place.
    assert rows["estimate"].null_count() == rows["p_value"].null_count() == rows.height
    assert all("strat" in status for status in rows["status"])


def test_undetected_values_filled_with_half_the_limit_are_a_finding_and_marked_ones_are_not(
    results, tables
):
    rng = np.random.default_rng(11)
    value = np.round(rng.lognormal(1.0, 0.8, N), 4)
    undetected = value < 1.5
    for filled in (True, False):
        proteins = pl.DataFrame({
            "participant_id": tables["participants"]["participant_id"],
            "analyte": "IL-8",
            "value": np.where(undetected, 0.75 if filled else 1.5, value),
            "unit": "pg/mL",
            "limit_of_detection": 1.5,
            "below_limit": None if filled else undetected,
        })
        found = of_code(results(tables | {"proteins": proteins}), "half-limit-fill")
        expected = [f"{undetected.sum()} values at a fixed fraction of the limit"]
        assert found == (expected if filled else [])


def test_every_hazard_ratio_of_a_run_has_a_test_of_proportional_hazards(results, tables):
    folder = results(tables, cut_points={"nlr": 3.0}, control_arms=("chemotherapy",))
    ratios = folder.table("associations").filter(effect="hazard_ratio").drop_nulls("estimate")
    assert ratios.height > 6
    assert ratios["proportional_hazards_p_value"].null_count() == 0
    ledger = folder.table("ledger").filter(pl.col("method").str.contains("proportional hazards"))
    of_interaction = folder.table("predictive").drop_nulls("p_value").height
    assert ledger.height == ratios.height + of_interaction
    # Tests of a model's assumption are no discoveries.
    assert ledger["q_value"].null_count() == ledger.height


def test_hazards_that_cross_are_told_of_beside_the_ratio_the_cut_and_the_interaction(
    results, drawn_tables
):
    rng, n = np.random.default_rng(12), 400
    tables = drawn_tables(n, rng=rng, arms=("chemotherapy", "ICI"))
    high = (tables["blood_counts"]["neutrophils"] > 4.0).to_numpy()
    treated = (tables["participants"]["arm"] == "ICI").to_numpy()
    # Under treatment the high die early or very late; all others alike at any time.
    death = 400.0 * rng.weibull(np.where(high & treated, 0.5, 2.0)) + 1.0
    outcomes = pl.DataFrame({
        "participant_id": tables["participants"]["participant_id"],
        "os_time_days": np.minimum(death, 900.0),
        "os_event": death <= 900.0,
    })
    folder = results(
        tables | {"outcomes": outcomes},
        cut_points={"neutrophils": 4.0},
        control_arms=("chemotherapy",),
        randomised=True,
    )
    statuses = folder.table("associations").filter(feature="neutrophils", endpoint="os")["status"]
    assert len(statuses) == 2
    (of_interaction,) = folder.table("predictive").filter(feature="neutrophils")["status"]
    for status in (*statuses, of_interaction):
        assert "sign of non-proportional hazards" in status


def test_a_prognostic_marker_without_control_arm_is_not_called_predictive(results, drawn_tables):
    tables = drawn_tables(300, rng=np.random.default_rng(13), log_hazard_ratio=1.5)
    folder = results(tables, endpoints=("os",))
    (p_value,) = folder.table("associations").filter(feature="neutrophils")["p_value"]
    assert p_value < 1e-6
    predictive = folder.table("predictive")
    assert predictive.height > 0
    assert all(verdict.startswith("cannot be told") for verdict in predictive["verdict"])
    assert predictive["p_value"].null_count() == predictive.height
    assert not folder.table("ledger")["method"].str.contains("interaction").any()


@pytest.mark.parametrize("randomised", [True, False])
def test_a_prognostic_marker_in_both_arms_is_not_called_predictive(
    results, drawn_tables, randomised
):
    tables = drawn_tables(
        400, rng=np.random.default_rng(14), log_hazard_ratio=1.5, arms=("chemotherapy", "ICI")
    )
    folder = results(
        tables, endpoints=("os",), control_arms=("chemotherapy",), randomised=randomised
    )
    row = folder.table("predictive").filter(feature="neutrophils").row(0, named=True)
    assert row["hazard_ratio_control"] > 1.5
    assert row["hazard_ratio_treated"] > 1.5
    word = "no evidence of interaction" if randomised else "predictive value cannot be established"
    assert word in row["verdict"]
    record = json.loads((folder.path / "run.json").read_text(encoding="utf-8"))
    assert record["study"]["design"] == ("randomised" if randomised else "non-randomised")
