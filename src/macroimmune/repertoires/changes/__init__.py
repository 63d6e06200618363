"""Repertoires of one person at two times: which clones changed, and which are new."""

from macroimmune.repertoires.changes.change_tables import change_tables
from macroimmune.repertoires.changes.sample_pairs import sample_pairs

__all__ = ["change_tables", "sample_pairs"]
