"""Diversity of repertoires: as counted, and at a coverage that they share."""

from macroimmune.repertoires.diversity.common_coverage import CommonCoverage, common_coverage
from macroimmune.repertoires.diversity.diversity_tables import diversity_tables
from macroimmune.repertoires.diversity.observed_diversity import (
    ObservedDiversity,
    observed_diversity,
)

__all__ = [
    "CommonCoverage",
    "ObservedDiversity",
    "common_coverage",
    "diversity_tables",
    "observed_diversity",
]
