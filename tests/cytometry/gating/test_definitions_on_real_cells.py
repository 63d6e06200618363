"""Definitions of populations hold on cells of real people, whose antibodies bind unspecifically."""

from dataclasses import replace

import numpy as np
import pytest

from macroimmune.cytometry.events import EventKind
from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import gating_hierarchy

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def mononuclear(public_data):
    """Return the gates of 15,792 cells of one person and the population each was sorted into."""
    files = sorted((public_data / "bodenmiller_bcrxl_fcs").glob("*_H05.fcs"))
    opened = [open_events(file) for file in files]
    names = [file.stem.split("_")[1] for file in files]
    sorted_into = np.repeat(names, [len(one.values) for one in opened])
    values = np.asfortranarray(np.concatenate([one.values for one in opened]))
    events = replace(opened[0], file="all", values=values)
    kinds = np.full(len(values), EventKind.CELL, np.uint8)
    panel = events.panel.lineage_antigens
    hierarchy = gating_hierarchy(panel, "human", material="PBMC")
    thresholds = fit_thresholds(events, kinds, hierarchy, rng=np.random.default_rng(1))
    return gate_events(events, kinds, hierarchy, thresholds).members, sorted_into


def recall_and_precision(members, truth):
    both = np.count_nonzero(members & truth)
    return both / np.count_nonzero(truth), both / np.count_nonzero(members)


def test_b_cells_that_bind_some_antibody_against_cd3_are_kept(mononuclear):
    members, sorted_into = mononuclear
    recall, precision = recall_and_precision(
        members["b_cell"], np.isin(sorted_into, ["igm+", "igm-"])
    )
    assert recall > 0.9
    assert precision > 0.97


def test_monocytes_that_bind_antibody_against_cd3_are_no_t_cells(mononuclear):
    members, sorted_into = mononuclear
    myeloid = np.char.startswith(sorted_into, "cd14") & ~np.char.endswith(sorted_into, "surf-")
    assert np.mean(members["t_cell"][myeloid]) < 0.01
    recall, precision = recall_and_precision(
        members["cd14_myeloid"], sorted_into == "cd14+hladrmid"
    )
    assert recall > 0.7
    assert precision > 0.95


def test_without_cd8_the_other_t_cells_are_cd8_t_cells(mononuclear):
    members, sorted_into = mononuclear
    for population, name in (("cd4_t", "cd4+"), ("cd8_t", "cd8+")):
        recall, precision = recall_and_precision(members[population], sorted_into == name)
        assert min(recall, precision) > 0.97, population


def test_granulocytes_of_whole_blood_have_too_little_cd45_to_be_asked_for_it(public_data):
    file = public_data / "cytonorm_fcs" / "Gates_PTLG021_Unstim_Control_1.fcs"
    events = open_events(file)
    panel = events.panel
    cd45, cd66, cd3 = (events.values[:, panel.index(name)] for name in ("CD45", "CD66", "CD3"))
    t_cells = np.quantile(cd45[(cd3 > 2.5) & (cd66 < 1)], 0.05)
    assert np.mean(cd45[cd66 > 2] < t_cells) > 0.6
    hierarchy = gating_hierarchy(panel.lineage_antigens, "human")
    leukocytes = next(node for node in hierarchy.nodes if node.population == "leukocytes")
    assert [str(sign) for sign in leukocytes.signs] == ["CD235_CD61-"]


def test_whole_blood_whose_cd19_is_on_every_cell_is_mostly_neutrophils_then_t_cells(public_data):
    files = [open_events(file) for file in sorted((public_data / "cytonorm_fcs").glob("*.fcs"))]
    kinds = [classify_events(events).kinds for events in files]
    panel = files[0].panel.lineage_antigens
    hierarchy = gating_hierarchy(panel, "human", material="whole blood")
    fitted = [
        fit_thresholds(events, kind, hierarchy, rng=np.random.default_rng(1))
        for events, kind in zip(files, kinds, strict=True)
    ]
    for events, kind, thresholds in zip(files, kinds, shrink_thresholds(fitted), strict=True):
        counts = gate_events(events, kind, hierarchy, thresholds).counts
        of_all = {one.population: one.n_cells / np.sum(kind == EventKind.CELL) for one in counts}
        assert 0.3 < of_all["neutrophils"] < 0.7, events.file
        assert 0.1 < of_all["cd8_t"] + of_all["cd4_t"] < of_all["t_cell"] < 0.3
        assert of_all["cd4_t"] > of_all["cd8_t"]
        assert 0.005 < of_all["monocyte"] < 0.15
        shares = {one.population: one.fraction for one in counts}
        assert np.isnan(shares["b_cell"])
