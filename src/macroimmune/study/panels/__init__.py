"""Panels: what each channel of a cytometry file measures, and what it is for."""

from macroimmune.study.panels.panel import Panel, PanelChannel, panel_from_head

__all__ = ["Panel", "PanelChannel", "panel_from_head"]
