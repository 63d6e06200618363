"""Cytometry: from FCS files to cell populations with their uncertainty."""

from macroimmune.cytometry.events import EventKind, Events, Transform
from macroimmune.cytometry.gated import (
    FileThresholds,
    GatedFile,
    Histogram,
    PopulationCount,
    Threshold,
)

__all__ = [
    "EventKind",
    "Events",
    "FileThresholds",
    "GatedFile",
    "Histogram",
    "PopulationCount",
    "Threshold",
    "Transform",
]
