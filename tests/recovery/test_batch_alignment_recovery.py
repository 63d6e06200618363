"""Shifts of staining and gain that were planted between batches are found and taken out."""

import numpy as np
import pytest

from macroimmune.cytometry import Events, Transform
from macroimmune.cytometry.alignment import channel_quantiles, learn_alignment
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.cytometry.tube_events import draw_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.study.panels import Panel, PanelChannel

SEED, PANEL = 29, "mass_t_cell"
BATCHES = ["B1", "B2", "B3", "B4"]
# Markers with a population so bright that a shift shows whole, and a gain as its logarithm.
BRIGHT = {"CD45": 5, "CD3": 4.5, "CD19": 4.3, "CD4": 4.4, "CD8": 5, "CD14": 4.9, "CD45RA": 4.5}
PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
STRONG = {"batch_shift": 0.2, "batch_gain": 0.15}


def tube(plan: CytometryPlan, donor: str, batch: int) -> tuple[Events, np.ndarray]:
    """Return the live cells of a tube and their leaves."""
    shares = PERCENT / PERCENT.sum()
    drawn = draw_tube(
        SEED, plan, Well(f"{donor}{batch}", donor, 0.0, PANEL, "unstimulated", batch, shares)
    )
    panel = panel_of(PANEL)
    columns = [panel_column(name) for name in BRIGHT]
    is_live = drawn.labels.kind == 0
    values = np.arcsinh(drawn.events[is_live][:, columns] / panel.cofactor).astype(np.float32)
    channels = tuple(PanelChannel(name, name, "lineage") for name in BRIGHT)
    events = Events(
        f"{donor}{batch}", Panel("mass", channels), np.asfortranarray(values),
        (Transform("arcsinh", 5.0),) * len(channels), "mass",
        is_compensated=False, ranges=np.full(len(channels), np.nan), remarks=(),
    )  # fmt: skip
    return events, np.array(list(LEAVES))[drawn.labels.leaf[is_live]]


def panel_column(antigen: str) -> int:
    return next(k for k, one in enumerate(panel_of(PANEL).channels) if one.antigen == antigen)


def learned(plan: CytometryPlan):
    controls = [tube(plan, "control", batch)[0] for batch in range(len(BATCHES))]
    files = [channel_quantiles(one, np.zeros(len(one.values), np.uint8)) for one in controls]
    return learn_alignment(files, BATCHES)


@pytest.fixture(scope="module")
def strong():
    plan = CytometryPlan(events_per_file=6000, **STRONG)
    return plan, learned(plan)


def test_the_shift_of_bright_cells_is_that_which_was_planted(strong):
    plan, alignment = strong
    drawn = [draw_batch(SEED, plan, panel_of(PANEL), batch) for batch in range(len(BATCHES))]
    planted, found = [], []
    for antigen, level in BRIGHT.items():
        column = panel_column(antigen)
        total = np.array([one.staining[column] + one.log_gain[column] for one in drawn])
        planted.append(total.mean() - total)
        found.append([
            float(alignment.of("mass", batch)[antigen].moved(np.array([level]))[0] - level)
            for batch in BATCHES
        ])
    planted, found = np.ravel(planted), np.ravel(found)
    assert np.corrcoef(planted, found)[0, 1] > 0.97
    assert np.polyfit(planted, found, 1)[0] == pytest.approx(1.0, abs=0.12)
    assert np.abs(found - planted).mean() < 0.25 * np.abs(planted).mean()


def test_one_threshold_for_all_batches_errs_less_after_alignment(strong):
    plan, alignment = strong
    before, after = [], []
    for batch, name in enumerate(BATCHES):
        events, leaves = tube(plan, "another", batch)
        moved = alignment.applied(events, name)
        is_b = np.isin(leaves, [leaf.id for leaf in LEAVES.values() if leaf.lineage == "b_cell"])
        for values, kept in ((events, before), (moved, after)):
            column = values.column("CD19")
            # Where the two populations meet: the best threshold of this batch.
            kept.append((np.median(column[is_b]) + np.median(column[~is_b])) / 2)
    assert np.std(before) > 0.05
    assert np.std(after) < 0.5 * np.std(before)


def test_populations_of_another_donor_come_together(strong):
    plan, alignment = strong
    spread = []
    asked = [tube(plan, "another", batch) for batch in range(len(BATCHES))]
    large = [leaf for leaf in LEAVES if min((leaves == leaf).sum() for _, leaves in asked) > 150]
    for is_aligned in (False, True):
        files = [
            (alignment.applied(events, name) if is_aligned else events).values
            for (events, _), name in zip(asked, BATCHES, strict=True)
        ]
        medians = np.array([
            [np.median(values[leaves == leaf], axis=0) for leaf in large]
            for values, (_, leaves) in zip(files, asked, strict=True)
        ])
        spread.append((medians.std(axis=0, ddof=1) ** 2).mean())
    assert len(large) >= 5
    assert spread[1] < 0.35 * spread[0]


def test_where_nothing_was_planted_nothing_is_moved():
    alignment = learned(CytometryPlan(events_per_file=6000, batch_shift=0.0, batch_gain=0.0))
    moved = np.array([np.abs(one.shifts).mean() for one in alignment.maps])
    assert moved.mean() < 0.01
    assert moved.max() < 0.08
