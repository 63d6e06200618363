"""Automatic gates against the labels of two public data sets, with one and the same settings."""

from dataclasses import replace

import numpy as np
import pytest

from macroimmune.cytometry import EventKind
from macroimmune.cytometry.gating import fit_thresholds, gate_events
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import gating_hierarchy

pytestmark = pytest.mark.data


def f1_of(events, kinds, species, labels, wanted):
    """Return F1 of each population, and the gates."""
    hierarchy = gating_hierarchy(events.panel.lineage_antigens, species)
    thresholds = fit_thresholds(events, kinds, hierarchy, rng=np.random.default_rng(1))
    members = gate_events(events, kinds, hierarchy, thresholds).members
    result = {}
    for name, of in wanted.items():
        told, true = members[name], np.isin(labels, of)
        result[name] = 2 * np.sum(told & true) / (told.sum() + true.sum())
    return result


def test_mouse_cells_are_told_as_by_hand(public_data) -> None:
    events = open_events(public_data / "flowsom_wsp" / "68983.fcs")
    text = (public_data / "flowsom_wsp" / "gatingResult.csv").read_text()
    labels = np.array([line.strip('"') for line in text.splitlines() if line])
    wanted = {"b_cell": "B cells", "cd4_t": "CD4 T cells", "cd8_t": "CD8 T cells", "nk": "NK cells"}
    found = f1_of(events, classify_events(events).kinds, "mouse", labels, wanted)
    assert min(found["b_cell"], found["cd4_t"], found["cd8_t"]) > 0.95
    assert found["nk"] > 0.88


def test_pooled_cells_of_a_person_are_told_as_they_were_sorted(public_data) -> None:
    files = sorted((public_data / "bodenmiller_bcrxl_fcs").glob("*_H05.fcs"))
    opened = [open_events(file) for file in files]
    labels = np.repeat([f.stem.split("_")[1] for f in files], [len(e.values) for e in opened])
    values = np.asfortranarray(np.concatenate([one.values for one in opened]))
    kinds = np.full(len(values), EventKind.CELL, np.uint8)
    wanted = {"b_cell": ["igm+", "igm-"], "cd4_t": ["cd4+"], "cd8_t": ["cd8+"]}
    found = f1_of(replace(opened[0], values=values), kinds, "human", labels, wanted)
    assert found["b_cell"] > 0.85
    assert found["cd4_t"] > 0.84
    assert found["cd8_t"] > 0.80
