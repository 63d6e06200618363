"""Automatic gates: thresholds of each file, shrunk to the cohort, and the populations they give."""

from macroimmune.cytometry.gating.gated_counts import gate_events
from macroimmune.cytometry.gating.shrinkage import shrink_thresholds
from macroimmune.cytometry.gating.threshold_fits import fit_thresholds

__all__ = ["fit_thresholds", "gate_events", "shrink_thresholds"]
