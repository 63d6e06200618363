"""Automatic gates: thresholds of each file, shrunk to the cohort, and the populations they give."""

from macroimmune.cytometry.gating.drawn_means import drawn_means
from macroimmune.cytometry.gating.gated_counts import OTHER_WHOLES, gate_events
from macroimmune.cytometry.gating.invariance import Invariance, lineage_invariance
from macroimmune.cytometry.gating.population_ratios import CD4_CD8, NEUTROPHIL_LYMPHOCYTE
from macroimmune.cytometry.gating.shrinkage import shrink_thresholds
from macroimmune.cytometry.gating.threshold_fits import fit_thresholds
from macroimmune.cytometry.gating.well_levels import (
    MarkerRanks,
    WellLevels,
    labelled_levels,
    well_levels,
)

__all__ = [
    "CD4_CD8",
    "NEUTROPHIL_LYMPHOCYTE",
    "OTHER_WHOLES",
    "Invariance",
    "MarkerRanks",
    "WellLevels",
    "drawn_means",
    "fit_thresholds",
    "gate_events",
    "labelled_levels",
    "lineage_invariance",
    "shrink_thresholds",
    "well_levels",
]
