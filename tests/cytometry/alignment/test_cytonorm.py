"""One control in three batches of real mass cytometry, two tubes each."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from macroimmune.cytometry.alignment import channel_quantiles, learn_alignment
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
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


def valley(values) -> float:
    """Return where the density of values is lowest between its two populations."""
    grid = np.linspace(*np.quantile(values, [0.001, 0.999]), 200)
    density = np.array([np.exp(-(((values - x) / 0.25) ** 2) / 2).mean() for x in grid]) ** 0.5
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    return float(grid[np.argmax(np.minimum(left, right) - density)])


@pytest.fixture(scope="module")
def cuts(tubes):
    """Return one cut per marker for all files, in the valley of all six pooled."""
    markers = sorted({sign[:-1] for definition in POPULATIONS for sign in definition.split()})
    return {
        name: valley(np.concatenate([events.column(name)[kinds == 0] for events, kinds in tubes]))
        for name in markers
    }


def percent(events, kinds, definition, cuts) -> float:
    chosen = kinds == 0
    for sign in definition.split():
        chosen = chosen & ((events.column(sign[:-1]) > cuts[sign[:-1]]) == (sign[-1] == "+"))
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


def test_no_population_moves_further_than_two_tubes_of_one_batch_differ(tubes, quantiles, cuts):
    alignment = learn_alignment(quantiles, BATCHES)
    moved = [alignment.applied(one, batch) for (one, _), batch in zip(tubes, BATCHES, strict=True)]
    for definition in POPULATIONS:
        before = np.array([percent(events, kinds, definition, cuts) for events, kinds in tubes])
        after = np.array([
            percent(events, kinds, definition, cuts)
            for events, (_, kinds) in zip(moved, tubes, strict=True)
        ])
        spread = np.abs(before[::2] - before[1::2]).max()
        assert np.abs(after - before).max() <= spread, definition
