"""The quality of a file: shares of what was told, nothing where it was not."""

import pytest

from macroimmune.cytometry.preparing import classify_events, quality_row
from macroimmune.results.cytometry_tables import CYTOMETRY_TABLES


def test_the_shares_and_the_cells_make_up_all_events(virtual_events):
    events, _ = virtual_events("mass_t_cell")
    row = quality_row(events, classify_events(events))
    shares = [value for name, value in row.items() if name.endswith("_percent")]
    assert sum(shares) + 100 * row["n_cells"] / row["n_events"] == pytest.approx(100)
    assert row["status"] == "used"


def test_the_columns_are_those_of_the_table(make_events):
    events = make_events(("Yb171Di", "CD3", "lineage", [1.0, 2.0]))
    row = quality_row(events, classify_events(events))
    assert set(row) <= set(CYTOMETRY_TABLES["cytometry_quality"].schema)


def test_what_could_not_be_told_has_no_share(make_events):
    events = make_events(("Yb171Di", "CD3", "lineage", [1.0, 2.0]))
    row = quality_row(events, classify_events(events))
    assert row["dead_percent"] is None
    assert "no channel for viability" in row["steps"]


def test_a_file_without_events_is_left_out(make_events):
    events = make_events(("Yb171Di", "CD3", "lineage", []))
    row = quality_row(events, classify_events(events))
    assert row["status"] == "left out: the file has no events"
    assert row["doublet_percent"] is None
