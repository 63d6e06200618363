"""Five readers that are not ours saw the same events in files of ours (reference/virtual_files)."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from macroimmune.formats import read_fcs
from macroimmune.simulator.plan.cytometry_plan import PANEL_NAMES

FOLDER = Path(__file__).parents[3] / "reference" / "virtual_files"
READERS = {"flowio", "FlowKit", "fcsparser", "FlowCal", "fcs.js"}


@pytest.fixture(scope="module")
def seen():
    """Give what each reader saw, as it was frozen."""
    with (FOLDER / "seen.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def as_seen(reader, channel, value, ours):
    """Return our value as a reader shows it: FlowKit gives the time in seconds, by $TIMESTEP."""
    is_seconds = reader == "FlowKit" and channel == "Time"
    return value * ours.time_step_seconds if is_seconds else value


@pytest.mark.parametrize("panel", PANEL_NAMES)
def test_all_readers_see_every_channel_and_the_sum_of_its_events(panel, seen):
    ours = read_fcs(FOLDER / f"{panel}.fcs")
    sums = dict(zip(ours.names, ours.events.astype(float).sum(axis=0).tolist(), strict=True))
    rows = [row for row in seen if row["file"] == panel and row["what"] == "sum"]
    assert Counter(row["reader"] for row in rows) == dict.fromkeys(READERS, len(ours.names))
    for row in rows:
        assert int(row["events"]) == len(ours.events)
        # The order of a sum differs between programs.
        expected = as_seen(row["reader"], row["channel"], sums[row["channel"]], ours)
        assert float(row["value"]) == pytest.approx(expected, rel=1e-12), row


@pytest.mark.parametrize("panel", ["fluorescence_t_cell", "fluorescence_myeloid"])
def test_flowkit_compensates_by_the_written_matrix_as_we_do(panel, seen):
    ours = read_fcs(FOLDER / f"{panel}.fcs")
    places = [ours.names.index(name) for name in ours.spillover.names]
    compensated = ours.events.astype(float)
    compensated[:, places] = np.linalg.solve(ours.spillover.matrix.T, compensated[:, places].T).T
    medians = dict(zip(ours.names, np.median(compensated, axis=0).tolist(), strict=True))
    rows = [row for row in seen if row["file"] == panel and row["what"] == "compensated median"]
    assert len(rows) == len(ours.names)
    for row in rows:
        # FlowKit holds the compensated events in single or double precision by version.
        expected = as_seen("FlowKit", row["channel"], medians[row["channel"]], ours)
        assert float(row["value"]) == pytest.approx(expected, rel=1e-5, abs=1e-2)
