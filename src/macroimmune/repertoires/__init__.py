"""T cell receptor repertoires: read, measured, compared between samples and tissues."""

from macroimmune.repertoires.measure import MeasuredRepertoires, measure_repertoires
from macroimmune.repertoires.reading import has_repertoires, read_repertoires
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
    "MeasuredRepertoires",
    "Repertoire",
    "Repertoires",
    "has_repertoires",
    "is_sampling_known",
    "measure_repertoires",
    "read_repertoires",
]
