"""A study of several cohorts: fitted cohort by cohort, and pooled over them."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate, pool_cohorts
from macroimmune.association.cohorts_within import cohorts_within
from macroimmune.features import compute_features
from macroimmune.study import AnalysisSettings, study_from_frames
from macroimmune.workflow.pipeline import run_study

NAMES = ("east", "north", "west")


def with_cohorts(tables, names):
    people = tables["participants"].with_columns(cohort=pl.Series(list(names)))
    return tables | {"participants": people}


def run(tables, **settings):
    study = study_from_frames("drawn", analysis=AnalysisSettings(**settings), **tables)
    return associate(study, compute_features(study))


@pytest.fixture
def three(drawn_tables):
    """Return the tables of 240 participants in three cohorts of unequal size."""
    tables = drawn_tables(240, rng=np.random.default_rng(5), log_hazard_ratio=0.8, later=True)
    share = tables["participants"].with_columns(
        share=pl.Series(np.random.default_rng(6).normal(0.0, [1.0] * 120 + [3.0] * 120))
    )
    supplied = share.select(
        "participant_id",
        feature=pl.lit("score"),
        value="share",
        days_from_treatment_start=pl.lit(-1.0),
    )
    names = ["north"] * 100 + ["east"] * 80 + ["west"] * 60
    return with_cohorts(tables, names) | {"supplied_features": supplied}


def of_cohort(tables, name):
    """Return the tables of one cohort alone."""
    ids = tables["participants"].filter(cohort=name)["participant_id"]
    return {
        key: frame.filter(pl.col("participant_id").is_in(ids.to_list())).drop(
            "cohort", strict=False
        )
        for key, frame in tables.items()
    }


def test_each_cohort_has_the_effect_that_it_has_alone_and_all_are_pooled(three):
    found = run(three, endpoints=("os", "response"))
    alone = {name: run(of_cohort(three, name), endpoints=("os", "response")) for name in NAMES}
    tables = {name: one.associations.filter(feature="nlr") for name, one in alone.items()}
    pooled = pool_cohorts(tables)
    together = found.meta_analysis.filter(feature="nlr")
    assert together.height == pooled.meta_analysis.height == 3
    for name in ("estimate", "ci_low", "prediction_high", "tau", "p_value", "k", "n_events"):
        # The same participants in the same kernels, in another order of summation.
        np.testing.assert_allclose(together[name], pooled.meta_analysis[name], rtol=1e-8)
    each = found.meta_cohorts.filter(feature="nlr", endpoint="os")
    assert each["cohort"].to_list() == list(NAMES)
    assert each["n"].to_list() == [80, 100, 60]


def test_one_unit_of_a_standardised_feature_is_the_sd_of_all_cohorts(three):
    found = run(three, endpoints=("os",))
    score = three["supplied_features"]["value"].to_numpy()
    names = three["participants"]["cohort"].to_numpy()
    for name in NAMES:
        (own,) = run(of_cohort(three, name), endpoints=("os",)).associations.filter(
            feature="score"
        )["estimate"]
        (here,) = found.meta_cohorts.filter(feature="score", cohort=name)["estimate"]
        units = score.std(ddof=1) / score[names == name].std(ddof=1)
        assert np.log(here) == pytest.approx(np.log(own) * units, rel=1e-8)
    assert found.meta_analysis.filter(feature="score")["status"].to_list() == [""]


def test_the_stratified_and_the_pooled_test_both_count_in_the_ledger(three):
    found = run(three, endpoints=("os",), landmarks_days=(42.0,), cut_points={"nlr": "median"})
    for row in found.meta_analysis.iter_rows(named=True):
        in_ledger = found.ledger.filter(
            pl.col("landmark_days").eq_missing(pl.lit(row["landmark_days"], pl.Float64)),
            feature=row["feature"],
            endpoint=row["endpoint"],
            method=row["method"],
        )
        assert in_ledger["q_value"].to_list() == [row["q_value"]]
    continuous = found.associations.filter(~pl.col("method").str.contains("cut"))
    assert found.meta_analysis.height == continuous.height + 1
    assert found.meta_analysis["landmark_days"].drop_nulls().n_unique() == 1
    family = found.ledger.filter(pl.col("q_value").is_not_null())
    assert family["q_value"].max() == family["p_value"].max()
    assert any("both count among the tests" in said for said in found.methods)


def test_a_cut_at_the_median_is_at_the_median_of_all_cohorts(three):
    found = run(three, endpoints=("os",), cut_points={"nlr": "median"})
    each = found.meta_cohorts.filter(scale="above v up to the cut")
    counts = three["blood_counts"].filter(pl.col("days_from_treatment_start") <= 0)
    nlr = (counts["neutrophils"] / counts["lymphocytes"]).to_numpy()
    names = three["participants"]["cohort"].to_numpy()
    for row in each.iter_rows(named=True):
        above = int((nlr[names == row["cohort"]] > np.median(nlr)).sum())
        assert row["status"].startswith(f"{above} above and {row['n'] - above} up to")


def test_two_cohorts_are_not_pooled_and_one_sentence_says_so(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(1))
    found = run(with_cohorts(tables, ["a"] * 60 + ["b"] * 60), endpoints=("os",))
    assert found.meta_analysis.is_empty()
    assert found.meta_cohorts.is_empty()
    (said,) = (one for one in found.methods if "not pooled" in one)
    assert said.startswith("Effects were not pooled over cohorts: the study has 2")


def test_one_cohort_needs_no_sentence(drawn_tables):
    found = run(drawn_tables(rng=np.random.default_rng(1)), endpoints=("os",))
    assert found.meta_analysis.is_empty()
    assert not any("cohorts" in said for said in found.methods)


def test_small_cohorts_and_participants_without_one_are_left_out_and_named(drawn_tables):
    tables = drawn_tables(200, rng=np.random.default_rng(1))
    names = ["a"] * 60 + ["b"] * 60 + ["c"] * 60 + ["tiny"] * 5 + [None] * 15
    study = study_from_frames("drawn", **with_cohorts(tables, names))
    found = cohorts_within(study)
    assert found.fitted == {"a": 60, "b": 60, "c": 60}
    assert found.too_small == ("tiny",)
    expected = "without tiny (fewer than 10 participants) and 15 participants of no stated cohort"
    assert expected in found.sentence()
    pooled = associate(study, compute_features(study))
    assert set(pooled.meta_cohorts["cohort"]) == {"a", "b", "c"}


def test_a_cohort_without_events_is_absent_and_the_others_are_pooled(drawn_tables):
    tables = drawn_tables(240, rng=np.random.default_rng(1))
    names = np.repeat(["a", "b", "c", "d"], 60)
    outcomes = tables["outcomes"].with_columns(
        os_event=pl.col("os_event") & pl.Series(names != "d")
    )
    found = run(with_cohorts(tables | {"outcomes": outcomes}, names), endpoints=("os",))
    row = found.meta_analysis.filter(feature="nlr").row(0, named=True)
    assert (row["k"], row["status"]) == (3, "absent: d")
    (status,) = found.meta_cohorts.filter(feature="nlr", cohort="d")["status"]
    assert status.startswith("absent: no")
    assert "event" in status


def test_a_feature_that_one_cohort_lacks_is_pooled_over_the_others(drawn_tables):
    tables = drawn_tables(240, rng=np.random.default_rng(1))
    names = np.repeat(["a", "b", "c", "d"], 60)
    counts = tables["blood_counts"].with_columns(
        neutrophils=pl.when(pl.Series(names != "a")).then("neutrophils")
    )
    found = run(with_cohorts(tables | {"blood_counts": counts}, names), endpoints=("os",))
    row = found.meta_analysis.filter(feature="nlr").row(0, named=True)
    assert (row["k"], row["n"], row["status"]) == (3, 180, "absent: a")


@pytest.mark.parametrize("n_cohorts", [1, 2, 3])
def test_the_folder_and_the_page_of_a_run_say_what_was_done_with_cohorts(
    drawn_tables, tmp_path, n_cohorts
):
    tables = drawn_tables(240, rng=np.random.default_rng(1))
    names = [NAMES[k % n_cohorts] for k in range(240)]
    study = study_from_frames(
        "drawn", analysis=AnalysisSettings(endpoints=("os",)), **with_cohorts(tables, names)
    )
    results = run_study(study, tmp_path / "results", command="run")
    page = (results.path / "report.html").read_text(encoding="utf-8")
    pooled = results.table("meta_analysis")
    assert (pooled.height > 0) == (n_cohorts == 3)
    assert ("<h2>Cohorts together</h2>" in page) == (n_cohorts > 1)
    assert ("Effects were not pooled over cohorts" in page) == (n_cohorts == 2)
    assert page.count("Prediction interval, a new cohort") == pooled.height
    told = {one["name"]: one["n_participants"] for one in results.run["study"]["cohorts"]}
    assert told == dict.fromkeys(NAMES[:n_cohorts], 240 // n_cohorts)
