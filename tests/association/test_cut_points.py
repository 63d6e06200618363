import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.errors import InputError
from macroimmune.features import compute_features
from macroimmune.study import AnalysisSettings


@pytest.fixture
def found_with(draw_study):
    """Return a function from analysis settings to what is found in a cohort with an effect."""

    def build(seed=2021, **said):
        draws = {name: said.pop(name) for name in ("arms", "later") if name in said}
        study = draw_study(
            160,
            rng=np.random.default_rng(5),
            log_hazard_ratio=1.2,
            analysis=AnalysisSettings(**said),
            **draws,
        )
        return associate(study, compute_features(study), seed=seed)

    return build


def test_fixed_and_searched_cuts_stand_in_one_table_beside_the_continuous_effect(found_with):
    found = found_with(
        cut_points={"nlr": 3.0}, search_cut_points=("neutrophils",), endpoints=("os", "response")
    )
    kinds = found.cut_points.select("feature", "endpoint", "kind").rows()
    assert kinds == [
        ("nlr", "os", "fixed beforehand"),
        ("neutrophils", "os", "searched"),
        ("nlr", "response", "fixed beforehand"),
        ("neutrophils", "response", "searched"),
    ]
    for row in found.cut_points.iter_rows(named=True):
        continuous = found.associations.filter(
            pl.col("feature") == row["feature"],
            pl.col("endpoint") == row["endpoint"],
            pl.col("method").str.contains("continuous"),
            pl.col("effect") != "auc",
        ).row(0, named=True)
        assert row["continuous_ratio"] == continuous["estimate"]
        assert row["continuous_ci_high"] == continuous["ci_high"]
        assert row["continuous_scale"] == continuous["scale"]
        tested = found.ledger.filter(feature=row["feature"], method=row["method"])
        tested = tested.filter(endpoint=row["endpoint"]).row(0, named=True)
        assert (row["p_value"], row["q_value"]) == (tested["p_value"], tested["q_value"])
        assert row["q_value"] >= row["p_value"]
        searched = row["kind"] == "searched"
        assert (row["apparent_ratio"] is not None) is searched
        assert (row["fixed_cut_ratio"] is None) is searched
        assert row["n_low"] + row["n_high"] == 160
    # Searched cuts are in their own table only; fixed ones also among the associations.
    methods = set(found.associations["method"])
    assert not any("searched" in method for method in methods)
    assert "Fisher's exact test, cut fixed beforehand" in methods


def test_all_means_every_feature_whose_cut_was_not_fixed(found_with):
    found = found_with(
        cut_points={"nlr": 3.0}, search_cut_points=("all",), endpoints=("os",)
    ).cut_points
    assert set(found.filter(kind="searched")["feature"]) == {"neutrophils", "lymphocytes"}
    assert found.filter(kind="fixed beforehand")["feature"].to_list() == ["nlr"]


def test_a_cut_is_in_the_unit_of_the_feature_and_splits_its_curves(found_with):
    found = found_with(search_cut_points=("neutrophils",), endpoints=("os",))
    (row,) = found.cut_points.iter_rows(named=True)
    # Drawn as exp(1.4 + 0.5 z) per nL: a cut on the log scale would lie near 2.
    assert 2.2 < row["cut"] < 9
    assert row["cut_ci_low"] <= row["cut"] <= row["cut_ci_high"]
    sides = found.curves.filter(curve="kaplan_meier_cut")
    assert set(sides["group"]) == {f"up to {row['cut']:.4g}", f"above {row['cut']:.4g}"}
    at_start = found.curves.filter(pl.col("curve") == "at_risk_cut", pl.col("x") == 0)
    assert sorted(at_start["n"]) == sorted([row["n_low"], row["n_high"]])
    path = found.curves.filter(curve="cut_statistic")
    assert path["y"].max() == row["statistic"]
    # Thirds keep their own curves.
    assert set(found.curves.filter(curve="kaplan_meier", feature="neutrophils")["group"]) == {
        "lower third", "middle third", "upper third"
    }  # fmt: skip


def test_landmarks_and_strata_are_searched_within(found_with):
    found = found_with(
        search_cut_points=("all",), endpoints=("os",), landmarks_days=(42.0,), later=True,
        arms=("x", "y"), control_arms=("x",),
    ).cut_points  # fmt: skip
    assert set(found["landmark_days"]) == {None, 42.0}
    p_value_known = pl.col("p_value").is_not_null()
    assert found["lausen_schumacher_p_value"].null_count() == found.height
    assert found.filter(pl.col("p_value").is_null() & (pl.col("status") == "")).is_empty()
    changes = found.filter(pl.col("feature").str.ends_with("_change"), p_value_known)
    assert not changes.is_empty()
    assert changes["status"].str.contains("not adjusted for the baseline").all()


def test_a_cut_that_is_fixed_and_to_be_searched_is_refused(found_with):
    with pytest.raises(InputError, match=r"'nlr', whose cut was fixed beforehand"):
        found_with(cut_points={"nlr": 3.0}, search_cut_points=("nlr",))


def test_a_search_of_an_unknown_feature_is_refused_with_the_nearest_names(found_with):
    with pytest.raises(InputError, match=r"search_cut_points.*'nrl'.*did you mean one of: nlr"):
        found_with(search_cut_points=("nrl",))
