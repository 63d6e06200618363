import dataclasses

import numpy as np
import pytest
from tests.cytometry.gating.drawn_events import drawn_events, events_of, hierarchy, population

from macroimmune.cytometry import EventKind, FileThresholds
from macroimmune.cytometry.gating import fit_thresholds, gate_events
from macroimmune.errors import InputError
from macroimmune.evidence import Hierarchy


def gated(events, kinds, nodes, seed=5):
    rng = np.random.default_rng(seed)
    thresholds = fit_thresholds(events, kinds, nodes, rng=rng)
    return gate_events(events, kinds, nodes, thresholds)


def test_populations_far_apart_are_found_cell_by_cell() -> None:
    events, kinds, names = drawn_events(5000, np.random.default_rng(1))
    result = gated(events, kinds, hierarchy())
    for name in ("cd4_t", "cd8_t", "b_cell", "nk"):
        told, true = result.members[name], names == name
        assert 2 * np.sum(told & true) / (told.sum() + true.sum()) > 0.98


def test_intervals_hold_the_share_that_was_drawn_and_are_never_narrower_than_counting() -> None:
    events, kinds, names = drawn_events(5000, np.random.default_rng(2))
    told = [one for one in gated(events, kinds, hierarchy()).counts if not np.isnan(one.fraction)]
    # No NK cell is brighter than the others, so that bright and mature ones have no share.
    assert len(told) >= len(hierarchy().nodes) - 2
    for one in told:
        assert one.ci_low <= one.count_ci_low <= one.fraction <= one.count_ci_high <= one.ci_high
        if one.population in {"b_cell", "nk"}:
            assert one.ci_low < np.mean(names == one.population) < one.ci_high


def test_events_that_are_no_cells_belong_nowhere() -> None:
    events, kinds, _ = drawn_events(3000, np.random.default_rng(3))
    kinds[:1000] = EventKind.DEAD
    result = gated(events, kinds, hierarchy())
    assert not any(result.members[name][:1000].any() for name in result.members)
    assert next(one for one in result.counts if not one.parent).n_parent == 2000


def test_events_twice_leave_thresholds_and_shares_as_they_are() -> None:
    events, kinds, _ = drawn_events(3000, np.random.default_rng(4))
    twice = dataclasses.replace(events, values=np.asfortranarray(np.tile(events.values, (2, 1))))
    once = gated(events, kinds, hierarchy())
    double = gated(twice, np.tile(kinds, 2), hierarchy())
    for one, other in zip(once.counts, double.counts, strict=True):
        assert other.fraction == pytest.approx(one.fraction, abs=0.004, nan_ok=True)


def test_a_small_parent_has_counts_and_a_sentence_in_place_of_a_share() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(0, 0.4, (985, 2)), rng.normal(4, 0.4, (15, 2))])
    nodes = Hierarchy((population("a", "", "CD19+"), population("b", "a", "CD27+")), {})
    events = events_of(values, ("CD19", "CD27"))
    thresholds = fit_thresholds(events, np.zeros(1000, np.uint8), nodes, rng=rng)
    known = FileThresholds(
        "drawn.fcs",
        tuple(dataclasses.replace(t, value=2.0, standard_error=0.1) for t in thresholds.thresholds),
        (),
    )
    first, second = gate_events(events, np.zeros(1000, np.uint8), nodes, known).counts
    assert (first.n_cells, first.fraction) == (15, 0.015)
    assert second.n_parent == 15
    assert np.isnan(second.fraction)
    assert "15 cells in the parent" in second.status


def test_a_marker_that_is_noise_alone_says_so() -> None:
    rng = np.random.default_rng(6)
    events = events_of(rng.normal(0, 0.4, (4000, 1)), ("CD19",))
    nodes = Hierarchy((population("b_cell", "", "CD19+"),), {})
    (threshold,) = fit_thresholds(events, np.zeros(4000, np.uint8), nodes, rng=rng).thresholds
    assert "no separation" in threshold.status
    assert threshold.value > np.quantile(events.values, 0.999)


def test_few_cells_borrow_the_threshold_of_the_wider_population() -> None:
    rng = np.random.default_rng(7)
    n_cells = 4000
    is_positive = rng.random((n_cells, 2)) < [0.01, 0.3]
    values = np.where(is_positive, 4.0, 0.2) + 0.4 * rng.standard_normal((n_cells, 2))
    nodes = Hierarchy((population("a", "", "CD19+"), population("b", "a", "CD27+")), {})
    fitted = fit_thresholds(
        events_of(values, ("CD19", "CD27")), np.zeros(n_cells, np.uint8), nodes, rng=rng
    )
    assert fitted.thresholds[1].method == "valley of all cells"
    assert 1.5 < fitted.thresholds[1].value < 3.0


def test_thresholds_of_another_hierarchy_are_refused() -> None:
    events, kinds, _ = drawn_events(1000, np.random.default_rng(8))
    with pytest.raises(InputError, match="no threshold of CD45 within all cells"):
        gate_events(events, kinds, hierarchy(), FileThresholds("x", (), ()))


def test_high_cells_that_are_not_told_apart_have_no_share_and_a_note_stays_where_there_is_one() -> (
    None
):
    rng = np.random.default_rng(9)
    values = np.stack([rng.normal(4.0, 0.4, 3000), rng.normal(2.5, 0.4, 3000)], axis=1)
    events, kinds = events_of(values, ("CD45", "CD56")), np.zeros(3000, np.uint8)
    nodes = Hierarchy((population("a", "", "CD45+"), population("b", "a", "CD56hi")), {})
    first, second = gated(events, kinds, nodes).counts
    assert first.fraction == 1.0
    assert "all cells taken as positive" in first.status
    assert np.isnan(second.fraction)
    assert second.status.startswith("no threshold of CD56: no separation seen")


def blood(cd4: float = 2.0):
    """Return 400 CD4, 200 CD8 T cells, 300 B cells and 100 others, gated with known thresholds."""
    rng = np.random.default_rng(10)
    n_cells = np.array([400, 200, 300, 100])
    high = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], n_cells, axis=0)
    values = 4.0 * high + 0.1 * rng.standard_normal(high.shape)
    events = events_of(values, ("CD3", "CD4", "CD8", "CD19"))
    kinds = np.zeros(len(values), np.uint8)
    parts = ("t_cell", "b_cell")
    nodes = Hierarchy(
        (
            population("t_cell", "", "CD3+"),
            population("b_cell", "", "CD19+"),
            population("cd4_t", "t_cell", "CD4+"),
            population("cd8_t", "t_cell", "CD8+"),
            dataclasses.replace(population("lymphocytes", "", ""), union=parts),
            dataclasses.replace(population("others", "t_cell", ""), excluding=("cd4_t",)),
        ),
        {},
    )
    fitted = fit_thresholds(events, kinds, nodes, rng=rng)
    known = tuple(
        dataclasses.replace(
            one,
            value=cd4 if one.antigen == "CD4" else 2.0,
            standard_error=0.1,
            status="" if np.isfinite(cd4) or one.antigen != "CD4" else "no cell",
        )
        for one in fitted.thresholds
    )
    return gate_events(events, kinds, nodes, FileThresholds("drawn.fcs", known, ()))


def test_parts_of_the_lymphocytes_are_shares_of_them_too() -> None:
    t_cell, b_cell = blood().other_shares
    assert (t_cell.population, t_cell.parent) == ("t_cell", "lymphocytes")
    assert (t_cell.n_cells, t_cell.n_parent) == (600, 900)
    assert t_cell.fraction + b_cell.fraction == pytest.approx(1.0)
    assert t_cell.ci_low < 2 / 3 < t_cell.ci_high
    # Jeffreys, the error of the thresholds being smaller than any distance between cells.
    assert t_cell.ci_low == pytest.approx(0.635372, abs=1e-6)


def test_the_ratio_of_two_populations_has_the_interval_of_its_logarithm() -> None:
    (one,) = blood().ratios
    assert (one.name, one.value, one.status) == ("CD4:CD8 ratio", 2.0, "")
    assert np.log(2 / one.ci_low) == pytest.approx(1.96 * np.sqrt(1 / 400 + 1 / 200), rel=0.02)
    assert np.log(one.ci_high / 2) == pytest.approx(1.96 * np.sqrt(1 / 400 + 1 / 200), rel=0.02)


def test_what_leans_on_a_population_that_could_not_be_told_says_so() -> None:
    gated_without = blood(cd4=np.nan)
    (one,) = gated_without.ratios
    assert np.isnan(one.value)
    assert one.status == "cd4_t: no threshold of CD4: no cell"
    others = next(count for count in gated_without.counts if count.population == "others")
    assert others.fraction == 1.0
    assert others.status == "cd4_t counted too: no threshold of CD4: no cell"


def test_a_union_without_one_of_its_parts_has_no_share() -> None:
    values = np.random.default_rng(11).normal(0, 0.4, (1000, 2))
    events, kinds = events_of(values, ("CD3", "CD19")), np.zeros(1000, np.uint8)
    union = dataclasses.replace(population("lymphocytes", "", ""), union=("t_cell", "b_cell"))
    nodes = Hierarchy(
        (population("t_cell", "", "CD3+"), population("b_cell", "", "CD19+"), union), {}
    )
    fitted = fit_thresholds(events, kinds, nodes, rng=np.random.default_rng(12))
    lost = tuple(
        dataclasses.replace(one, value=np.nan, status="none") if one.antigen == "CD3" else one
        for one in fitted.thresholds
    )
    found = gate_events(events, kinds, nodes, FileThresholds("x", lost, ()))
    assert found.counts[2].status == "t_cell: no threshold of CD3: none"
    assert all(np.isnan(one.fraction) for one in found.other_shares)
