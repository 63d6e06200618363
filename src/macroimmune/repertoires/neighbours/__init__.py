"""Receptors whose CDR3 differ by one letter: all pairs, clusters, and shares at a common size."""

from macroimmune.repertoires.neighbours.neighbour_pairs import Within, neighbour_pairs

__all__ = ["Within", "neighbour_pairs"]
