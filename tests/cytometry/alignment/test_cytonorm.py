"""One control in three batches of real mass cytometry, two tubes each."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from macroimmune.cytometry.alignment import channel_quantiles, learn_alignment
from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import gating_hierarchy
from macroimmune.statistics.quantile_functions import earth_movers_distance

pytestmark = pytest.mark.data

BATCHES = [name for name in ("PTLG021", "PTLG028", "PTLG034") for _ in range(2)]
POPULATIONS = (
    "CD3+", "CD3+ CD4+ CD8-", "CD3+ CD8+ CD4-", "CD16+ CD11b+ CD15+ CD3- CD14-",
    "CD14+ CD11b+ CD3-", "CD7+ CD3- CD14-", "HLA-DR+ CD3- CD14- CD11b-",
)  # fmt: skip


@pytest.fixture(scope="module")
def tubes(public_data):
    found = []
    for place, batch in enumerate(BATCHES):
        name = f"Gates_{batch}_Unstim_Control_{place % 2 + 1}.fcs"
        events = open_events(public_data / "cytonorm_fcs" / name)
        events = replace(events, panel=replace(events.panel, name="whole blood"))
        found.append((events, classify_events(events).kinds))
    return found


@pytest.fixture(scope="module")
def quantiles(tubes):
    return [channel_quantiles(events, kinds) for events, kinds in tubes]


def distance(files, pairs) -> float:
    lineage = [k for k, role in enumerate(files[0].roles) if role == "lineage"]
    apart = [earth_movers_distance(files[a].values, files[b].values)[lineage] for a, b in pairs]
    return float(np.mean(apart))


def valley(values) -> tuple[float, float]:
    """Return where density is lowest between two populations, and how far below the lower one."""
    grid = np.linspace(*np.quantile(values, [0.001, 0.999]), 200)
    density = np.array([np.exp(-(((values - x) / 0.25) ** 2) / 2).mean() for x in grid]) ** 0.5
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    depth = np.minimum(left, right) - density
    return float(grid[np.argmax(depth)]), float(depth.max() / density.max())


@pytest.fixture(scope="module")
def valleys(tubes):
    """Return the valley of every lineage marker, all six files pooled."""
    return {
        name: valley(np.concatenate([events.column(name)[kinds == 0] for events, kinds in tubes]))
        for name in sorted(tubes[0][0].panel.lineage_antigens)
    }


def percent(events, kinds, definition, valleys) -> float:
    chosen = kinds == 0
    for sign in definition.split():
        chosen = chosen & ((events.column(sign[:-1]) > valleys[sign[:-1]][0]) == (sign[-1] == "+"))
    return float(100 * chosen.sum() / (kinds == 0).sum())


def test_tubes_that_alignment_did_not_see_come_as_near_as_two_tubes_of_one_batch(quantiles):
    held_out = list(quantiles)
    for tube in (0, 1):
        taught = slice(1 - tube, None, 2)
        alignment = learn_alignment(quantiles[taught], BATCHES[taught])
        for place in range(tube, 6, 2):
            held_out[place] = alignment.of_quantiles(quantiles[place], BATCHES[place])
    pairs = list(combinations(range(6), 2))
    between = [(a, b) for a, b in pairs if BATCHES[a] != BATCHES[b] and a % 2 == b % 2]
    within = [(a, b) for a, b in pairs if BATCHES[a] == BATCHES[b]]
    replicates = distance(quantiles, within)
    assert distance(quantiles, between) > 1.3 * replicates
    assert distance(held_out, between) < replicates


def test_no_population_moves_further_than_two_tubes_of_one_batch_differ(tubes, quantiles, valleys):
    alignment = learn_alignment(quantiles, BATCHES)
    moved = [alignment.applied(one, batch) for (one, _), batch in zip(tubes, BATCHES, strict=True)]
    for definition in POPULATIONS:
        before = np.array([percent(events, kinds, definition, valleys) for events, kinds in tubes])
        after = np.array([
            percent(events, kinds, definition, valleys)
            for events, (_, kinds) in zip(moved, tubes, strict=True)
        ])
        spread = np.abs(before[::2] - before[1::2]).max()
        assert np.abs(after - before).max() <= spread, definition


def automatic(tubes, hierarchy) -> dict[str, np.ndarray]:
    """Return percent of live single cells of every population in every tube."""
    fitted = shrink_thresholds([
        fit_thresholds(events, kinds, hierarchy, rng=np.random.default_rng(1))
        for events, kinds in tubes
    ])
    gated = [
        gate_events(events, kinds, hierarchy, thresholds)
        for (events, kinds), thresholds in zip(tubes, fitted, strict=True)
    ]
    return {
        name: np.array([
            100 * one.members[name].sum() / (kinds == 0).sum()
            for one, (_, kinds) in zip(gated, tubes, strict=True)
        ])
        for name in hierarchy.names
    }


def test_no_automatic_population_moves_further_than_two_tubes_of_one_batch_differ(
    tubes, quantiles, valleys
):
    # Gates on a marker without any valley (CD66 here) jump from tube to tube, aligned or not.
    separating = {name for name, (_, depth) in valleys.items() if depth > 0.02}
    hierarchy = gating_hierarchy(separating, "human", material="whole blood")
    alignment = learn_alignment(quantiles, BATCHES)
    moved = [
        (alignment.applied(events, batch), kinds)
        for (events, kinds), batch in zip(tubes, BATCHES, strict=True)
    ]
    before, after = automatic(tubes, hierarchy), automatic(moved, hierarchy)
    large = [name for name, percents in before.items() if percents.mean() > 0.5]
    assert {"t_cell", "cd4_t", "cd8_t", "granulocytes"} <= set(large)
    for name in large:
        spread = np.abs(before[name][::2] - before[name][1::2]).max()
        assert np.abs(after[name] - before[name]).max() <= spread, name
