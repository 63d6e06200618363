"""Batches that cannot be told from time, arm or outcome."""

import numpy as np
import polars as pl
import pytest

from macroimmune.study import AnalysisSettings
from macroimmune.study.checks.batches import BATCHES


def look(tables):
    return [finding.found for finding in BATCHES.look(tables, AnalysisSettings())]


def with_batch(tables, batch):
    return tables | {"samples": tables["samples"].with_columns(batch=batch)}


@pytest.fixture
def tables(clean_tables):
    return clean_tables(1)


@pytest.fixture
def later(tables):
    """Return who of the participants died later than half of them, by id."""
    outcomes = tables["outcomes"]
    return outcomes.filter(pl.col("os_time_days") > pl.col("os_time_days").median())


def test_batches_of_one_time_point_are_found_by_name(tables):
    (found,) = look(with_batch(tables, pl.col("timepoint")))
    assert found.startswith("batch goes with time point: Cramer's V 1.00")


def test_batches_before_and_after_treatment_start_are_found_without_names(tables):
    before = pl.when(pl.col("days_from_treatment_start") <= 0).then(pl.lit("a"))
    unnamed = with_batch(tables, before.otherwise(pl.lit("b")))
    unnamed["samples"] = unnamed["samples"].with_columns(timepoint=pl.lit(None, pl.String))
    (found,) = look(unnamed)
    assert found.startswith("batch goes with sampling time: Cramer's V 1.00")


def test_early_and_late_deaths_in_different_batches_are_found_though_all_die(tables, later):
    late = pl.col("participant_id").is_in(later["participant_id"].to_list())
    outcomes = tables["outcomes"].with_columns(os_event=pl.lit(value=True))
    outcomes = outcomes.drop("pfs_time_days", "pfs_event", "response", "best_response")
    dying = with_batch(tables, pl.when(late).then(pl.lit("a")).otherwise(pl.lit("b")))
    (found,) = look(dying | {"outcomes": outcomes})
    assert found.startswith("batch goes with overall survival: log-rank p")


def test_late_entry_is_no_difference_in_survival(tables):
    # One batch came under observation after two years: who died earlier could not be in it.
    rng = np.random.default_rng(1)
    n = tables["participants"].height
    ids = tables["participants"]["participant_id"]
    late = np.arange(n) % 2 == 0
    death = rng.exponential(400.0, n) + np.where(late, 800.0, 0.0)
    outcomes = pl.DataFrame({
        "participant_id": ids,
        "os_time_days": death,
        "os_event": True,
        "entry_days": np.where(late, 800.0, 0.0),
    })
    of = dict(zip(ids.to_list(), np.where(late, "a", "b").tolist(), strict=True))
    batched = with_batch(tables, pl.col("participant_id").replace_strict(of))
    assert look(batched | {"outcomes": outcomes}) == []
    blind = outcomes.drop("entry_days")
    assert any("overall survival" in found for found in look(batched | {"outcomes": blind}))


def test_times_that_cannot_be_stop_no_other_check(tables):
    outcomes = tables["outcomes"].with_columns(os_time_days=pl.col("os_time_days") - 100.0)
    assert look(tables | {"outcomes": outcomes}) == []


def test_a_participant_with_samples_in_every_batch_tells_nothing_on_survival(tables):
    first = pl.col("timepoint") == "C1D1"
    both = with_batch(tables, pl.when(first).then(pl.lit("a")).otherwise(pl.lit("b")))
    assert not any("survival" in found for found in look(both))
