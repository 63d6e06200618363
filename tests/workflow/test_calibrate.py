"""The shipped summary numbers are those that the command makes, and hold no patient."""

from importlib.resources import files

import polars as pl
import pytest

from macroimmune.datasets import find_dataset
from macroimmune.simulator.calibration import SMALLEST_GROUP, shipped_sources, shipped_summaries
from macroimmune.workflow import calibrate
from macroimmune.workflow.calibration_cohorts import calibration_tables

NAMES = ("marginals", "correlations", "survival", "response", "sources")


def shipped(name: str) -> bytes:
    folder = files("macroimmune.simulator.calibration").joinpath("data")
    return folder.joinpath(f"{name}.csv").read_bytes()


@pytest.mark.data
def test_the_shipped_files_are_what_the_command_gives_today(public_data, tmp_path):
    calibrate(tmp_path)
    for name in NAMES:
        assert (tmp_path / f"{name}.csv").read_bytes() == shipped(name), name


def test_groups_are_large_enough_and_outer_quantiles_belong_to_nobody():
    summaries = shipped_summaries()
    for table in (summaries.marginals, summaries.correlations, summaries.survival):
        assert table["n"].min() >= SMALLEST_GROUP
    small = summaries.marginals.filter(pl.col("n") < 100)
    assert small["q1"].null_count() == small.height
    assert small["q97.5"].null_count() == small.height


def test_every_cohort_has_its_source_with_checksum_licence_and_citation():
    sources = shipped_sources()
    assert set(sources["cohort"]) == set(shipped_summaries().marginals["cohort"])
    for row in sources.iter_rows(named=True):
        dataset = find_dataset(row["dataset"])
        found = {file.path: file.sha256 for file in dataset.files}
        assert found[row["file"]] == row["sha256"]
        assert (row["licence"], row["citation"]) == (dataset.licence, dataset.citation)


@pytest.mark.data
def test_tables_hold_the_facts_that_are_known_of_them(public_data):
    tables = {(table.cohort, table.group): table for table in calibration_tables()}
    assert tables["chowell_train", "all"].frame.height == 964
    assert tables["chowell_test", "all"].frame.height == 515
    assert tables["msk_without_ici", "all"].frame.height == 841
    counts = tables["10k_blood_counts", "all"].frame
    ratio = counts["nlr"].drop_nulls()
    assert ratio.median() == pytest.approx(1.85, abs=0.005)
    assert ratio.quantile(0.025) == pytest.approx(0.74, abs=0.01)
    # 422 of all rows, 421 of them of adults, have impossible eosinophils.
    assert counts["eosinophils"].max() < 50
    emra = {
        group: tables["milieu_interieur_phenotypes", f"CMV {group}"].frame["N_CD8bpos_EMRA.panel1"]
        for group in ("negative", "positive")
    }
    assert emra["negative"].median() == 484
    assert emra["positive"].median() == 2078


def test_the_shipped_correlation_of_naive_cd8_with_age_is_the_published_one():
    rows = shipped_summaries().correlations.filter(
        pl.col("group") == "all",
        pl.col("variable_a") == "age_years",
        pl.col("variable_b") == "N_CD8bpos_naive.panel1",
    )
    assert rows["rho"].to_list() == pytest.approx([-0.66], abs=0.005)
