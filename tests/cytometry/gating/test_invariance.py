import numpy as np
import pytest
from tests.cytometry.gating.drawn_events import MARKERS, drawn_events, events_of, hierarchy

from macroimmune.cytometry.gating import (
    fit_thresholds,
    gate_events,
    lineage_invariance,
    shrink_thresholds,
    well_levels,
)
from macroimmune.cytometry.opening import open_events
from macroimmune.errors import InputError
from macroimmune.evidence import gating_hierarchy


def levels_of(files, nodes):
    """Return what wells say, gated with thresholds shrunk to those of all of them."""
    rng = np.random.default_rng(1)
    fitted = [fit_thresholds(events, kinds, nodes, rng=rng) for events, kinds in files]
    return [
        well_levels(events, kinds, gate_events(events, kinds, nodes, own), own)
        for (events, kinds), own in zip(files, shrink_thresholds(fitted), strict=True)
    ]


def wells(seed: int, *, stripped: float = 0.0):
    """Return the events of four donors, CD19 of whose B cells is lower by so much."""
    files = []
    for donor in range(4):
        events, kinds, names = drawn_events(3000, np.random.default_rng(seed + donor))
        values = events.values.astype(float)
        values[names == "b_cell", MARKERS.index("CD19")] -= stripped
        files.append((events_of(values, MARKERS), kinds))
    return files


def test_a_stimulus_that_moves_nothing_raises_no_flag() -> None:
    levels = levels_of(wells(10) + wells(20), hierarchy())
    rows = lineage_invariance(levels[:4], levels[4:])
    assert {row.measure for row in rows} == {"share", "level"}
    assert not any(row.is_flagged for row in rows)


def test_a_stripped_marker_is_flagged_and_no_other() -> None:
    levels = levels_of(wells(10) + wells(20, stripped=1.2), hierarchy())
    rows = lineage_invariance(levels[:4], levels[4:])
    assert {(row.antigen, row.population) for row in rows if row.is_flagged} == {("CD19", "b_cell")}
    flagged = next(row for row in rows if row.is_flagged)
    assert flagged.effect == pytest.approx(-1.2, abs=0.1)
    assert "read their response with care" in flagged.status


def test_two_donors_are_too_few_to_tell() -> None:
    levels = levels_of(wells(10)[:2] + wells(20)[:2], hierarchy())
    rows = lineage_invariance(levels[:2], levels[2:])
    assert all(np.isnan(row.effect) and "three are needed" in row.status for row in rows)


def test_wells_without_partner_are_refused() -> None:
    with pytest.raises(InputError, match="1 unstimulated and 0 stimulated"):
        lineage_invariance(levels_of(wells(10)[:1], hierarchy()), [])


@pytest.mark.data
def test_b_cells_whose_cd20_is_stripped_are_flagged_and_no_signalling_types_cells(
    public_data,
) -> None:
    files = [
        open_events(public_data / "bcrxl_paired" / f"PBMC_patient{donor}_{well}.fcs")
        for well in ("Ref", "BCRXL")
        for donor in (1, 2, 3, 4)
    ]
    nodes = gating_hierarchy(files[0].panel.lineage_antigens, "human")
    used = {sign.antigen for node in nodes.nodes for sign in node.signs}
    state = {channel.antigen for channel in files[0].panel.channels if channel.role == "state"}
    assert len(state) == 14
    assert not used & state
    levels = levels_of([(one, np.zeros(len(one.values), np.uint8)) for one in files], nodes)
    rows = lineage_invariance(levels[:4], levels[4:])
    flagged = {(row.measure, row.population) for row in rows if row.is_flagged}
    assert {("share", "b_cell"), ("level", "b_cell")} <= flagged
    told = [row for row in rows if np.isfinite(row.effect)]
    assert len(flagged) < len(told) / 2
