"""Cells with planted kinds, as a file of them is opened."""

import numpy as np
import pytest

from macroimmune.cytometry import Events, Transform
from macroimmune.study.panels import Panel, PanelChannel

PANEL = Panel(
    "T cells",
    (
        PanelChannel("Time", "", "time"),
        PanelChannel("A", "CD3", "lineage"),
        PanelChannel("B", "pSTAT1", "state"),
        PanelChannel("C", "CD4", "lineage"),
        PanelChannel("D", "CD8", "lineage"),
        PanelChannel("E", "CD45RA", "lineage"),
    ),
)
# CD3, pSTAT1, CD4, CD8, CD45RA of four kinds of cells.
LEVELS = np.array([
    [5.0, 1.0, 5.0, 0.5, 1.0],
    [5.0, 1.0, 5.0, 0.5, 5.0],
    [5.0, 1.0, 0.5, 5.0, 5.0],
    [0.5, 1.0, 0.5, 0.5, 2.0],
])


@pytest.fixture
def drawn():
    """Return a function that draws a file: events, kinds, the planted kind of each cell."""

    def draw(seed, n=3000, *, chances=(0.4, 0.3, 0.2, 0.1), state=0.0, file="a.fcs"):
        rng = np.random.default_rng(seed)
        truth = rng.choice(4, n, p=chances)
        values = np.empty((n, 6), np.float32, order="F")
        values[:, 0] = np.arange(n)
        values[:, 1:] = LEVELS[truth] + rng.normal(0, 0.4, (n, 5))
        values[:, 2] += state
        events = Events(
            file,
            PANEL,
            values,
            (Transform("linear"), *[Transform("arcsinh", 5.0)] * 5),
            "mass",
            is_compensated=False,
            ranges=np.full(6, np.nan),
            remarks=(),
        )
        kinds = (rng.random(n) < 0.1).astype(np.uint8) * 6
        return events, kinds, truth

    return draw
