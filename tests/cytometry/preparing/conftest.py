"""The events of virtual tubes, compensated and transformed, with what each truly is."""

import numpy as np
import pytest

from macroimmune.cytometry import Events, Transform
from macroimmune.simulator.cytometry import Well, draw_tube, panel_of, spillover_matrix
from macroimmune.simulator.cytometry.event_labels import KINDS
from macroimmune.simulator.cytometry.tube_events import LARGEST
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.study.panels import Panel, PanelChannel

PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
ROLES = {
    "viability": "viability", "dna_1": "dna", "dna_2": "dna", "bead": "bead", "time": "time",
    "event_length": "event_length", "fsc_a": "scatter", "fsc_h": "scatter", "fsc_w": "scatter",
    "ssc_a": "scatter", "marker": "lineage",
}  # fmt: skip


def events_of_tube(
    panel: str,
    plan: CytometryPlan | None = None,
    *,
    seed: int = 11,
    file: str = "tube",
    stimulus: str = "unstimulated",
) -> tuple[Events, np.ndarray]:
    """Return the events of one tube, and the kind of each as text."""
    plan, drawn_panel = plan or CytometryPlan(), panel_of(panel)
    fractions = drawn_panel.recorded(PERCENT / PERCENT.sum())
    well = Well(file, "V001", 0.0, panel, stimulus, 0, fractions)
    drawn = draw_tube(seed, plan, well)
    values = drawn.events.astype(float)
    dyes = list(drawn_panel.dyes)
    if dyes:
        matrix = spillover_matrix(drawn_panel, plan.spillover)
        values[:, dyes] = np.linalg.solve(matrix.T, values[:, dyes].T).T
    stained = [
        item.role in {"marker", "viability", "dna_1", "dna_2", "bead"}
        for item in drawn_panel.channels
    ]
    values[:, stained] = np.arcsinh(values[:, stained] / drawn_panel.cofactor)
    light = drawn_panel.technology == "fluorescence"
    events = Events(
        f"{file}.fcs",
        Panel(
            panel,
            tuple(
                PanelChannel(item.name, item.antigen, ROLES[item.role])
                for item in drawn_panel.channels
            ),
        ),
        np.asfortranarray(values.astype(np.float32)),
        tuple(
            Transform("arcsinh", drawn_panel.cofactor) if is_stained else Transform("linear")
            for is_stained in stained
        ),
        drawn_panel.technology,
        bool(dyes),
        np.full(len(stained), LARGEST + 1 if light else np.nan),
        (),
    )
    return events, np.array(KINDS)[drawn.labels.kind]


@pytest.fixture
def virtual_events():
    """Return the function that draws the events of one tube."""
    return events_of_tube


@pytest.fixture
def make_events():
    """Return a function that makes events from columns by hand: name, antigen, role, values."""

    def make(*columns: tuple, technology: str = "mass", ranges: list | None = None) -> Events:
        channels = tuple(PanelChannel(*column[:3]) for column in columns)
        values = np.array([column[3] for column in columns], np.float32).T
        linear = {"time", "scatter", "event_length"}
        cofactor = 5.0 if technology == "mass" else 150.0
        return Events(
            "hand.fcs",
            Panel("hand", channels),
            np.asfortranarray(values.reshape(-1, len(channels))),
            tuple(
                Transform("linear") if item.role in linear else Transform("arcsinh", cofactor)
                for item in channels
            ),
            technology,
            False,
            np.array(ranges if ranges else [np.nan] * len(channels), float),
            (),
        )

    return make
