"""Which events of a cytometry file are live single cells."""

from macroimmune.cytometry.preparing.classify import classify_events
from macroimmune.cytometry.preparing.event_kinds import EventKinds, KindThreshold
from macroimmune.cytometry.preparing.quality_row import quality_row
from macroimmune.cytometry.preparing.time_trace import TimeTrace, time_trace

__all__ = [
    "EventKinds",
    "KindThreshold",
    "TimeTrace",
    "classify_events",
    "quality_row",
    "time_trace",
]
