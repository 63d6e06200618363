"""Receptors whose CDR3 differ by one letter: all pairs, clusters, and shares at a common size."""

from macroimmune.repertoires.neighbours.cohort_clusters import cohort_clusters
from macroimmune.repertoires.neighbours.common_size import share_with_neighbour_at
from macroimmune.repertoires.neighbours.components import Components, neighbour_components
from macroimmune.repertoires.neighbours.neighbour_pairs import Within, neighbour_pairs
from macroimmune.repertoires.neighbours.neighbour_tables import neighbour_tables
from macroimmune.repertoires.neighbours.receptors import (
    Receptors,
    distinct_receptors,
    receptor_pairs,
)

__all__ = [
    "Components",
    "Receptors",
    "Within",
    "cohort_clusters",
    "distinct_receptors",
    "neighbour_components",
    "neighbour_pairs",
    "neighbour_tables",
    "receptor_pairs",
    "share_with_neighbour_at",
]
