import numpy as np
import pytest
from tests.cytometry.gating.drawn_events import MARKERS, drawn_events, events_of, hierarchy

from macroimmune.cytometry.gating import (
    WellLevels,
    fit_thresholds,
    gate_events,
    labelled_levels,
    lineage_invariance,
    shrink_thresholds,
    well_levels,
)
from macroimmune.cytometry.gating.well_levels import MarkerRanks
from macroimmune.cytometry.opening import open_events
from macroimmune.errors import InputError
from macroimmune.evidence import gating_hierarchy
from macroimmune.statistics import meta_analysis


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


@pytest.mark.parametrize("n", [1, 2])
def test_of_few_donors_the_flag_stands_for_their_cells_alone(n: int) -> None:
    levels = levels_of(wells(10)[:n] + wells(20, stripped=1.2)[:n], hierarchy())
    rows = lineage_invariance(levels[:n], levels[n:])
    flagged = [row for row in rows if row.is_flagged]
    assert {(row.antigen, row.population) for row in flagged} == {("CD19", "b_cell")}
    assert flagged[0].effect == pytest.approx(-1.2, abs=0.15)
    assert flagged[0].ci_high < 0
    assert f"({n} of three donors: the interval is that of their cells)" in flagged[0].status


def test_one_donor_in_whom_nothing_moves_raises_no_flag() -> None:
    levels = levels_of(wells(10)[:1] + wells(20)[:1], hierarchy())
    assert not any(row.is_flagged for row in lineage_invariance(levels[:1], levels[1:]))


def test_without_a_donor_there_is_no_estimate() -> None:
    levels = levels_of(wells(10)[:1], hierarchy())
    empty = WellLevels("b.fcs", {}, {})
    rows = lineage_invariance(levels, [empty])
    assert all(np.isnan(row.effect) and not row.is_flagged for row in rows)
    assert {row.status for row in rows} == {"no donor with enough cells in both wells"}


def level(value: float, error: float) -> WellLevels:
    """Return a well whose B cells have so much CD19; each half of the run is off by the error."""
    halves = np.repeat([[value - error], [value + error]], 300, axis=1)
    return WellLevels("a.fcs", {}, {("CD19", "b_cell"): MarkerRanks(5000, 0.5, 1.0, halves)})


def change_of(changes: list[float], errors: list[float]):
    """Return the row of donors whose B cells have CD19 of 2 without the stimulus."""
    after = [level(2 + change, error) for change, error in zip(changes, errors, strict=True)]
    (row,) = lineage_invariance([level(2.0, 0.0)] * len(after), after)
    return row


# CD45RA of 11 donors, among whom scoring steps from one side of the best variance to the other.
BOUNCING = (
    [0.0943, 0.1003, -0.1181, -0.1176, 0.0429, -0.0266, -0.0968, 0.2151, 0.0605, 0.1162, -0.1490],
    [0.2439, 0.1815, 0.3850, 0.1731, 0.1874, 0.1066, 0.0529, 0.0821, 0.1331, 0.1485, 0.2169],
)


def test_donors_whose_variance_is_slow_to_find_have_an_estimate() -> None:
    row = change_of(*BOUNCING)
    assert (row.n, row.is_flagged) == (11, False)
    assert row.effect == pytest.approx(0.022, abs=1e-3)
    assert row.status == "CD19 of b_cell changes by 0.02 [-0.09 to 0.13] with the stimulus"


def test_where_no_variance_is_found_a_sentence_says_so_and_no_number(monkeypatch) -> None:
    monkeypatch.setattr(
        "macroimmune.cytometry.gating.invariance.meta_analysis", lambda *_: meta_analysis([], [])
    )
    row = change_of(*BOUNCING)
    assert row.status == "no estimate: how far donors differ in the change was not found"
    assert np.isnan([row.effect, row.ci_low, row.ci_high]).all()
    assert (row.n, row.is_flagged) == (11, False)


def test_donors_whose_cells_are_all_alike_are_left_out_and_told() -> None:
    row = change_of([-0.5, -0.4, -0.6, -0.1], [0.05, 0.05, 0.05, 0.0])
    assert (row.n, row.is_flagged) == (3, True)
    assert row.effect == pytest.approx(-0.5)
    assert row.status.endswith("(1 of 4 donors left out: all their cells are alike)")
    alone = change_of([-0.5], [0.0])
    assert (alone.n, alone.is_flagged) == (0, False)
    assert np.isnan(alone.effect)
    assert alone.status == (
        "no donor with an error of the change (1 of 1 donors left out: all their cells are alike)"
    )


def labelled(seed: int, stripped: float) -> WellLevels:
    """Return what a well says of the populations from which its events were drawn."""
    events, kinds, names = drawn_events(3000, np.random.default_rng(seed))
    values = events.values.astype(float)
    values[names == "b_cell", MARKERS.index("CD19")] -= stripped
    members = {name: names == name for name in ("B cells, all", "nk")}
    members["B cells, all"] = names == "b_cell"
    return labelled_levels(events_of(values, MARKERS), kinds == 0, members)


def test_of_populations_by_labels_the_markers_that_tell_them_are_compared() -> None:
    rows = lineage_invariance([labelled(1, 0.0)], [labelled(2, 1.2)])
    told = {(row.antigen, row.population) for row in rows if np.isfinite(row.effect)}
    # CD45 is on all cells and CD8 on few NK cells: neither tells the one or the other.
    assert told == {("", "B cells, all"), ("", "nk"), ("CD19", "B cells, all"), ("CD56", "nk")}
    flagged = {(row.antigen, row.population) for row in rows if row.is_flagged}
    assert flagged == {("CD19", "B cells, all")}


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
