"""T cell receptor repertoires: read, measured, compared between samples and tissues."""

from macroimmune.repertoires.repertoire import (
    CELL_COLUMNS,
    CLONOTYPE_COLUMNS,
    Repertoire,
    Repertoires,
    is_sampling_known,
)

__all__ = [
    "CELL_COLUMNS",
    "CLONOTYPE_COLUMNS",
    "Repertoire",
    "Repertoires",
    "is_sampling_known",
]
