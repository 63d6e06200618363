"""Endpoints whose events compete: both hazards of each feature, the arms, and the incidence."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.competing_risks import LATE_ENTRY
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.features import compute_features
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics import cox, fine_gray, gray_test
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

CAUSE_SPECIFIC, SUBDISTRIBUTION = "cause_specific_hazard_ratio", "subdistribution_hazard_ratio"
NEUTROPHILS = {"feature": "neutrophils"}


def with_kinds(tables, rng, *, share=0.4):
    """Return the tables with every PFS event told apart, a share of them deaths."""
    outcomes = tables["outcomes"]
    kind = rng.choice(["death", "progression"], outcomes.height, p=[share, 1 - share])
    event = outcomes["pfs_event"].to_numpy()
    kinds = pl.Series([one if seen else None for one, seen in zip(kind, event, strict=True)])
    return tables | {"outcomes": outcomes.with_columns(pfs_event_kind=kinds)}


@pytest.fixture
def run(drawn_tables):
    """Return a function that draws a study with kinds of PFS events and associates it."""

    def build(n=150, *, change=lambda outcomes: outcomes, analysis=None, **said):
        rng = np.random.default_rng(3)
        tables = with_kinds(drawn_tables(n, rng=rng, **said), rng)
        tables["outcomes"] = change(tables["outcomes"])
        study = study_from_frames("competing", analysis=analysis, **tables)
        return study, associate(study, compute_features(study))

    return build


def test_each_feature_has_both_hazards_of_the_event_and_that_of_the_competing_one(run):
    _, found = run()
    table = found.competing_risks
    assert dict(zip(table.columns, table.dtypes, strict=True)) == dict(
        RESULT_TABLES["competing_risks"].schema
    )
    assert set(table["endpoint"]) == {"pfs"}
    assert table.filter(**NEUTROPHILS).select("cause", "effect").rows() == [
        ("progression", CAUSE_SPECIFIC),
        ("progression", SUBDISTRIBUTION),
        ("death without progression", CAUSE_SPECIFIC),
    ]
    tested = set(found.associations.filter(endpoint="pfs")["feature"])
    assert set(table["feature"]) == tested


def test_the_numbers_are_those_of_the_kernels(run):
    study, found = run()
    data = next(item for item in endpoint_data(study) if item.endpoint.id == "pfs")
    neutrophils = study.tables["blood_counts"].filter(analyte="neutrophils")
    joined = study.participants.select("participant_id").join(
        neutrophils, on="participant_id", how="left", maintain_order="left"
    )
    log2 = np.log2(joined["value"].to_numpy())
    fits = (
        cox(_only(data, 1), log2),
        fine_gray(data.survival, data.cause, log2),
        cox(_only(data, 2), log2),
    )
    for row, fit in zip(
        found.competing_risks.filter(**NEUTROPHILS).iter_rows(named=True), fits, strict=True
    ):
        numbers = (row["estimate"], row["ci_low"], row["ci_high"], row["p_value"])
        answer = (fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0], fit.p_values[0])
        np.testing.assert_allclose(numbers, answer, rtol=1e-9)
        assert (row["n"], row["n_events"], row["n_excluded"]) == (150, fit.n_events, 0)
    assert row["n_competing"] == (data.cause == 1).sum()


def _only(data, code):
    return type(data.survival)(time=data.survival.time, event=data.cause == code)


def test_every_test_stands_in_the_ledger_and_has_its_q_value_there(run):
    _, found = run(arms=("A", "B"))
    keys = ["feature", "endpoint", "method"]
    joined = found.competing_risks.join(found.ledger, on=keys, how="left", suffix="_ledger")
    assert joined.height == found.competing_risks.height
    assert joined["p_value"].equals(joined["p_value_ledger"])
    assert joined["q_value"].equals(joined["q_value_ledger"])
    assert joined["q_value"].null_count() == 0
    assert any("Fine and Gray" in sentence for sentence in found.methods)
    assert any("Gray's test" in sentence for sentence in found.methods)


def test_arms_are_compared_by_grays_test_and_only_where_there_are_two(run):
    study, found = run(arms=("A", "B"))
    data = next(item for item in endpoint_data(study) if item.endpoint.id == "pfs")
    rows = found.competing_risks.filter(effect="gray_test")
    assert rows["cause"].to_list() == ["progression", "death without progression"]
    test = gray_test(data.survival, data.cause, study.participants["arm"].to_list())
    assert rows["p_value"][0] == pytest.approx(test.p_value)
    assert rows["status"][0].startswith(f"chi-squared {test.statistic:.3g} on 1 df; A ")
    _, single = run()
    assert single.competing_risks.filter(effect="gray_test").is_empty()


def test_grays_test_says_where_arms_were_not_assigned_at_random(run):
    for randomised in (False, True):
        said = AnalysisSettings(randomised=randomised, endpoints=("pfs",))
        _, found = run(arms=("A", "B"), analysis=said)
        for status in found.competing_risks.filter(effect="gray_test")["status"]:
            assert ("not assigned at random" in status) != randomised
        assert any("Aalen-Johansen" in sentence for sentence in found.methods)


def test_arms_are_compared_within_cohorts_so_that_cohorts_cannot_pass_as_arms(drawn_tables):
    # In cohort two nearly every event is progression, and nearly all of arm B are of cohort two.
    rng = np.random.default_rng(6)
    tables = drawn_tables(300, rng=rng)
    second = rng.random(300) < 0.5
    arm = np.where(rng.random(300) < np.where(second, 0.9, 0.1), "B", "A")
    people = tables["participants"].with_columns(
        arm=pl.Series(arm), cohort=pl.Series(np.where(second, "two", "one"))
    )
    death = pl.Series(rng.random(300) < np.where(second, 0.1, 0.7))
    kind = pl.when(death).then(pl.lit("death")).otherwise(pl.lit("progression"))
    outcomes = tables["outcomes"].with_columns(pfs_event_kind=pl.when("pfs_event").then(kind))
    tables |= {"participants": people, "outcomes": outcomes}
    study = study_from_frames("cohorts", **tables)
    found = associate(study, compute_features(study)).competing_risks
    row = found.filter(effect="gray_test").row(0, named=True)
    assert row["p_value"] > 0.05
    assert "within cohort" in row["status"]
    data = next(item for item in endpoint_data(study) if item.endpoint.id == "pfs")
    assert gray_test(data.survival, data.cause, arm.tolist()).p_value < 0.01


def test_without_causes_nothing_is_computed(draw_study):
    study = draw_study(rng=np.random.default_rng(1))
    found = associate(study, compute_features(study))
    assert found.competing_risks.is_empty()
    assert not found.curves["curve"].str.contains("incidence").any()
    assert not any("incidence" in sentence for sentence in found.methods)


def test_incidences_and_those_free_of_any_event_add_up_to_one(run):
    _, found = run(arms=("A", "B"))
    whole = found.curves.filter(feature="", endpoint="pfs")
    one, two, free = (
        whole.filter(curve=name).sort("group", "x")
        for name in ("cumulative_incidence", "competing_incidence", "kaplan_meier")
    )
    assert set(one["group"]) == {"A", "B"}
    assert one.select("group", "x").equals(free.select("group", "x"))
    np.testing.assert_allclose(one["y"] + two["y"] + free["y"], 1.0)
    assert one["n"].equals(free["n"])
    inside = one.filter(pl.col("ci_low").is_not_null())
    assert ((inside["ci_low"] <= inside["y"]) & (inside["y"] <= inside["ci_high"])).all()


def test_events_without_a_kind_count_as_competing_and_are_told_of(run):
    def forget(outcomes):
        first = pl.int_range(pl.len()) < 40
        return outcomes.with_columns(
            pfs_event_kind=pl.when(~first).then("pfs_event_kind").alias("pfs_event_kind")
        )

    study, found = run(change=forget)
    outcomes = study.tables["outcomes"]
    unknown = outcomes.filter(pl.col("pfs_event"), pl.col("pfs_event_kind").is_null()).height
    assert unknown > 5
    rows = found.competing_risks.filter(**NEUTROPHILS)
    assert all(f"{unknown} events of an unknown cause" in status for status in rows["status"])
    assert rows["n_events"][0] + rows["n_competing"][0] == outcomes["pfs_event"].sum()
    assert any(finding.code == "cause-unknown" for finding in study.findings)


def test_a_landmark_keeps_the_causes_of_those_who_remain(run):
    analysis = AnalysisSettings(landmarks_days=(42.0,))
    study, found = run(later=True, analysis=analysis)
    data = next(item for item in endpoint_data(study, 42.0) if item.endpoint.id == "pfs")
    assert ((data.cause > 0) == data.survival.event).all()
    later = found.competing_risks.filter(landmark_days=42.0, feature="nlr_change")
    assert later.height == 3
    assert later["n_events"][0] + later["n_competing"][0] <= data.survival.n_events


def test_late_entry_is_refused_by_the_sub_distribution_and_honoured_by_the_other(run):
    def late(outcomes):
        return outcomes.with_columns(entry_days=pl.lit(1.0))

    _, found = run(change=late, arms=("A", "B"))
    rows = found.competing_risks.filter(**NEUTROPHILS)
    assert rows["status"][1] == LATE_ENTRY
    assert rows["estimate"].is_null().to_list() == [False, True, False]
    assert found.competing_risks.filter(effect="gray_test").is_empty()
    assert not found.curves["curve"].str.contains("incidence").any()
    assert not any("Aalen-Johansen" in sentence for sentence in found.methods)


def test_gray_s_test_of_few_events_says_so(run):
    def rarely(outcomes):
        first = pl.int_range(pl.len()).over("pfs_event") < 20
        kept = outcomes["pfs_event"] & outcomes.select(first).to_series()
        kind = pl.when(kept).then("pfs_event_kind")
        return outcomes.with_columns(pfs_event=kept, pfs_event_kind=kind)

    _, found = run(change=rarely, arms=("A", "B"))
    rows = found.competing_risks.filter(effect="gray_test")
    assert rows.height == 2
    for row in rows.iter_rows(named=True):
        few = f"only {row['n_events']} events: the test is rough"
        assert (few in row["status"]) == (row["n_events"] < 10)
    assert rows["n_events"].min() < 10


@pytest.mark.parametrize(
    ("kind", "said"),
    [("progression", "no competing event was seen"), ("death", "no progression was seen")],
)
def test_one_kind_of_event_alone_is_the_endpoint_itself_and_is_counted_once(run, kind, said):
    def only(outcomes):
        return outcomes.with_columns(pfs_event_kind=pl.when("pfs_event").then(pl.lit(kind)))

    _, found = run(change=only)
    rows = found.competing_risks.filter(pl.col("status").str.contains(said), **NEUTROPHILS)
    assert rows["status"].unique().to_list() == [
        f"{said}: the hazard is that of progression-free survival"
    ]
    assert rows.height == (2 if kind == "progression" else 1)
    assert rows["p_value"].null_count() == rows["estimate"].null_count() == rows.height
    counted = found.ledger.filter(pl.col("p_value").is_not_null(), endpoint="pfs", **NEUTROPHILS)
    assert not counted["method"].str.contains("cause-specific|Fine-Gray").any()
    assert not found.ledger["method"].is_in(rows["method"].to_list()).any()


@pytest.mark.parametrize(
    ("kind", "without"), [("progression", "death without progression"), ("death", "progression")]
)
def test_where_one_kind_of_event_never_happens_its_hazard_has_a_sentence(run, kind, without):
    def only(outcomes):
        return outcomes.with_columns(pfs_event_kind=pl.when("pfs_event").then(pl.lit(kind)))

    _, found = run(change=only)
    rows = found.competing_risks.filter(**NEUTROPHILS, cause=without)
    assert rows["estimate"].null_count() == rows.height
    assert all("no events" in status for status in rows["status"])


def test_a_study_in_which_nobody_has_an_event_has_no_competing_risks(run):
    def nobody(outcomes):
        return outcomes.with_columns(pfs_event=pl.lit(value=False))

    study, found = run(change=nobody)
    assert found.competing_risks.is_empty()
    assert any(finding.code == "cause-without-event" for finding in study.findings)


def test_times_of_zero_and_ties_everywhere_pass(run):
    def one_day(outcomes):
        return outcomes.with_columns(
            pfs_time_days=pl.when(pl.int_range(pl.len()) < 10).then(0.0).otherwise(30.0)
        )

    _, found = run(change=one_day)
    rows = found.competing_risks.filter(**NEUTROPHILS)
    assert rows["estimate"].null_count() == 0
    assert np.isfinite(rows["ci_high"].to_numpy()).all()


def test_curves_by_thirds_are_drawn_for_five_features_at_most(run, drawn_tables):
    rng = np.random.default_rng(4)
    tables = with_kinds(drawn_tables(80, rng=rng), rng)
    names = [f"P{number}" for number in range(14)]
    proteins = pl.DataFrame({
        "participant_id": np.repeat(tables["participants"]["participant_id"].to_numpy(), 14),
        "analyte": names * 80,
        "value": rng.lognormal(1.0, 0.5, 80 * 14),
        "unit": "pg/mL",
    })
    study = study_from_frames("many", proteins=proteins, **tables)
    found = associate(study, compute_features(study))
    drawn = found.curves.filter(pl.col("feature") != "", curve="cumulative_incidence")
    ranked = found.competing_risks.filter(effect=SUBDISTRIBUTION).sort("p_value")
    assert ranked.height > 14
    assert set(drawn["feature"]) == set(ranked["feature"].head(5))


def test_undetected_values_stand_at_their_limits_and_are_told_of(drawn_tables):
    rng = np.random.default_rng(7)
    tables = with_kinds(drawn_tables(100, rng=rng), rng)
    value = rng.lognormal(1.0, 0.8, 100)
    below = value < 1.5
    proteins = pl.DataFrame({
        "participant_id": tables["participants"]["participant_id"],
        "analyte": "IL-8",
        "value": np.where(below, 1.5, value),
        "unit": "pg/mL",
        "limit_of_detection": 1.5,
        "below_limit": below,
    })
    study = study_from_frames("limits", proteins=proteins, **tables)
    found = associate(study, compute_features(study)).competing_risks
    said = found.filter(pl.col("status").str.contains("undetected"))
    assert said.height == 3
    assert f"{below.sum()} of 100 values undetected: they stand at" in said["status"][0]


def test_a_feature_that_separates_the_events_has_firths_ratio_of_the_rate_and_no_other(
    drawn_tables,
):
    rng = np.random.default_rng(8)
    tables = drawn_tables(60, rng=rng)
    high = (tables["blood_counts"]["neutrophils"] > 4.0).to_numpy()
    kinds = pl.Series(np.where(high, "progression", "death"))
    # The count is high or low, and only those with a high one progress.
    counts = tables["blood_counts"].with_columns(
        neutrophils=pl.Series(np.where(high, 8.0, 2.0)),
        days_from_treatment_start=pl.lit(0.0),
    )
    outcomes = tables["outcomes"].with_columns(pfs_event_kind=pl.when("pfs_event").then(kinds))
    study = study_from_frames(
        "separated", **(tables | {"outcomes": outcomes, "blood_counts": counts})
    )
    found = associate(study, compute_features(study)).competing_risks
    specific, share, _ = found.filter(**NEUTROPHILS).iter_rows(named=True)
    assert specific["estimate"] > 1.0
    assert specific["p_value"] < 0.001
    assert "Firth" in specific["status"]
    assert share["estimate"] is None
    assert "monotone likelihood" in share["status"]
