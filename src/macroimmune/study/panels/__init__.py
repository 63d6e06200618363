"""Panels: what each channel of a cytometry file measures, and what it is for."""

from macroimmune.study.panels.detector import detector_key
from macroimmune.study.panels.panel import Panel, PanelChannel
from macroimmune.study.panels.panel_from_head import channel_from_label, panel_from_head
from macroimmune.study.panels.panel_table import panel_of, rows_of_channels, rows_of_panel

__all__ = [
    "Panel",
    "PanelChannel",
    "channel_from_label",
    "detector_key",
    "panel_from_head",
    "panel_of",
    "rows_of_channels",
    "rows_of_panel",
]
