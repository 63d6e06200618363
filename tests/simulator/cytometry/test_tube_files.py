"""The files of one tube: what was drawn is read back, by our reader and by flowio."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.formats import read_fcs
from macroimmune.simulator.cytometry import Well, draw_tube, panel_of, spillover_matrix
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.simulator.plan.cytometry_plan import PANEL_NAMES, STIMULUS_NAMES

PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])


@given(
    st.sampled_from(PANEL_NAMES),
    st.sampled_from(STIMULUS_NAMES),
    st.integers(100, 400),
    st.integers(0, 9),
)
def test_what_was_drawn_is_read_back_exactly(tmp_path_factory, panel, stimulus, n_events, batch):
    plan = CytometryPlan(events_per_file=n_events, labels_vary=True)
    well = Well("a", "V001", 0.3, panel, stimulus, batch, PERCENT / PERCENT.sum())
    folder = tmp_path_factory.mktemp("tube")
    targets = (folder / "a.fcs", folder / "a.parquet")
    write_tube(TubeTask(5, plan, well), targets)
    drawn, read = draw_tube(5, plan, well), read_fcs(targets[0])
    assert np.array_equal(read.events, drawn.events)
    assert np.isfinite(read.events).all()
    assert read.remarks == ()
    assert list(read.names) == [channel.name for channel in panel_of(panel).channels]
    assert read.antigens == panel_of(panel).labels(batch)
    assert (read.events <= read.ranges).all()
    truth = pl.read_parquet(targets[1])
    assert truth.height == n_events
    assert np.array_equal(truth["answers"].to_numpy(), drawn.answers)


def test_the_spillover_matrix_is_written_with_the_file(write_and_read):
    read = write_and_read(panel="fluorescence_t_cell").fcs
    panel = panel_of("fluorescence_t_cell")
    assert np.array_equal(read.spillover.matrix, spillover_matrix(panel, 0.25))
    assert read.spillover.names == tuple(panel.channels[place].name for place in panel.dyes)
    assert read.time_step_seconds == 0.01


def test_flowio_reads_the_same_events(write_and_read, tmp_path):
    flowio = pytest.importorskip("flowio")
    for panel in PANEL_NAMES:
        ours = write_and_read(CytometryPlan(events_per_file=500), panel=panel).fcs
        with (tmp_path / "V001_baseline.fcs").open("rb") as stream:
            peer = flowio.FlowData(stream)
        assert (peer.event_count, peer.channel_count) == ours.events.shape
        assert np.array_equal(peer.as_array(preprocess=False), ours.events)
        assert tuple(peer.pns_labels) == ours.antigens


def test_a_file_says_that_it_was_drawn_and_the_truth_has_small_types(write_and_read):
    tube = write_and_read(CytometryPlan(events_per_file=200))
    assert "not measured" in tube.fcs.keywords["$COM"]
    assert tube.truth.columns == ["kind", "leaf", "second_leaf", "answers"]
    assert isinstance(tube.truth.schema["leaf"], pl.Enum)
    assert tube.truth["leaf"].null_count() == tube.truth["kind"].is_in(["debris", "bead"]).sum()


def test_the_same_tube_is_the_same_whatever_was_drawn_before():
    well = Well("a", "V001", 0.3, "mass_t_cell", "ifn_early", 0, PERCENT / PERCENT.sum())
    plan = CytometryPlan(events_per_file=5_000)
    first = draw_tube(5, plan, well)
    np.random.default_rng(0).random(10)
    draw_tube(6, plan, well)
    again = draw_tube(5, plan, well)
    assert np.array_equal(first.events, again.events)
    assert not np.array_equal(first.events, draw_tube(6, plan, well).events)
