"""Repertoires written back as AIRR rearrangement files."""

from macroimmune.repertoires.writing.airr_repertoire import write_repertoire_airr
from macroimmune.repertoires.writing.export_repertoires import (
    export_repertoires,
    stop_export_over_files,
)

__all__ = ["export_repertoires", "stop_export_over_files", "write_repertoire_airr"]
