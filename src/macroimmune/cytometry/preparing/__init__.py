"""Which events of a cytometry file are live single cells."""

from macroimmune.cytometry.preparing.classify import classify_events
from macroimmune.cytometry.preparing.event_kinds import EventKinds, KindThreshold
from macroimmune.cytometry.preparing.quality_row import quality_row

__all__ = [
    "EventKinds",
    "KindThreshold",
    "classify_events",
    "quality_row",
]
