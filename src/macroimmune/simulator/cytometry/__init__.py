"""Flow and mass cytometry of virtual people: panels, events, stimulated wells, FCS files."""

from macroimmune.simulator.cytometry.cytometry_delivery import cytometry_delivery
from macroimmune.simulator.cytometry.panels import Channel, Panel, panel_of
from macroimmune.simulator.cytometry.spillover import spillover_matrix
from macroimmune.simulator.cytometry.tube_events import TubeEvents, draw_tube
from macroimmune.simulator.cytometry.wells import Well

__all__ = [
    "Channel",
    "Panel",
    "TubeEvents",
    "Well",
    "cytometry_delivery",
    "draw_tube",
    "panel_of",
    "spillover_matrix",
]
