"""FCS files to events that can be gated: compensated, transformed, file by file."""

from macroimmune.cytometry.opening.event_opening import open_events

__all__ = ["open_events"]
