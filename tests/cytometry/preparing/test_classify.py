"""Live single cells are kept and all else is found; what cannot be told is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from macroimmune.cytometry import EventKind
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.study.panels import Panel

KINDS = {"dead": EventKind.DEAD, "doublet": EventKind.DOUBLET, "debris": EventKind.DEBRIS,
         "bead": EventKind.BEAD}  # fmt: skip
PANELS = ("mass_t_cell", "fluorescence_t_cell", "fluorescence_myeloid")


@pytest.mark.parametrize("panel", PANELS)
def test_what_is_no_live_single_cell_is_found_and_live_cells_are_kept(virtual_events, panel):
    events, truth = virtual_events(panel)
    found = classify_events(events)
    least = {"dead": 0.98, "doublet": 0.9, "debris": 0.95, "bead": 1.0}
    for name, kind in KINDS.items():
        if (truth == name).any():
            assert (found.kinds[truth == name] == kind).mean() >= least[name], name
    assert found.is_cell[truth == "live"].mean() > 0.995


@pytest.mark.parametrize("seed", range(5))
def test_doublets_of_mass_cytometry_are_found_in_every_file(virtual_events, seed):
    events, truth = virtual_events("mass_t_cell", seed=seed)
    found = classify_events(events).kinds == EventKind.DOUBLET
    assert found[truth == "doublet"].mean() > 0.8
    assert found[truth == "live"].mean() < 0.01


@pytest.mark.parametrize("panel", PANELS)
def test_a_file_of_live_single_cells_keeps_them(virtual_events, panel):
    plan = CytometryPlan(dead=0.0, doublets=0.0, debris=0.0, beads=0.0)
    events, _ = virtual_events(panel, plan)
    assert classify_events(events).is_cell.mean() > 0.995


def test_a_file_without_events_says_so(make_events):
    found = classify_events(make_events(("CD3", "CD3", "lineage", [])))
    assert found.steps == ("no events: nothing was told",)
    assert np.isnan(found.percent(EventKind.CELL))


def test_a_panel_of_markers_alone_keeps_all_events_and_names_what_it_lacks(make_events):
    found = classify_events(make_events(("Yb171Di", "CD3", "lineage", np.linspace(0, 5, 300))))
    assert found.percent(EventKind.CELL) == 100
    assert len(found.untold) == 5


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_channels_and_of_events_changes_nothing_but_time(virtual_events, seed):
    rng = np.random.default_rng(seed)
    events, _ = virtual_events("mass_t_cell", CytometryPlan(events_per_file=3_000))
    found = classify_events(events)
    columns = rng.permutation(len(events.panel.channels))
    turned = replace(
        events,
        panel=Panel("turned", tuple(events.panel.channels[k] for k in columns)),
        values=np.asfortranarray(events.values[:, columns]),
        transforms=tuple(events.transforms[k] for k in columns),
        ranges=events.ranges[columns],
    )
    assert np.array_equal(classify_events(turned).kinds, found.kinds)
    rows = rng.permutation(len(events.values))
    shuffled = classify_events(replace(events, values=np.asfortranarray(events.values[rows])))
    assert EventKind.UNSTABLE in shuffled.untold
    assert np.array_equal(shuffled.kinds, found.kinds[rows])


def test_missing_and_constant_channels_take_no_events_out(virtual_events):
    events, _ = virtual_events("mass_t_cell", CytometryPlan(events_per_file=2_000))
    for value in (np.nan, 1.0):
        found = classify_events(replace(events, values=np.full_like(events.values, value)))
        assert found.is_cell.all()
        assert len(found.untold) == 5


@pytest.mark.data
def test_cells_that_were_labelled_by_hand_survive(public_data):
    folder = public_data / "flowsom_wsp"
    events = open_events(folder / "68983.fcs")
    lines = (folder / "gatingResult.csv").read_text("utf-8").splitlines()
    labels = np.array([line.strip('"') for line in lines])
    found = classify_events(events)
    for label in ("B cells", "CD4 T cells", "CD8 T cells", "NK cells"):
        assert found.is_cell[labels == label].mean() > 0.98, label


@pytest.mark.data
@pytest.mark.parametrize("folder", ["bcrxl_paired", "bodenmiller_bcrxl_fcs", "cytonorm_fcs"])
def test_files_of_cells_that_were_gated_before_keep_nearly_all(public_data, folder):
    for path in sorted((public_data / folder).glob("*.fcs")):
        assert classify_events(open_events(path)).percent(EventKind.CELL) >= 95, path.name
