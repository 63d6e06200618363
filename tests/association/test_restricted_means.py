from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.features import compute_features
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics import (
    restricted_mean,
    restricted_mean_difference,
    stratified_restricted_mean_difference,
)
from macroimmune.study import AnalysisSettings

HORIZONS = {"os": 300.0, "pfs": 150.0}


def run(study):
    return associate(study, compute_features(study))


@pytest.fixture
def trial(draw_study):
    def build(seed=1, **said):
        analysis = AnalysisSettings(
            **(
                {
                    "endpoints": ("os", "pfs"),
                    "control_arms": ("x",),
                    "randomised": True,
                    "cut_points": {"nlr": 2.5},
                    "restricted_mean_days": HORIZONS,
                }
                | said
            )
        )
        return draw_study(160, rng=np.random.default_rng(seed), arms=("x", "y"), analysis=analysis)

    return build


def one(found, **values):
    (row,) = found.restricted_means.filter(**values).to_dicts()
    return row


def test_few_events_are_told_of_beside_means_arms_and_interactions(trial):
    study = trial()
    event = np.zeros(160, dtype=bool)
    event[:8] = True
    outcomes = study.tables["outcomes"].with_columns(os_event=pl.Series(event))
    found = run(replace(study, tables=dict(study.tables) | {"outcomes": outcomes}))
    means = found.restricted_means.filter(
        pl.col("ci_low").is_not_null(), endpoint="os", group="treated"
    )
    assert means["status"].to_list() == ["only 8 events: the interval is rough"]
    told = found.predictive.filter(pl.col("p_value").is_not_null(), endpoint="os")
    assert told.height
    assert told["status"].str.contains("only 8 events: the interval is rough").all()
    often = found.restricted_means.filter(endpoint="pfs", group="treated")
    assert not often["status"].str.contains("events: the interval").any()


def test_the_table_is_as_declared_and_holds_arms_cuts_and_differences(trial):
    found = run(trial())
    means = found.restricted_means
    assert means.schema == pl.Schema(RESULT_TABLES["restricted_means"].schema)
    groups = means.filter(endpoint="os").select("feature", "group", "against").rows()
    assert groups == [
        ("", "arm x", ""),
        ("", "arm y", ""),
        ("", "treated", "control"),
        ("nlr", "up to 2.5", ""),
        ("nlr", "above 2.5", ""),
        ("nlr", "above 2.5", "up to 2.5"),
    ]


def test_numbers_are_those_of_the_kernels(trial):
    study = trial()
    found = run(study)
    (data,) = (item for item in endpoint_data(study) if item.endpoint.id == "os")
    in_x = (study.participants["arm"] == "x").to_numpy()
    x, y = (data.survival.select(rows[data.known]) for rows in (in_x, ~in_x))
    mean = restricted_mean(x, horizon_days=300.0)
    row = one(found, endpoint="os", group="arm x")
    assert (row["estimate_days"], row["standard_error_days"]) == (mean.mean, mean.standard_error)
    difference = restricted_mean_difference(x, y, horizon_days=300.0)
    row = one(found, endpoint="os", group="treated")
    assert row["estimate_days"] == difference.difference
    assert row["p_value"] == difference.p_value


def test_a_cut_is_compared_within_the_strata_of_the_models(trial):
    study = trial()
    row = one(run(study), endpoint="os", group="above 2.5", against="up to 2.5")
    (data,) = (item for item in endpoint_data(study) if item.endpoint.id == "os")
    nlr = compute_features(study).frame.filter(feature="nlr")
    assert nlr["participant_id"].to_list() == study.participants["participant_id"].to_list()
    above = (nlr["value"] > 2.5).to_numpy()
    by_hand = stratified_restricted_mean_difference(
        data.survival, above, study.participants["arm"].to_numpy(), horizon_days=300.0
    )
    np.testing.assert_allclose(row["estimate_days"], by_hand.difference)
    np.testing.assert_allclose(row["p_value"], by_hand.p_value)
    assert row["method"].endswith("within strata")


def test_every_difference_stands_in_the_ledger_with_its_q(trial):
    found = run(trial())
    differences = found.restricted_means.filter(pl.col("against") != "")
    assert differences.height == 4
    keys = ["feature", "endpoint", "method"]
    joined = differences.join(found.ledger, on=keys, suffix="_of_ledger")
    assert joined.height == 4
    assert joined["p_value"].to_list() == joined["p_value_of_ledger"].to_list()
    assert joined["q_value"].to_list() == joined["q_value_of_ledger"].to_list()
    assert joined["q_value"].null_count() == 0
    means = found.restricted_means.filter(against="")
    assert means["p_value"].null_count() == means.height


def test_a_horizon_past_the_smaller_last_follow_up_is_a_status_that_names_the_group(make_study):
    # Arm x is followed to day 110, arm y to day 210; the last of each is censored.
    people = [{"participant_id": f"P{k}", "arm": "x" if k < 6 else "y"} for k in range(12)]
    outcomes = [
        {
            "participant_id": f"P{k}",
            "os_time_days": 60.0 + 10 * (k % 6) + 100 * (k > 5),
            "os_event": k % 6 < 5,
        }
        for k in range(12)
    ]
    analysis = AnalysisSettings(control_arms=("x",), restricted_mean_days={"os": 200.0})
    found = run(make_study(participants=people, outcomes=outcomes, analysis=analysis))
    assert one(found, group="arm y")["estimate_days"] > 100
    assert one(found, group="arm x")["estimate_days"] is None
    row = one(found, group="treated")
    assert (row["estimate_days"], row["p_value"]) == (None, None)
    assert row["status"] == (
        "control: the horizon of 200 days lies past the last follow-up of 110 days; choose an "
        "earlier one"
    )


def test_arms_that_were_not_randomised_are_said_to_differ(trial):
    found = run(trial(randomised=False))
    assert "not assigned at random" in one(found, endpoint="os", group="treated")["status"]
    assert one(run(trial()), endpoint="os", group="treated")["status"] == ""


def test_one_arm_without_a_control_is_the_whole_cohort(draw_study):
    analysis = AnalysisSettings(endpoints=("os",), restricted_mean_days={"os": 300.0, "pfs": 9.0})
    found = run(draw_study(rng=np.random.default_rng(2), analysis=analysis))
    assert found.restricted_means["group"].to_list() == ["all participants"] * 2
    assert one(found, endpoint="pfs")["status"] == "no participant of this study has this endpoint"
    assert "up to horizons fixed beforehand (overall survival day 300" in " ".join(found.methods)


@pytest.mark.parametrize(
    ("horizons", "told"),
    [({"os": 300.0, "pfs": 9.0}, "beforehand (overall survival day 300), are"), ({"pfs": 9.0}, "")],
    ids=["one of two", "none"],
)
def test_the_methods_tell_of_means_that_were_estimated_and_of_no_others(draw_study, horizons, told):
    analysis = AnalysisSettings(endpoints=("os",), restricted_mean_days=horizons)
    paragraph = " ".join(run(draw_study(rng=np.random.default_rng(2), analysis=analysis)).methods)
    assert told in paragraph
    assert ("Restricted mean" in paragraph) == bool(told)
    assert "differences between groups have Wald tests" not in paragraph


def test_without_a_horizon_nothing_is_computed(draw_study):
    found = run(draw_study(rng=np.random.default_rng(2)))
    assert found.restricted_means.is_empty()
    assert "Restricted mean" not in " ".join(found.methods)


def test_an_arm_without_events_has_a_mean_and_no_test(make_study):
    people = [{"participant_id": f"P{k}", "arm": "x" if k < 6 else "y"} for k in range(12)]
    outcomes = [
        {"participant_id": f"P{k}", "os_time_days": 100.0 + k, "os_event": k < 4} for k in range(12)
    ]
    analysis = AnalysisSettings(control_arms=("x",), restricted_mean_days={"os": 102.5})
    found = run(make_study(participants=people, outcomes=outcomes, analysis=analysis))
    row = one(found, group="arm y")
    assert (row["estimate_days"], row["standard_error_days"]) == (102.5, None)
    assert row["n_events"] == 0
    row = one(found, group="treated")
    assert row["p_value"] is None
    assert row["status"].startswith("treated: no events up to the horizon")


def test_arms_are_compared_within_declared_strata(trial):
    plain = one(run(trial()), endpoint="os", group="treated")
    assert plain["method"] == "difference of restricted means, treated less control"
    study = trial(strata=("sex",))
    people = study.participants.with_columns(
        sex=pl.Series(["female", "male"] * (study.participants.height // 2))
    )
    study = replace(study, tables={**study.tables, "participants": people})
    row = one(run(study), endpoint="os", group="treated")
    (data,) = (item for item in endpoint_data(study) if item.endpoint.id == "os")
    by_hand = stratified_restricted_mean_difference(
        data.survival,
        (people["arm"] == "y").to_numpy(),
        people["sex"].to_numpy(),
        horizon_days=300.0,
    )
    np.testing.assert_allclose(row["estimate_days"], by_hand.difference)
    np.testing.assert_allclose(row["standard_error_days"], by_hand.standard_error)
    assert row["method"].endswith("within strata")
    assert row["status"] == "within sex"


def test_an_undetected_value_with_a_limit_above_the_cut_is_in_neither_group(trial):
    study = trial()
    features = compute_features(study)
    # Half of the values of NLR become undetected below limits of 2 and of 4 in turn.
    number = pl.int_range(pl.len()).over("feature")
    hidden = (pl.col("feature") == "nlr") & (number % 2 == 0)
    limit = pl.when(number % 4 == 0).then(2.0).otherwise(4.0)
    frame = features.frame.with_columns(
        value=pl.when(hidden).then(limit).otherwise("value"), below_limit=hidden
    )
    means = associate(study, replace(features, frame=frame)).restricted_means
    rows = means.filter(feature="nlr", endpoint="os").to_dicts()
    assert len(rows) == 3
    for row in rows:
        assert "40 undetected with a limit above the cut" in row["status"]
    of_groups = [row["n"] for row in rows if not row["against"]]
    assert sum(of_groups) == 120
    shown = frame.filter(feature="nlr").filter(~hidden)["value"]
    assert of_groups == [(shown <= 2.5).sum() + 40, (shown > 2.5).sum()]
