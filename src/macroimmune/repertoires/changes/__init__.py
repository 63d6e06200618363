"""Repertoires of one person at two times: which clones changed, and which are new."""

from macroimmune.repertoires.changes.sample_pairs import sample_pairs

__all__ = ["sample_pairs"]
