"""Live single cells are kept and all else is found; what cannot be told is said."""

import numpy as np
import pytest

from macroimmune.cytometry import EventKind
from macroimmune.cytometry.preparing import classify_events
from macroimmune.simulator.plan import CytometryPlan

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
    assert sum("not told" in step for step in found.steps) == 4
