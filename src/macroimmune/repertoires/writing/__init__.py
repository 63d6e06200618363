"""Repertoires written back as AIRR rearrangement files."""

from macroimmune.repertoires.writing.airr_repertoire import write_repertoire_airr
from macroimmune.repertoires.writing.export_repertoires import export_repertoires

__all__ = ["export_repertoires", "write_repertoire_airr"]
