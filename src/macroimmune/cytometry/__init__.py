"""Cytometry: from FCS files to cell populations with their uncertainty."""

from macroimmune.cytometry.events import EventKind, Events, Transform
from macroimmune.cytometry.gated import (
    FileThresholds,
    GatedFile,
    Histogram,
    PopulationCount,
    Threshold,
)
from macroimmune.cytometry.stage import (
    MeasuredCytometry,
    has_cytometry,
    measure_cytometry,
    work_beside,
)

__all__ = [
    "EventKind",
    "Events",
    "FileThresholds",
    "GatedFile",
    "Histogram",
    "MeasuredCytometry",
    "PopulationCount",
    "Threshold",
    "Transform",
    "has_cytometry",
    "measure_cytometry",
    "work_beside",
]
