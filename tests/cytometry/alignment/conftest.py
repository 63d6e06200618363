"""Events drawn by the simulator, as they stand after reading and preparing."""

import numpy as np
import pytest

from macroimmune.cytometry import Events, Transform
from macroimmune.evidence import find_antigen
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.tube_events import draw_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.study.panels import Panel, PanelChannel

PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
FRACTIONS = PERCENT / PERCENT.sum()
STATE = {"state", "phospho", "induced", "cytokine"}


@pytest.fixture(scope="session")
def fractions() -> np.ndarray:
    """Return the shares of leaves in a healthy person."""
    return FRACTIONS


@pytest.fixture
def make_events():
    """Return a function that makes events from columns of values by antigen."""

    def build(columns, *, file="a.fcs", panel="P", roles=None, technology="mass") -> Events:
        roles = roles or {}
        channels = tuple(
            PanelChannel(f"{name}Di", name, roles.get(name, "lineage")) for name in columns
        )
        values = np.asfortranarray(np.column_stack(list(columns.values())).astype(np.float32))
        scales = tuple(Transform("arcsinh", 5.0) for _ in channels)
        ranges = np.full(len(channels), np.nan)
        return Events(file, Panel(panel, channels), values, scales, technology, False, ranges, ())

    return build


@pytest.fixture(scope="session")
def virtual_tube():
    """Return a function that draws the live cells of a mass cytometry tube, with their leaves."""

    def run(plan: CytometryPlan, donor: str, batch: int, *, stimulus="unstimulated", shares=None):
        shares = FRACTIONS if shares is None else shares
        well = Well(
            f"{donor}-{batch}-{stimulus}", donor, 0.0, "mass_t_cell", stimulus, batch, shares
        )
        drawn = draw_tube(11, plan, well)
        panel = panel_of("mass_t_cell")
        columns = [k for k, one in enumerate(panel.channels) if one.role == "marker"]
        names = [panel.channels[k].antigen for k in columns]
        channels = tuple(
            PanelChannel(panel.channels[k].name, name, _role(name))
            for k, name in zip(columns, names, strict=True)
        )
        is_live = drawn.labels.kind == 0
        values = np.arcsinh(drawn.events[is_live][:, columns] / panel.cofactor).astype(np.float32)
        events = Events(
            well.file,
            Panel("mass", channels),
            np.asfortranarray(values),
            tuple(Transform("arcsinh", 5.0) for _ in channels),
            "mass",
            False,
            np.full(len(channels), np.nan),
            (),
        )
        return events, np.array(list(LEAVES))[drawn.labels.leaf[is_live]]

    return run


def _role(antigen: str):
    known = find_antigen(antigen)
    return known.role if known is not None else "other"
