"""A study with FCS files run to its results: tables, features with intervals, cells per uL."""

import polars as pl
import pytest

from macroimmune.results import ResultsFolder
from macroimmune.study import Study
from macroimmune.workflow import run_study


@pytest.fixture(scope="module")
def results(virtual_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ResultsFolder:
    out = tmp_path_factory.mktemp("run") / "results"
    return run_study(virtual_study, out, command="test", last_stage="gates")


def test_the_page_shows_cells_and_the_work_is_cleared_away(results: ResultsFolder) -> None:
    page = (results.path / "report.html").read_text(encoding="utf-8")
    assert 'id="cells"' in page
    assert "Gates of" in page
    assert [path.name for path in results.path.parent.iterdir()] == ["results"]


def test_gated_populations_are_features_with_their_intervals(results: ResultsFolder) -> None:
    frequencies = results.table("cell_frequencies").filter("is_feature")
    features = results.table("features")
    for row in frequencies.filter(pl.col("population") == "mait").iter_rows(named=True):
        same = features.filter(
            (pl.col("sample_id") == row["sample_id"])
            & pl.col("feature").str.starts_with("mait")
            & (pl.col("unit") == "percent")
        )
        assert same.select("value", "ci_low", "ci_high").rows() == [
            (row["percent"], row["ci_low"], row["ci_high"])
        ]


def test_cells_per_microlitre_are_shares_along_the_parents_times_the_blood_count(
    results: ResultsFolder, virtual_study: Study
) -> None:
    rows = results.table("cell_frequencies").filter("is_feature")
    counts = virtual_study.tables["blood_counts"].filter(pl.col("analyte") == "lymphocytes")
    told = 0
    for row in rows.filter(pl.col("population") == "t_cell").iter_rows(named=True):
        if row["parent"] != "lymphocytes" or row["per_microlitre"] is None:
            continue
        day = virtual_study.tables["cytometry"].filter(pl.col("sample_id") == row["sample_id"])
        count = counts.filter(
            (pl.col("participant_id") == row["participant_id"])
            & (pl.col("days_from_treatment_start") == day["days_from_treatment_start"][0])
        )["value"].mean()
        assert row["per_microlitre"] == pytest.approx(row["percent"] / 100 * count * 1000)
        assert row["per_microlitre_ci_low"] < row["per_microlitre"] < row["per_microlitre_ci_high"]
        told += 1
    assert told
