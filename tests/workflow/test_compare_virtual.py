import json

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import ResultsError
from macroimmune.report import write_realism_page
from macroimmune.report.realism_figures import correlations_figure, shape_figure
from macroimmune.simulator.calibration import COMPARED
from macroimmune.workflow import compare_virtual, distance_lines
from macroimmune.workflow.histograms import shapes_from_rows, shapes_from_summaries
from macroimmune.workflow.raw_beside_real import RAW_COHORTS


@pytest.fixture(scope="module")
def from_summaries(tmp_path_factory):
    """Return the folder of a comparison on a machine without any cohort."""
    folder = tmp_path_factory.mktemp("realism")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MACROIMMUNE_DATA", str(folder / "nothing"))
        patched.setenv("XDG_CACHE_HOME", str(folder / "no-cache"))
        compare_virtual(folder, people=400, seed=3)
    return folder


def test_without_rows_the_page_is_drawn_from_the_summaries_and_says_so(from_summaries):
    page = (from_summaries / "realism.html").read_text(encoding="utf-8")
    assert "summary numbers that come with the package" in page
    assert not (from_summaries / "distances.csv").exists()
    assert list(distance_lines(from_summaries)) == []
    assert json.loads((from_summaries / "compare.json").read_text())["rows_at_hand"] is False
    shapes = pl.read_csv(from_summaries / "shapes.csv")
    assert set(shapes["cohort"]) == set(COMPARED)
    for cohort in COMPARED:
        assert f'id="cohort-{cohort}"' in page


def test_a_cohort_that_shaped_single_variables_is_no_test_of_these(from_summaries):
    shapes = pl.read_csv(from_summaries / "shapes.csv").filter(cohort="10k_cytof")
    used = set(shapes.filter("is_calibrated_to")["variable"])
    assert used == {"temra_cd4", "em_cd8", "effector_cd8"}
    page = (from_summaries / "realism.html").read_text(encoding="utf-8")
    assert "not made from this cohort but for the shape of temra_cd4" in page
    assert page.count("not made from this cohort: it stands here as a test") == 2


def test_distances_of_an_earlier_comparison_do_not_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("MACROIMMUNE_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "distances.csv").write_text("cohort,variable\nold,nlr\n")
    (tmp_path / "raw_shapes.csv").write_text("cohort\nold\n")
    compare_virtual(tmp_path, people=200, seed=3)
    assert list(distance_lines(tmp_path)) == []
    assert not (tmp_path / "distances.csv").exists()


def test_without_files_the_page_says_which_raw_measurements_are_not_compared(from_summaries):
    page = (from_summaries / "realism.html").read_text(encoding="utf-8")
    for cohort, (kind, _) in RAW_COHORTS.items():
        assert f"{kind} of {cohort}" in page
        assert f'id="raw-{cohort}"' not in page
    about = json.loads((from_summaries / "compare.json").read_text())
    assert all(cohort["absent"] for cohort in about["raw_cohorts"])
    assert pl.read_csv(from_summaries / "raw_points.csv").is_empty()


def test_the_page_needs_no_other_file_and_names_no_person(from_summaries):
    page = (from_summaries / "realism.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") > 100


def test_survival_of_virtual_patients_stands_beside_the_stated_one(from_summaries):
    curves = pl.read_csv(from_summaries / "curves.csv")
    pairs = curves.filter(pl.col("source") == "real").join(
        curves.filter(pl.col("source") == "virtual"),
        on=["cohort", "group", "endpoint", "month"],
        suffix="_virtual",
    )
    fitted = pairs.filter(pl.col("cohort") != "chowell_test", pl.col("group") == "all")
    assert fitted["cohort"].n_unique() == 3
    apart = (fitted["survival"] - fitted["survival_virtual"]).abs()
    # Progression is seen at scans, which a Weibull curve does not follow.
    assert apart.filter(fitted["endpoint"] == "os").max() < 0.08
    assert apart.max() < 0.18


@pytest.mark.data
@pytest.mark.slow
def test_with_rows_every_cohort_has_distances_and_the_fitted_ones_lie_within_halves(
    public_data, tmp_path
):
    compare_virtual(tmp_path, people=2000, seed=3)
    distances = pl.read_csv(tmp_path / "distances.csv")
    assert set(distances["cohort"]) == set(COMPARED)
    blood = distances.filter(pl.col("cohort").is_in(["chowell_train", "10k_blood_counts"]))
    assert (blood["ks"] <= blood["ks_halves_95"]).mean() > 0.85
    lines = list(distance_lines(tmp_path))
    assert lines[0] == "chowell_train (made from it)"
    (partly,) = (line for line in lines if line.startswith("10k_cytof"))
    assert partly.startswith("10k_cytof (a test: not made from it but for the shape of ")
    assert any(line.startswith("  correlations: mean difference") for line in lines)
    page = (tmp_path / "realism.html").read_text(encoding="utf-8")
    for cohort, (kind, _) in RAW_COHORTS.items():
        assert f'id="raw-{cohort}"' in page
        assert f"{cohort} ({kind})" in lines
    points = pl.read_csv(tmp_path / "raw_points.csv")
    usage = points.filter(pl.col("figure") == "V genes of TRB")
    for _, part in usage.group_by("cohort"):
        assert part.select(pl.corr("real", "virtual")).item() > 0.85
    zeros = points.filter(pl.col("figure").str.starts_with("zeros"))
    assert (zeros["real"] - zeros["virtual"]).abs().max() < 8.0


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(ResultsError, match="macroimmune simulate compare"):
        write_realism_page(tmp_path)


def test_shares_of_both_stand_between_the_same_bounds():
    real = pl.DataFrame({"x": np.linspace(1.0, 9.0, 100), "yes": np.tile([0.0, 1.0], 50)})
    found = shapes_from_rows(real, real, {"x": "pg/mL", "yes": "yes or no"})
    x = found.filter(pl.col("variable") == "x")
    assert x["is_log"].all()
    np.testing.assert_allclose(np.diff(np.log(x["high"])), np.diff(np.log(x["low"])), rtol=1e-6)
    assert x["real"].sum() > 0.97
    assert x["real"].to_list() == x["virtual"].to_list()
    assert found.filter(pl.col("variable") == "yes")["real"].to_list() == [0.5, 0.5]


def test_lengths_in_amino_acids_have_a_bar_each():
    lengths = pl.DataFrame({"length": [13.0, 14.0, 14.0, 15.0]})
    found = shapes_from_rows(lengths, lengths, {"length": "amino acids"})
    assert found["low"].to_list() == [12.5, 13.5, 14.5]
    assert found["real"].to_list() == [0.25, 0.5, 0.25]


def test_stated_quantiles_bound_the_shares_of_a_summary():
    row = {"variable": "x", "unit": "year", "mean": 50.0}
    row |= {f"q{percent:g}": None for percent in (1, 2.5, *range(5, 100, 5), 97.5, 99)}
    row |= {"q25": 40.0, "q50": 50.0, "q75": 60.0, "decimals": None}
    virtual = pl.DataFrame({"x": [45.0, 55.0, 56.0, 90.0]})
    found = shapes_from_summaries(pl.DataFrame([row]), virtual)
    assert found["real"].to_list() == [0.25, 0.25]
    assert found["virtual"].to_list() == [0.25, 0.5]


def test_rounded_values_are_spread_over_bounds_within_one_rounding_unit():
    row = {"variable": "x", "unit": "year", "mean": 10.0, "decimals": 0}
    row |= {f"q{percent:g}": None for percent in (1, 2.5, *range(5, 100, 5), 97.5, 99)}
    row |= {"q25": 9.75, "q50": 10.0, "q75": 10.25}
    found = shapes_from_summaries(pl.DataFrame([row]), pl.DataFrame({"x": [10.0] * 1000}))
    np.testing.assert_allclose(found["virtual"], [0.25, 0.25], atol=0.01)


def test_names_in_a_figure_are_escaped():
    shape = pl.DataFrame({
        "is_log": [False, False],
        "low": [0.0, 1.0],
        "high": [1.0, 2.0],
        "real": [0.5, 0.5],
        "virtual": [0.4, 0.6],
    })
    figure = shape_figure("x", "<b>", "pg/mL", shape)
    assert "<b>" not in figure.body
    assert "&lt;b&gt;" in figure.body


def test_a_dot_marks_a_correlation_that_is_farther_off_than_halves():
    pairs = pl.DataFrame({
        "variable_a": ["a", "a"],
        "variable_b": ["b", "c"],
        "rho_real": [0.1, 0.2],
        "rho_virtual": [0.6, 0.2],
        "difference": [0.5, 0.0],
        "halves_95": [0.1, 0.1],
    })
    figure = correlations_figure("x", ["a", "b", "c"], pairs)
    assert figure.body.count('class="d6"') == 1
    assert figure.body.count("h0") == 1
